/**
 * Output bytes from launchers: POST /link/v1/output?worker=&process=&run=&offset= with the bytes as body, `&stream=stderr`
 * for the second stream of a split run; or `&gap=<bytes>&reason=` for bytes that are lost. Answered before Express: this is
 * the road that must carry hundreds of megabytes a second. The log store's length is the truth: another offset is
 * answered 409 with where to go on from, so every byte is stored once, in order, or counted as missing.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProcessName, RunId, WorkerId } from '../../protocol/ids';
import { OUTPUT_PATH, WORKER_KEY_HEADER, type OutputReply } from '../../protocol/link';
import { GapReason } from '../../protocol/output-gap';
import { OutputStream } from '../../protocol/output-stream';
import type { LogStore, RunRef } from '../engine/log-store-port';
import { callerOf } from '../trust/caller';
import type { Shown, WorkerProofs } from '../trust/worker-proofs';
import { answerJson, refusalBody } from './answer';
import type { OutputUnderWay } from './output-under-way';
import { Refusal } from '../../protocol/errors';
import { sentenceOf } from '../../protocol/sentence-of';

/** `status` and `body` are the HTTP answer, whatever carried the question. */
export interface OutputAnswer {
  readonly status: number;
  readonly body: object;
}

/**
 * The road without its carrier: the query says where, the body is the bytes. Never rejects: refusals are answers.
 * @param mayNot why who sends it may not speak for that worker; null = it may
 */
export type OutputRoad = (
  query: URLSearchParams,
  body: AsyncIterable<Buffer>,
  mayNot: (worker: WorkerId) => Refusal | null,
) => Promise<OutputAnswer>;

export function outputRoad(logs: LogStore): OutputRoad {
  return async (query, body, mayNot) => {
    try {
      const target = parseTarget(query);
      const { ref, offset, gap } = target;
      const refusal = mayNot(ref.worker);
      if (refusal !== null) throw refusal;
      const result = await (gap === null
        ? logs.append(ref, offset, body)
        : logs.skip(ref, offset, gap.bytes, gap.reason));
      return { status: result.ok ? 200 : 409, body: { offset: result.offset } satisfies OutputReply };
    } catch (error) {
      const reason = sentenceOf(error);
      const refusal =
        error instanceof Refusal ? error : new Refusal('internal', `the output could not be stored: ${reason}`);
      return { status: refusal.status, body: refusalBody(refusal) };
    }
  };
}

/** True: the request was this link's and is being answered. */
export function outputLink(
  road: OutputRoad,
  proofs: WorkerProofs,
  underWay: OutputUnderWay,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (request.method !== 'POST' || request.url?.startsWith(`${OUTPUT_PATH}?`) !== true) return false;
    const shown = shownBy(request);
    const mayNot = (worker: WorkerId): Refusal | null =>
      proofs.refusalOf(request.socket, worker, shown, () => callerOf(request));
    const query = new URLSearchParams(request.url.slice(OUTPUT_PATH.length + 1));
    const ended = underWay.began(query.get('worker') as WorkerId, request, mayNot);
    void road(query, request, mayNot).then(({ status, body }) => {
      ended();
      // What nobody read of the body must not stand in front of the connection's next request.
      request.resume();
      answerJson(response, status, body);
    });
    return true;
  };
}

/** `Authorization: Bearer` the token it was given or its own key, and the key again beside a token. */
function shownBy({ headers }: IncomingMessage): Shown {
  const key = headers[WORKER_KEY_HEADER];
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1] ?? headers['x-worker-token'];
  return { token: typeof bearer === 'string' ? bearer : null, key: typeof key === 'string' ? key : null };
}

interface Gap {
  readonly bytes: number;
  readonly reason: GapReason;
}
interface Target {
  readonly ref: RunRef;
  readonly offset: number;
  /** Null: the body holds bytes. */
  readonly gap: Gap | null;
}

/** @throws Refusal bad_request */
function parseTarget(query: URLSearchParams): Target {
  const worker = WorkerId.safeParse(query.get('worker'));
  const process = ProcessName.safeParse(query.get('process'));
  const run = RunId.safeParse(query.get('run'));
  const stream = OutputStream.safeParse(query.get('stream') ?? 'stdout');
  const offset = countOf(query.get('offset'));
  if (!worker.success || !process.success || !run.success || !stream.success || offset === null)
    throw new Refusal('bad_request', `${OUTPUT_PATH} needs worker, process, run and offset, a whole number of bytes`);
  const ref = { worker: worker.data, process: process.data, run: run.data, stream: stream.data };
  if (!query.has('gap')) return { ref, offset, gap: null };
  const bytes = countOf(query.get('gap'));
  const reason = GapReason.safeParse(query.get('reason'));
  if (bytes === null || !reason.success)
    throw new Refusal(
      'bad_request',
      `a gap needs a whole number of bytes, and a reason: ${GapReason.options.join(', ')}`,
    );
  return { ref, offset, gap: { bytes, reason: reason.data } };
}

function countOf(text: string | null): number | null {
  const count = Number(text ?? NaN);
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}
