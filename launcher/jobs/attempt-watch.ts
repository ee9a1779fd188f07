/** What is watched of an attempt while it runs: its time, and its progress. */
import type { AttemptId } from '../../protocol/jobs';
import type { BootClock } from './boot-clock';
import type { Terms } from '../core/jobs/attempt-rows';
import { after } from '../probes/long-timer';
import { ProgressWatch, type ProgressNews } from './progress';

export interface Watched {
  readonly terms: Pick<Terms, 'runMs' | 'progress'>;
  /** By the machine's own clock. */
  readonly startedUpMs: number;
  readonly outputs: readonly string[];
}

export interface WatchNews extends ProgressNews {
  readonly tooLong: (runMs: number) => void;
}

class AttemptWatch {
  readonly #progress: ProgressWatch | null;
  readonly #callOff: () => void;

  constructor({ terms, startedUpMs, outputs }: Watched, clock: BootClock, news: WatchNews) {
    const { runMs, progress } = terms;
    this.#progress = progress === null ? null : new ProgressWatch(progress, outputs, news);
    this.#callOff = runMs === null ? () => {} : after(startedUpMs + runMs - clock(), () => news.tooLong(runMs));
  }

  /** @param isOver it ended; otherwise the launcher lets go of it */
  release(isOver: boolean): void {
    this.#callOff();
    this.#progress?.release(isOver);
  }
}

/** Those of all attempts that run. */
export class AttemptWatches {
  readonly #byAttempt = new Map<AttemptId, AttemptWatch>();

  constructor(private readonly clock: BootClock) {}

  /** Once, however often it is told to have started. */
  begin(attempt: AttemptId, watched: Watched, news: WatchNews): void {
    if (this.#byAttempt.has(attempt)) return;
    this.#byAttempt.set(attempt, new AttemptWatch(watched, this.clock, news));
  }

  ended(attempt: AttemptId): void {
    this.#byAttempt.get(attempt)?.release(true);
    this.#byAttempt.delete(attempt);
  }

  release(): void {
    for (const watch of this.#byAttempt.values()) watch.release(false);
  }
}
