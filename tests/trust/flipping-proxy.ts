/** Somebody between a machine and its manager: passes everything on, and changes one bit of a program. */
import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World } from '../harness/world';

/**
 * @param changed the path of what it changes
 * @returns its port, on every address
 */
export async function flippingProxy(world: World, manager: string, changed = '/join/launcher.js'): Promise<number> {
  const server = createServer((request, response) => {
    // Unpacked, so that the change is not found by gzip already.
    const headers = { ...request.headers, 'accept-encoding': 'identity' };
    const onward = ask(new URL(request.url ?? '/', manager), { method: request.method, headers }, (reply) => {
      const pieces: Buffer[] = [];
      reply.on('data', (piece: Buffer) => pieces.push(piece));
      reply.on('end', () => {
        const body = Buffer.concat(pieces);
        const middle = body.length >> 1;
        if (request.url === changed) body[middle] = (body[middle] ?? 0) ^ 1;
        response.writeHead(reply.statusCode ?? 502, reply.headers).end(body);
      });
    });
    request.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, '0.0.0.0', listening));
  world.afterwards(
    () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  );
  return (server.address() as AddressInfo).port;
}
