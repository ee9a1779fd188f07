/**
 * The seed's plain HTTP protocol (002): a client registers, beats every few seconds and finds its next command in the
 * reply. The heartbeat is answered before Express, and from memory when it brings no news: hundreds of such clients
 * cost no write and no turn.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../../protocol/errors';
import { fieldProblems } from '../../protocol/field-problems';
import { HeartbeatBody, type HeartbeatReply } from '../../protocol/http';
import { processKey, WorkerId, type ProcessName } from '../../protocol/ids';
import { LIMITS } from '../../protocol/limits';
import type { PlainSaid } from '../core/commands';
import type { Model } from '../core/model';
import { nextReport } from '../core/processes/plain';
import type { Engine } from '../engine/engine';
import type { Gate, Principal } from '../trust/gate';
import { refusalOf, speaksFor } from '../trust/rights';
import { answerJson, answerRefusal } from './answer';
import { readBody } from './read-body';

const PREFIX = '/api/workers/';
const SUFFIX = '/heartbeat';
const NO_NEWS = JSON.stringify({ success: true, command: null, pytorch_env: {} } satisfies HeartbeatReply);
const STATUSES = ['running', 'stopped', 'exited', 'failed'] as const;

/** True: the request was a heartbeat and is being answered. */
export function heartbeatLink(
  engine: Engine,
  gate: Gate,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const url = request.url ?? '';
    if (request.method !== 'POST' || !url.startsWith(PREFIX) || !url.endsWith(SUFFIX)) return false;
    const id = WorkerId.safeParse(decodeSafely(url.slice(PREFIX.length, -SUFFIX.length)));
    if (!id.success)
      return answerRefusal(response, new Refusal('bad_request', id.error.issues[0]?.message ?? 'worker_id'));
    const who = gate.asking(request);
    const mayNot = (): Refusal | null => refusalFor(engine, who(), id.data);
    const refusal = mayNot();
    if (refusal !== null) {
      request.resume();
      return answerRefusal(response, refusal);
    }
    readBody(request, LIMITS.bodyBytesMax, (body) => {
      const said = body instanceof Refusal ? body : (mayNot() ?? parseSaid(body));
      if (said instanceof Refusal) answerRefusal(response, said);
      else answer({ engine, worker: id.data, mayNot }, said, response);
    });
    return true;
  };
}

/** A worker speaks for itself; at home, and for a person who could mint its token, no proof is asked. */
function refusalFor(engine: Engine, principal: Principal, id: WorkerId): Refusal | null {
  const labels = engine.read(({ workers }) => workers.get(id)?.labels ?? {});
  return speaksFor(principal, id, labels) ? null : refusalOf(principal, 'worker.link', `beat for ${id}`, id);
}

interface Call {
  readonly engine: Engine;
  readonly worker: WorkerId;
  readonly mayNot: () => Refusal | null;
}

function answer({ engine, worker, mayNot }: Call, said: PlainSaid, response: ServerResponse): void {
  if (engine.plainBeat(worker, (model) => hasNews(model, worker, said, engine.nowMs)) === true) {
    answerJson(response, 200, NO_NEWS);
    return;
  }
  engine.submit({ kind: 'plainHeartbeat', worker, said }, mayNot).then(
    ({ command }) => {
      // The client has its command once the reply is written; a connection that died before puts it back.
      if (command !== null)
        response.on('close', () => {
          if (!response.writableFinished) engine.submit({ kind: 'requeue', command }).catch(() => undefined);
        });
      answerJson(response, 200, {
        success: true,
        command: command?.verb ?? null,
        pytorch_env: {},
      } satisfies HeartbeatReply);
    },
    (error: unknown) =>
      answerRefusal(response, error instanceof Refusal ? error : new Refusal('internal', String(error))),
  );
}

function hasNews(model: Model, id: WorkerId, said: PlainSaid, nowMs: number): boolean {
  const process = model.processes.get(processKey(id, id as string as ProcessName));
  if (process?.actual.via !== 'plain') return true;
  if (nextReport(process.actual.report, said, nowMs) !== process.actual.report) return true;
  return model.commands.countOf(id) > 0;
}

function parseSaid(text: string): PlainSaid | Refusal {
  let json: unknown;
  try {
    json = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    return new Refusal('bad_request', `the heartbeat is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
  const body = HeartbeatBody.safeParse(json);
  if (!body.success)
    return new Refusal('bad_request', `the heartbeat is not understood: ${fieldProblems(body.error, json)}`);
  const { status, pid, restart_count: restarts, exit_code: exitCode } = body.data;
  const known = STATUSES.find((word) => word === status);
  if (status !== undefined && known === undefined)
    return new Refusal(
      'bad_request',
      `the heartbeat is not understood: status must be one of ${STATUSES.join(', ')}, not ${JSON.stringify(status)}`,
    );
  return { status: known ?? null, pid, restarts, exitCode };
}

function decodeSafely(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
