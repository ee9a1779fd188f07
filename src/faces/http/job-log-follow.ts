/**
 * An attempt's output as it is written, until all of it was sent: `curl -N .../logs?format=text&follow=1`. Each round sends
 * what is stored and then waits for more to be; a reader who is slow is sent no faster than it reads.
 */
import type { Response } from 'express';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { attemptProcess, type AttemptId } from '../../../protocol/jobs';
import { didNotComplete, spokesmanOf } from '../../core/jobs/deciding';
import { isOver, type Attempt, type Job } from '../../core/jobs/rows';
import type { Engine } from '../../engine/engine';
import type { LogStore, RunRef } from '../../engine/log-store-port';
import type { HttpParts } from './route';

/** The last of the output of what has ended may come late; nothing for so long, and none comes: it was forgotten, or lost. */
const STRAGGLERS_MS = 600_000;

/** The attempt that is to be followed, as soon as it has begun; null = the job is over, or its reader left, before. */
export async function followed(
  engine: Engine,
  { id }: Job,
  { attempt: wanted, behind }: { readonly attempt?: AttemptId | undefined; readonly behind?: AttemptId | undefined },
  signal: AbortSignal,
): Promise<Attempt | null> {
  const found = (): Attempt | null | undefined =>
    engine.read(({ jobs }) => {
      // A gang's nodes are of one round: none of them comes after another.
      const round = behind === undefined ? -1 : (jobs.attempt(behind)?.round ?? -1);
      const tries = jobs
        .attemptsOf(id)
        .filter((attempt) => attempt.round > round && (wanted === undefined || attempt.id === wanted));
      const begun = spokesmanOf(tries) ?? undefined;
      const job = jobs.job(id);
      const isToCome = job !== null && !isOver(job) && !signal.aborted;
      // A try that is on its way is the newest, and what is meant; of a gang its first node, unless another decided already.
      const isMeant =
        begun?.round === tries.at(-1)?.round && (wanted !== undefined || begun?.node === 0 || isDecided(begun));
      return begun !== undefined && (isMeant || !isToCome) ? begun : isToCome ? undefined : null;
    });
  return new Promise((resolve) => {
    const look = (): void => {
      const attempt = found();
      if (attempt === undefined) return;
      unlisten();
      signal.removeEventListener('abort', look);
      resolve(attempt);
    };
    const unlisten = engine.feed.listen(({ touched }) => {
      if (touched.jobs.has(id) || touched.attempts.size > 0) look();
    });
    signal.addEventListener('abort', look);
    look();
  });
}

const isDecided = (attempt: Attempt | undefined): boolean => attempt !== undefined && didNotComplete(attempt);

export async function followAttempt(
  { engine, logs }: HttpParts,
  attempt: Attempt,
  { limit }: { readonly limit: number },
  response: Writable & Partial<Pick<Response, 'setHeader' | 'flushHeaders'>>,
  signal: AbortSignal,
): Promise<void> {
  response.setHeader?.('X-Attempt-Id', attempt.id);
  if (attempt.output !== null) return void response.end(attempt.output.stdout + attempt.output.stderr);
  if (attempt.run === null) return void response.end();
  const ref: RunRef = { worker: attempt.worker, process: attemptProcess(attempt.id), run: attempt.run };
  const news = new News();
  const leave = [
    logs.subscribe(ref.worker, ref.process, () => news.tell()),
    engine.feed.listen(({ touched }) => void (touched.attempts.has(attempt.id) && news.tell())),
  ];
  signal.addEventListener('abort', () => news.tell());
  try {
    let offset = await beginOf(logs, ref, limit, signal);
    response.setHeader?.('X-Log-Offset', offset);
    response.flushHeaders?.();
    let newestAtMs = engine.nowMs;
    while (!signal.aborted) {
      const more = news.next();
      const size = logs.length(ref);
      if (offset < size) {
        offset = await send(logs, ref, offset, response, signal);
        newestAtMs = engine.nowMs;
        continue;
      }
      // What was here is not any more: retention forgot the run.
      const endsAtMs = size < offset ? -Infinity : endOf(engine, attempt.id, { size, newestAtMs });
      const leftMs = endsAtMs - engine.nowMs;
      if (leftMs <= 0) break;
      const timer = leftMs === Infinity ? undefined : setTimeout(() => news.tell(), leftMs);
      await more;
      clearTimeout(timer);
    }
  } catch (error) {
    if (!response.destroyed && !signal.aborted) throw error;
  } finally {
    for (const end of leave) end();
  }
  response.end();
}

/** The beginning of the last so many lines; 0 lines = of everything. */
async function beginOf(logs: LogStore, ref: RunRef, lines: number, signal: AbortSignal): Promise<number> {
  if (lines === 0) return 0;
  const [first] = await logs.tail(ref.worker, ref.process, { lines, run: ref.run, stream: 'stdout', signal });
  return first?.offset ?? 0;
}

/** @returns where the rest begins: behind a gap, if there is one */
async function send(
  logs: LogStore,
  ref: RunRef,
  offset: number,
  response: Writable,
  signal: AbortSignal,
): Promise<number> {
  const range = logs.read(ref, { offset });
  await pipeline(range.stream, response, { end: false, signal });
  return range.end;
}

/** When nothing more is to be waited for: now, if all that it wrote is here. What a lost worker wrote nobody can say. */
const endOf = (
  engine: Engine,
  id: AttemptId,
  { size, newestAtMs }: { readonly size: number; readonly newestAtMs: number },
): number =>
  engine.read(({ jobs }) => {
    const attempt = jobs.attempt(id);
    if (attempt === null) return -Infinity;
    if (attempt.state.kind !== 'ended') return Infinity;
    if (attempt.outputBytes === null || size >= attempt.outputBytes) return -Infinity;
    return Math.max(attempt.state.atMs, newestAtMs) + STRAGGLERS_MS;
  });

/** Somebody may tell between two looks: whoever asks before looking misses nothing. */
class News {
  #tell: () => void = () => undefined;

  next(): Promise<void> {
    return new Promise((resolve) => (this.#tell = resolve));
  }
  tell(): void {
    this.#tell();
  }
}
