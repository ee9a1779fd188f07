/** /join: a script and the launcher that it fetches. For machines that nobody knows yet, so public; neither is a secret. */
import type { Request, Response } from 'express';
import type { ServedProgram } from '../join/served-program';
import { route, type HttpParts, type Route } from './route';

export const joinRoutes = ({ joining }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/join',
    summary: 'A shell script that makes a machine a worker: curl -fsSL URL/join | sh -s -- --token TOKEN',
    permission: 'public',
    replyType: 'text/x-shellscript',
    handle: ({ request, response }) => {
      // Another address may be another script.
      response.type('text/x-shellscript').send(joining.script(request));
    },
  }),
  route({
    method: 'get',
    path: '/join/launcher.js',
    summary: 'The launcher of this manager’s version, in one file',
    permission: 'public',
    replyType: 'application/javascript',
    handle: ({ request, response }) => give(joining.launcher, request, response),
  }),
  route({
    method: 'get',
    path: '/join/container-run.js',
    summary: 'The launcher’s program that keeps a container, in one file: it goes beside the launcher',
    permission: 'public',
    replyType: 'application/javascript',
    handle: ({ request, response }) => give(joining.containerRun, request, response),
  }),
];

function give({ bytes, packed, sha256 }: ServedProgram, request: Request, response: Response): undefined {
  const isPacked = request.acceptsEncodings('gzip') !== false;
  // Weak: packed or not, it is the same program.
  response.set({ 'Cache-Control': 'no-cache', ETag: `W/"${sha256}"` }).vary('Accept-Encoding');
  if (request.fresh) return void response.status(304).end();
  if (isPacked) response.set('Content-Encoding', 'gzip');
  response.type('application/javascript').send(isPacked ? packed : bytes);
  return undefined;
}
