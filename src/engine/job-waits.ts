/** Callers who wait until a job is over. Told by the turn in which it ended; nothing is looked at in between. */
import type { JobId } from '../../protocol/jobs';
import { isOver } from '../core/jobs/rows';
import type { Engine } from './engine';

export class JobWaits {
  readonly #waiting = new Map<JobId, Set<() => void>>();
  readonly #unlisten: () => void;

  constructor(private readonly engine: Engine) {
    this.#unlisten = engine.feed.listen(({ touched }) => {
      if (this.#waiting.size === 0) return;
      for (const id of touched.jobs) if (this.#waiting.has(id) && this.#isOver(id)) this.#settle(id);
    });
  }

  /** Resolves when the job is over or forgotten, when `limitMs` passed, or when whoever asked has left. */
  over(id: JobId, limitMs: number, signal: AbortSignal): Promise<void> {
    if (this.#isOver(id) || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const own = this.#waiting.get(id) ?? new Set();
      this.#waiting.set(id, own);
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', settle);
        own.delete(settle);
        if (own.size === 0) this.#waiting.delete(id);
        resolve();
      };
      const timer = setTimeout(settle, limitMs);
      signal.addEventListener('abort', settle);
      own.add(settle);
    });
  }

  /** The program ends: nobody waits any longer. */
  close(): void {
    this.#unlisten();
    for (const id of [...this.#waiting.keys()]) this.#settle(id);
  }

  #settle(id: JobId): void {
    for (const settle of [...(this.#waiting.get(id) ?? [])]) settle();
  }

  #isOver(id: JobId): boolean {
    return this.engine.read(({ jobs }) => {
      const job = jobs.job(id);
      return job === null || isOver(job);
    });
  }
}
