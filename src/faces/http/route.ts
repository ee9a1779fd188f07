/**
 * One route: where it is, what goes in, what comes out, and the function behind it. The same row registers it with
 * Express and describes it in /api/openapi.json, so the two cannot differ.
 */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Engine } from '../../engine/engine';
import type { LogStore } from '../../engine/log-store-port';
import type { UsageHistory } from '../../engine/usage-port';
import type { Asker } from '../../../protocol/trust';
import type { Caller } from '../../trust/caller';
import type { Gate, Principal } from '../../trust/gate';
import type { ManagerInfo } from '../../../protocol/live';

/** What the routers work with. */
export interface HttpParts {
  readonly engine: Engine;
  readonly logs: LogStore;
  readonly usage: UsageHistory;
  readonly info: () => ManagerInfo;
  readonly gate: Gate;
}

export interface Asked<Body, Query> {
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly query: Query;
  /** Who asks, for events and audit. */
  readonly by: Asker;
  readonly principal: Principal;
  readonly caller: Caller;
  readonly request: Request;
  readonly response: Response;
}

export interface Route<Body extends z.ZodType = z.ZodType, Query extends z.ZodType = z.ZodType> {
  readonly method: 'get' | 'post' | 'delete';
  /** Express 5 syntax: /api/workers/:id/logs. */
  readonly path: string;
  readonly summary: string;
  readonly body?: Body;
  /** `document`: text that people write, JSON or YAML, whose mistakes are told by line; default: JSON. */
  readonly bodyIs?: 'document';
  readonly query?: Query;
  /** Of a JSON answer with status 200; absent = described in words by `summary`. */
  readonly reply?: z.ZodType;
  /** Content type of an answer that is no JSON. */
  readonly replyType?: string;
  /** The JSON answer; undefined = it has answered by itself. */
  handle(asked: Asked<z.output<Body>, z.output<Query>>): unknown;
}

/** Infers body and query from their schemas. */
export const route = <Body extends z.ZodType, Query extends z.ZodType>(definition: Route<Body, Query>): Route =>
  definition;
