/**
 * Regular expressions of strangers, tried in a thread of their own. One such as `(a+)+$` can run for years on one line,
 * and nothing stops it from inside: the thread is ended when a block is not done in time, and the manager's own loop
 * never waits for it. Deadlines between lines would not help, for it is one line that never ends.
 */
import { Worker } from 'node:worker_threads';
import { Refusal } from '../../../protocol/errors';

/** For one block of at most 4 MiB; an ordinary expression takes a fiftieth of it. */
const BLOCK_MS_MAX = 2000;

/** Threads at once: each takes a core and some megabytes. */
const THREADS_MAX = 4;

/** Plain JavaScript in a string, because the thread needs its code beside it in source, in tests and in the bundle. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const regex = new RegExp(workerData.source, workerData.flags);
parentPort.on('message', ({ bytes, hitsMax }) => {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hits = [];
  for (let at = 0; at < block.length && hits.length < hitsMax; ) {
    const feed = block.indexOf(10, at);
    const end = feed < 0 ? block.length : feed;
    if (regex.test(block.toString('utf8', at, end))) hits.push([at, end]);
    at = end + 1;
  }
  parentPort.postMessage(hits);
});`;

/** A line in a block: [where it begins, where it ends). */
export type Span = readonly [begin: number, end: number];

export class RegexThread {
  private static running = 0;
  private readonly thread: Worker;
  private onHits: (hits: Span[]) => void = () => undefined;
  private onError: (error: Error) => void = () => undefined;

  /** @throws Refusal bad_request when the pattern is no regular expression, queue_full when enough searches run */
  constructor(
    private readonly pattern: string,
    ignoreCase: boolean,
    private readonly blockMsMax = BLOCK_MS_MAX,
  ) {
    const flags = ignoreCase ? 'i' : '';
    try {
      new RegExp(pattern, flags);
    } catch (error) {
      throw new Refusal('bad_request', `The pattern cannot be read: ${(error as Error).message}`);
    }
    if (RegexThread.running >= THREADS_MAX)
      throw new Refusal(
        'queue_full',
        `${THREADS_MAX} searches by expression are running, which is the limit; try again when one is done`,
      );
    RegexThread.running++;
    this.thread = new Worker(THREAD, { eval: true, workerData: { source: pattern, flags } });
    this.thread.on('message', (hits: Span[]) => this.onHits(hits));
    this.thread.on('error', (error: Error) => this.onError(error));
    // An idle thread must not hold the process open; a search under way has its deadline's timer.
    this.thread.unref();
  }

  /** Lines of the block that match, at most so many. One block at a time. */
  async linesIn(bytes: Buffer, hitsMax: number): Promise<Span[]> {
    let deadline: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        this.onHits = resolve;
        this.onError = reject;
        deadline = setTimeout(() => reject(this.tooSlow()), this.blockMsMax);
        this.thread.postMessage({ bytes, hitsMax });
      });
    } finally {
      clearTimeout(deadline);
    }
  }

  async end(): Promise<void> {
    RegexThread.running--;
    await this.thread.terminate();
  }

  private tooSlow(): Refusal {
    return new Refusal(
      'bad_request',
      `The pattern ${this.pattern} took longer than ${this.blockMsMax / 1000} s on one block of output and was stopped; avoid nested repeats such as (a+)+`,
    );
  }
}
