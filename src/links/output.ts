/**
 * Output bytes from launchers: POST /link/v1/output?worker=&process=&run=&offset= with the bytes as body. Answered
 * before Express: this is the road that must carry hundreds of megabytes a second. The log store's length is the
 * truth: another offset is answered 409 with where to go on from, so every byte is stored once and in order.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProcessName, RunId, WorkerId } from '../../protocol/ids';
import { OUTPUT_PATH, type OutputReply } from '../../protocol/link';
import type { Engine } from '../engine/engine';
import type { LogStore } from '../engine/log-store-port';
import { answerJson, answerRefusal } from './answer';
import { Refusal } from '../../protocol/errors';

/** True: the request was this link's and is being answered. */
export function outputLink(
  engine: Engine,
  logs: LogStore,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (request.method !== 'POST' || request.url?.startsWith(`${OUTPUT_PATH}?`) !== true) return false;
    const target = parseTarget(new URLSearchParams(request.url.slice(OUTPUT_PATH.length + 1)));
    if (target instanceof Refusal) return answerRefusal(response, target);
    const { worker, process, run, offset } = target;
    if (!engine.read((model) => model.workers.has(worker)))
      return answerRefusal(
        response,
        new Refusal('unknown_worker', `worker ${worker} is not registered here; register first`),
      );
    logs.append({ worker, process, run }, offset, request).then(
      (result) => {
        if (!result.ok) request.resume();
        answerJson(response, result.ok ? 200 : 409, { offset: result.offset } satisfies OutputReply);
      },
      (error: unknown) => {
        request.resume();
        const reason = error instanceof Error ? error.message : String(error);
        answerRefusal(
          response,
          error instanceof Refusal ? error : new Refusal('internal', `the output could not be stored: ${reason}`),
        );
      },
    );
    return true;
  };
}

function parseTarget(
  query: URLSearchParams,
): { worker: WorkerId; process: ProcessName; run: RunId; offset: number } | Refusal {
  const worker = WorkerId.safeParse(query.get('worker'));
  const process = ProcessName.safeParse(query.get('process'));
  const run = RunId.safeParse(query.get('run'));
  const offset = Number(query.get('offset') ?? NaN);
  if (!worker.success || !process.success || !run.success || !Number.isSafeInteger(offset) || offset < 0)
    return new Refusal('bad_request', `${OUTPUT_PATH} needs worker, process, run and offset, a whole number of bytes`);
  return { worker: worker.data, process: process.data, run: run.data, offset };
}
