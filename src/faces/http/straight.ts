/**
 * Routes that programs ask thousands of times a second, answered without Express, whose way to a handler takes longer
 * than what these handlers do: the same rows, doors, answers and refusals. Anything unusual about a request (a query, a
 * method, a letter of the path) goes the usual way, where the same row stands.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../../../protocol/errors';
import { LIMITS } from '../../../protocol/limits';
import type { Visit } from '../doorkeeper';
import type { Entry } from '../entry';
import { errorAnswer, type OnUnexpected } from './error-answer';
import { askedOf, type Doors } from './mount';
import { entryOf, isStraight, type Route, type StraightRoute } from './route';

/** A route's path, by its segments; those that begin with `:` are parameters. */
interface Way {
  readonly route: Route & StraightRoute;
  readonly entry: Entry;
  readonly segments: readonly string[];
}

/** @returns whether the request is one of these and is being answered */
export function straightRoad(
  routes: readonly Route[],
  doors: Doors,
  onUnexpected: OnUnexpected,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const ways = new Map<string, Way[]>();
  for (const route of routes.filter(isStraight)) {
    const segments = route.path.split('/');
    const method = `${route.method.toUpperCase()} ${segments.length}`;
    ways.set(method, [...(ways.get(method) ?? []), { route, entry: entryOf(route), segments }]);
  }
  return (request, response) => {
    const segments = (request.url ?? '').split('/');
    const way = ways.get(`${request.method} ${segments.length}`)?.find((one) => leadsTo(one, segments));
    const params = way === undefined ? null : paramsOf(way, segments);
    if (way === undefined || params === null) return false;
    answered(way, params, request, doors).then(
      (answer) => send(response, 200, { 'Cache-Control': 'no-store' }, answer),
      (error: unknown) => {
        // A body that nobody wants is still on its way.
        request.resume();
        const { status, headers, body } = errorAnswer(error, request, onUnexpected);
        send(response, status, headers, body);
      },
    );
    return true;
  };
}

const leadsTo = ({ segments }: Way, asked: readonly string[]): boolean =>
  segments.every((segment, at) => (segment.startsWith(':') ? asked[at] !== '' : segment === asked[at]));

/** Null = Express shall look: there is a query, or what is no UTF-8. */
function paramsOf({ segments }: Way, asked: readonly string[]): Record<string, string> | null {
  if (asked.at(-1)?.includes('?') === true) return null;
  const params: Record<string, string> = {};
  try {
    for (const [at, segment] of segments.entries())
      if (segment.startsWith(':')) params[segment.slice(1)] = decodeURIComponent(asked[at] ?? '');
  } catch {
    return null;
  }
  return params;
}

async function answered(
  { route, entry }: Way,
  params: Record<string, string>,
  request: IncomingMessage,
  doors: Doors,
): Promise<unknown> {
  const { doorkeeper } = doors;
  // Before the body: a stranger's is not even read.
  const visit: Visit = doorkeeper.enter(entry, request, doorkeeper.gate.callerOf(request));
  const body = route.body === undefined ? undefined : await jsonOf(request, route.bodyBytesMax ?? LIMITS.bodyBytesMax);
  return route.handle(askedOf(route, doors, visit, { params, body, query: {} }));
}

/** Nothing at all is an empty body. @throws Refusal bad_request, body_too_large */
function jsonOf(request: IncomingMessage, limit: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= limit) pieces.push(piece);
      else
        reject(
          new Refusal(
            'body_too_large',
            `the body has more than ${limit} bytes, the limit of a request; nothing of it was taken`,
          ),
        );
    });
    request.on('error', reject);
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString('utf8');
      try {
        resolve(text === '' ? undefined : JSON.parse(text));
      } catch (error) {
        const what = error instanceof Error ? error.message : String(error);
        reject(new Refusal('bad_request', `the body is not JSON: ${what}; nothing was done`));
      }
    });
  });
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
}
