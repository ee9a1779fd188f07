/**
 * Threads for searches: some at once, for each takes a core and some megabytes; the others wait for their turn. An
 * expression of a stranger, such as `(a+)+$`, can run for years on one line, and nothing stops it from inside: its thread
 * is ended when one block is not done in time, and the manager's own loop never waits for it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Refusal } from '../../../../protocol/errors';
import { watchPulse } from './pulse';
import type { FromSearch, SearchHit, SearchPlan, ToSearch } from './search-words';

const THREADS_MAX = 4;
const WAITING_MAX = 64;
/** For one block of at most 4 MiB; an ordinary expression takes a hundredth of it. */
const BLOCK_MS_MAX = 2000;
/** The thread's heap. It holds some blocks and some hundred hits; a runaway ends itself and not the manager. */
const THREAD_HEAP_MB = 256;

/** Beside the bundle; from the sources, what was built of them. */
const THREAD_FILE = [join(__dirname, 'log-search.js'), join(__dirname, '../../../../dist/log-search.js')];

export class SearchThreads {
  private readonly running = new Set<Worker>();
  private readonly waiting: (() => void)[] = [];
  private places = THREADS_MAX;
  private closed = false;

  /** @param blockMsMax for tests */
  constructor(private readonly blockMsMax = BLOCK_MS_MAX) {}

  /**
   * @throws Refusal queue_full when too many wait already; bad_request when one block takes too long; the signal's reason
   */
  async *hits(plan: Omit<SearchPlan, 'pulse'>, signal?: AbortSignal): AsyncGenerator<SearchHit> {
    await this.place(signal);
    try {
      yield* this.run(plan, signal);
    } finally {
      this.places += 1;
      this.waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const go of this.waiting.splice(0)) go();
    await Promise.all([...this.running].map((thread) => thread.terminate()));
  }

  private async place(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.places === 0) {
      if (this.waiting.length >= WAITING_MAX)
        throw new Refusal(
          'queue_full',
          `${THREADS_MAX} searches are running and ${WAITING_MAX} wait, which is the limit; try again when some are done`,
        );
      await this.turn(signal);
    }
    if (this.closed) throw new Refusal('shutting_down', 'The manager is stopping; search again when it is back');
    this.places -= 1;
  }

  private turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.waiting.push(go);
    });
  }

  private async *run(plan: Omit<SearchPlan, 'pulse'>, signal: AbortSignal | undefined): AsyncGenerator<SearchHit> {
    const pulse = new SharedArrayBuffer(8);
    const thread = new Worker(THREAD_FILE.find(existsSync) ?? '', {
      workerData: { ...plan, pulse } satisfies SearchPlan,
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
    });
    this.running.add(thread);
    const inbox = new Inbox(thread);
    const watch = watchPulse(pulse, this.blockMsMax, () => inbox.fail(tooSlow(plan, this.blockMsMax)));
    const leave = (): void => inbox.fail(signal?.reason as Error);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      for (let hits = await inbox.next(); hits !== null; hits = await inbox.next()) {
        yield* hits;
        thread.postMessage({ kind: 'taken' } satisfies ToSearch);
      }
    } finally {
      signal?.removeEventListener('abort', leave);
      clearInterval(watch);
      await thread.terminate();
      this.running.delete(thread);
    }
  }
}

/** What came of the thread and nobody has taken yet; bounded by what it may send ahead. */
class Inbox {
  private readonly messages: (readonly SearchHit[] | null)[] = [];
  private failure: Error | null = null;
  private wake: () => void = () => undefined;

  constructor(thread: Worker) {
    thread.on('message', (message: FromSearch) => {
      if (message.kind === 'failed') return this.fail(new Error(message.message));
      this.messages.push(message.kind === 'hits' ? message.hits : null);
      this.wake();
    });
    thread.on('error', (error) => this.fail(error));
    thread.on('exit', () => this.fail(new Refusal('shutting_down', 'The search was ended: the manager is stopping')));
  }

  /** The first reason counts. What came before it is still handed out, but for an end that is no news any more. */
  fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }

  /** Null = the search is done. */
  async next(): Promise<readonly SearchHit[] | null> {
    for (;;) {
      const message = this.messages.shift();
      if (message !== undefined) return message;
      if (this.failure !== null) throw this.failure;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

const tooSlow = ({ pattern: { pattern } }: Pick<SearchPlan, 'pattern'>, blockMsMax: number): Refusal =>
  new Refusal(
    'bad_request',
    `The pattern ${pattern} took longer than ${blockMsMax / 1000} s on one block of output and was stopped; avoid nested repeats such as (a+)+`,
  );
