/**
 * Workers of SimpleTuner (seed 004): the stream that their jobs come on, and what they say meanwhile. Answered before
 * Express, as other workers' words are. Each may speak for itself alone. They register at faces/http/simpletuner-register.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { fieldProblems } from '../../../protocol/field-problems';
import type { WorkerId } from '../../../protocol/ids';
import type { JobId } from '../../../protocol/jobs';
import { LIMITS } from '../../../protocol/limits';
import { DisconnectBody, INVALID_TOKEN, JobStatusBody, StreamBeatBody } from '../../../protocol/simpletuner';
import { refusalDetail, refusalStatus } from '../../../protocol/simpletuner-answer';
import type { Engine } from '../../engine/engine';
import type { Gate, Principal } from '../../trust/gate';
import { isPermitted, refusalOf, speaksFor } from '../../trust/rights';
import { answerJson } from '../answer';
import { readBody } from '../read-body';
import { hearBeat } from './beat';
import { hearStatus } from './job-status';
import type { Streams } from './streams';

const PREFIX = '/api/workers/';
const STATUS = /^job\/([^/]+)\/status$/;

interface Call {
  readonly engine: Engine;
  readonly streams: Streams;
  readonly who: () => Principal;
}

export function streamWorkerRoad(
  engine: Engine,
  gate: Gate,
  streams: Streams,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const { method, url = '' } = request;
    if (!url.startsWith(PREFIX)) return false;
    const [path = '', query = ''] = url.slice(PREFIX.length).split('?', 2);
    const handle = method === 'GET' ? read(path, query) : method === 'POST' ? wordsOf(path) : null;
    if (handle === null) return false;
    const call = { engine, streams, who: gate.asking(request) };
    if (call.who().asker.kind === 'unknown') {
      request.resume();
      refuse(response, new Refusal('login_required', INVALID_TOKEN));
    } else if (typeof handle === 'function') {
      handle(call, response).catch((error: unknown) => refuse(response, error));
    } else
      readBody(request, LIMITS.bodyBytesMax * 2, (text) => {
        const said = text instanceof Refusal ? text : parsed(handle.schema, text);
        const heard = said instanceof Refusal ? Promise.reject(said) : handle.hear(call, said);
        heard.then(
          () => answerJson(response, 200, { success: true }),
          (error: unknown) => refuse(response, error),
        );
      });
    return true;
  };
}

/** A head that is sent cannot be taken back: its stream has been ended then. */
function refuse(response: ServerResponse, error: unknown): void {
  const refusal = error instanceof Refusal ? error : new Refusal('internal', String(error));
  if (!response.headersSent) answerJson(response, refusalStatus(refusal), refusalDetail(refusal));
}

type Read = (call: Call, response: ServerResponse) => Promise<void>;

function read(path: string, query: string): Read | null {
  if (path !== 'stream' && path !== 'queue') return null;
  const asked = new URLSearchParams(query).get('worker_id');
  return async (call, response) => {
    if (asked === null) throw new Refusal('bad_request', `worker_id is missing: GET ${PREFIX}${path}?worker_id=<id>`);
    const worker = speaker(call, asked);
    if (path === 'stream') return call.streams.open(worker, response, () => refusalFor(call, worker));
    const has_jobs = call.engine.read(
      ({ jobs }) => jobs.queue.length > 0 || [...jobs.on(worker)].some(({ state }) => state.kind === 'assigned'),
    );
    answerJson(response, 200, { has_jobs });
  };
}

interface Words {
  readonly schema: z.ZodType;
  hear(call: Call, body: unknown): Promise<void>;
}
const words = <Schema extends z.ZodType>(
  schema: Schema,
  hear: (call: Call, body: z.output<Schema>) => Promise<void>,
): Words => ({ schema, hear });

const HEARTBEAT = words(StreamBeatBody, async (call, body) =>
  hearBeat(call.engine, call.streams, speaker(call, body.worker_id), body),
);
const DISCONNECT = words(DisconnectBody, async (call, { worker_id }) => {
  const worker = speaker(call, worker_id);
  await call.engine.submit({ kind: 'agentLeft', worker }, () => refusalFor(call, worker));
});

function wordsOf(path: string): Words | null {
  if (path === 'heartbeat') return HEARTBEAT;
  if (path === 'disconnect') return DISCONNECT;
  const job = STATUS.exec(path)?.[1];
  if (job === undefined) return null;
  return words(JobStatusBody, async (call, body) => {
    const id = decode(job) as JobId;
    const worker = statusSpeaker(call, id);
    const mayNot = (): Refusal | null => refusalFor(call, worker);
    await call.streams.answering(worker, () => hearStatus(call.engine, { worker, mayNot }, id, body));
  });
}

/** Whose id it is, under either of its names. @throws Refusal */
function speaker(call: Call, shown: string): WorkerId {
  const { id, isKnown } = call.engine.read(({ trust, workers }) => {
    const named = trust.accountNamed(shown)?.worker ?? (shown as WorkerId);
    return { id: named, isKnown: workers.get(named)?.type === 'sse' };
  });
  const refusal = refusalFor(call, id, shown);
  if (refusal !== null) throw refusal;
  if (!isKnown) throw new Refusal('unknown_worker', `Worker not found: ${shown}; register first`);
  return id;
}

/** Null = who asks may speak for that worker as things are now. */
function refusalFor({ engine, who }: Call, worker: WorkerId, shown: string = worker): Refusal | null {
  const principal = who();
  const { asker } = principal;
  if (asker.kind === 'unknown') return new Refusal('login_required', INVALID_TOKEN);
  const labels = engine.read(({ workers }) => workers.get(worker)?.labels ?? {});
  if (speaksFor(principal, worker, labels)) return null;
  return asker.kind === 'worker'
    ? new Refusal('credential_mismatch', `Worker ID mismatch: ${asker.text} may not speak for ${shown}`)
    : refusalOf(principal, 'worker.link', `speak for ${shown}`, worker);
}

/** A status names no worker: it is of who sends it, or, where anybody may, of who has the job. */
function statusSpeaker(call: Call, job: JobId): WorkerId {
  const { engine, who } = call;
  const principal = who();
  if (principal.asker.kind === 'worker') return speaker(call, principal.worker ?? principal.asker.name);
  if (!isPermitted(principal, 'admin.workers', {})) throw refusalOf(principal, 'worker.link', `speak for job ${job}`);
  const worker = engine.read(({ jobs }) => jobs.attemptsOf(job).at(-1)?.worker);
  if (worker === undefined) throw new Refusal('unknown_job', `Job not found: ${job}`);
  return speaker(call, worker);
}

function parsed(schema: z.ZodType, text: string): unknown {
  let json: unknown;
  try {
    json = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    return new Refusal('bad_request', `the body is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
  const body = schema.safeParse(json);
  return body.success
    ? body.data
    : new Refusal('bad_request', `the body is not understood: ${fieldProblems(body.error, json)}`);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
