/**
 * One route: where it is, what goes in, what comes out, and the function behind it. The same row registers it with
 * Express and describes it in /api/openapi.json, so the two cannot differ.
 */
import type { Request, Response } from 'express';
import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { AuditTrail } from '../../engine/audit-port';
import type { Engine } from '../../engine/engine';
import type { JobFigures } from '../../engine/job-figures';
import type { JobTemplates } from '../../engine/job-templates-port';
import type { JobWaits } from '../../engine/job-waits';
import type { LogStore } from '../../engine/log-store-port';
import type { UsageHistory } from '../../engine/usage-port';
import type { WorkerId } from '../../../protocol/ids';
import type { JobId } from '../../../protocol/jobs';
import type { Asker, Permission } from '../../../protocol/trust';
import type { Hold } from '../../core/commands';
import type { HoldJob } from '../../core/jobs/words';
import type { Model } from '../../core/model';
import type { Caller } from '../../trust/caller';
import type { Gate, Principal } from '../../trust/gate';
import type { People } from '../../trust/people';
import type { Doorkeeper } from '../doorkeeper';
import type { Entry } from '../entry';
import type { Joining } from '../join/joining';
import type { ManagerInfo } from '../../../protocol/live';

/** What the routers work with. */
export interface HttpParts {
  readonly engine: Engine;
  readonly logs: LogStore;
  readonly usage: UsageHistory;
  readonly audit: AuditTrail;
  readonly info: () => ManagerInfo;
  readonly gate: Gate;
  readonly doorkeeper: Doorkeeper;
  readonly joining: Joining;
  readonly people: People;
  readonly templates: JobTemplates;
  readonly jobWaits: JobWaits;
  readonly jobFigures: JobFigures;
  /** An id for a job that nobody named; each once. */
  readonly newJobId: () => JobId;
}

export interface Asked<Body, Query> {
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly query: Query;
  /** Who asks, for events and audit. */
  readonly by: Asker;
  readonly principal: Principal;
  readonly caller: Caller;
  /** Whether who asks may do on that worker what the route's permission says. */
  may(worker: WorkerId): boolean;
  /** The same for all of them, before anything is done. @throws Refusal forbidden, login_required */
  must(workers: Iterable<WorkerId>): void;
  /** The same, for the engine to ask when it decides: what a name means may be another worker by then. */
  readonly hold: Hold;
  /** The same for jobs, which are on no worker yet: asked of the labels of those that they may be placed on. */
  readonly holdJob: HoldJob;
  /** As they came. */
  readonly headers: IncomingHttpHeaders;
}

/** For answers that are no JSON, and cookies. */
export interface AskedOfExpress<Body, Query> extends Asked<Body, Query> {
  readonly request: Request;
  readonly response: Response;
}

export interface Route<Body extends z.ZodType = z.ZodType, Query extends z.ZodType = z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Express 5 syntax: /api/workers/:id/logs. */
  readonly path: string;
  readonly summary: string;
  /** What it takes to be let in at all: asked before the body is read. */
  readonly permission: Permission;
  /**
   * The workers that it changes, each of which must be permitted; what is not found, `handle` refuses. Absent: it changes
   * no worker in particular, so a grant for some workers is not enough. Not asked of what only reads.
   */
  on?(
    model: Model,
    asked: Pick<Asked<z.output<Body>, z.output<Query>>, 'params' | 'body' | 'query'>,
  ): readonly WorkerId[];
  /** `handle` finds out which workers it changes, and asks `may` or `must` before it does. */
  readonly asksItself?: true;
  readonly body?: Body;
  /** Which branch of a union the body is meant to be, so that its mistakes are told of that one alone. */
  branchOf?(body: unknown): z.ZodType<z.output<Body>>;
  /** @default LIMITS.bodyBytesMax */
  readonly bodyBytesMax?: number;
  /** `document`: text that people write, JSON or YAML, whose mistakes are told by line; default: JSON. */
  readonly bodyIs?: 'document';
  readonly query?: Query;
  /** Of a JSON answer with status 200; absent = described in words by `summary`. */
  readonly reply?: z.ZodType;
  /** Content type of an answer that is no JSON. */
  readonly replyType?: string;
  /** Made by `straightRoute`. */
  readonly isStraight?: true;
  /** The JSON answer; undefined = it has answered by itself. */
  handle(asked: AskedOfExpress<z.output<Body>, z.output<Query>>): unknown;
}

/** Asked for thousands of times a second by programs: answered without Express (straight.ts), always with JSON. */
export interface StraightRoute<Body extends z.ZodType = z.ZodType> extends Omit<Route<Body>, 'query' | 'handle'> {
  readonly permission: Exclude<Permission, 'public'>;
  readonly isStraight: true;
  handle(asked: Asked<z.output<Body>, unknown>): unknown;
}

/** Infers body and query from their schemas. */
export const route = <Body extends z.ZodType, Query extends z.ZodType>(definition: Route<Body, Query>): Route =>
  definition;

/** Infers the body from its schema. */
export function straightRoute<Body extends z.ZodType>(definition: Omit<StraightRoute<Body>, 'isStraight'>): Route {
  const straight: StraightRoute = { ...definition, isStraight: true };
  return straight;
}

export const isStraight = (route: Route): route is Route & StraightRoute => route.isStraight === true;

export const entryOf = ({ method, path, permission, asksItself }: Route): Entry => ({
  over: 'http',
  name: `${method.toUpperCase()} ${path}`,
  permission,
  ...(permission === 'worker.link' && asksItself === true ? { isProvenInside: true } : {}),
});
