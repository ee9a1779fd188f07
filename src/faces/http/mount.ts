/** Routes onto Express: bodies and queries are parsed once, here. */
import express, { type Express, type RequestHandler } from 'express';
import type { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { fieldProblems } from '../../../protocol/field-problems';
import { LIMITS } from '../../../protocol/limits';
import { isOfWorkers, type Visit } from '../doorkeeper';
import { isKnown } from '../../trust/rights';
import type { Entry } from '../entry';
import { parseDocument } from './document';
import { entryOf, type Asked, type HttpParts, type Route } from './route';

export type Doors = Pick<HttpParts, 'engine' | 'doorkeeper'>;

export function mount(app: Express, routes: readonly Route[], doors: Doors): void {
  // curl -d sends a form's content type; what is in it is JSON all the same.
  const json = express.json({ type: () => true, limit: LIMITS.bodyBytesMax, strict: false });
  const short = express.json({ type: () => true, limit: LIMITS.strangerBodyBytesMax, strict: false });
  const handshake = express.json({ type: () => true, limit: LIMITS.handshakeBytesMax, strict: false });
  const text = express.text({ type: () => true, limit: LIMITS.bodyBytesMax });
  const proof: RequestHandler = (request, response, next) =>
    (isKnown((response.locals.visit as Visit).principal) ? json : handshake)(request, response, next);
  const large = (limit: number): RequestHandler => express.json({ type: () => true, limit, strict: false });
  for (const route of routes) {
    const entry = entryOf(route);
    const usual =
      route.bodyIs === 'document' ? text : route.bodyBytesMax === undefined ? json : large(route.bodyBytesMax);
    const reader = route.permission === 'public' ? short : entry.isProvenInside === true ? proof : usual;
    const readers = route.body === undefined ? [] : [reader];
    app[route.method](route.path, entrance(doors, entry), ...readers, handlerOf(route, doors));
  }
}

/** Before the body: a stranger's is not even read. */
export const entrance =
  ({ doorkeeper }: Pick<Doors, 'doorkeeper'>, entry: Entry): RequestHandler =>
  (request, response, next) => {
    response.locals.visit = doorkeeper.enter(entry, request, doorkeeper.gate.callerOf(request));
    next();
  };

function handlerOf(route: Route, doors: Doors): RequestHandler {
  return async (request, response) => {
    // Whatever it is, it is for who asked: no cache between keeps it, and no browser's disk.
    response.set('Cache-Control', 'no-store');
    const { params, body, query } = request;
    const came = { params: params as Record<string, string>, body: body as unknown, query };
    const asked = askedOf(route, doors, response.locals.visit as Visit, came);
    const answer = await route.handle({ ...asked, request, response });
    if (answer !== undefined) response.json(answer);
  };
}

/** As it came, not yet looked at. */
interface Came {
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly query: unknown;
}

/** What a route's handler gets, once it is understood and permitted. @throws Refusal */
export function askedOf(
  route: Route,
  { engine, doorkeeper }: Doors,
  entered: Visit,
  { params, ...came }: Came,
): Asked<unknown, unknown> {
  const visit = doorkeeper.still(entered);
  const body: unknown = route.body === undefined ? undefined : bodyOf(route, route.body, came.body);
  const query: unknown = route.query === undefined ? {} : parse(route.query, came.query, 'query');
  if (route.on !== undefined)
    doorkeeper.on(
      visit,
      engine.read((model) => route.on?.(model, { params, body, query }) ?? []),
    );
  else if (route.asksItself !== true && isOfWorkers(route.permission)) doorkeeper.onFleet(visit);
  const { principal, caller } = visit;
  return {
    params,
    body,
    query,
    by: principal.asker,
    principal,
    caller,
    may: (worker) => doorkeeper.may(visit, worker),
    must: (workers) => doorkeeper.on(visit, workers),
    hold: (workers) => doorkeeper.refusalOn(visit, workers),
    holdJob: (labels) => doorkeeper.refusalOfJob(visit, labels),
    headers: visit.headers,
  };
}

const bodyOf = (route: Route, schema: z.ZodType, body: unknown): unknown =>
  route.bodyIs === 'document'
    ? parseDocument(schema, typeof body === 'string' ? body : '')
    : parse(route.branchOf?.(body) ?? schema, body ?? {}, 'body');

function parse(schema: z.ZodType, value: unknown, what: 'body' | 'query'): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal(
    'bad_request',
    `the ${what} is not understood: ${fieldProblems(result.error, value)}. /api/docs has what it may hold`,
  );
}
