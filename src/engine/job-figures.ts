/** The queue's pace since the manager started: the newest waits and runs, and how attempts ended. In memory. */
import { ATTEMPT_OUTCOMES, type AttemptOutcome } from '../../protocol/jobs';
import type { SpanFigures } from '../../protocol/job-views';
import { measuresOf, type Measures } from '../core/jobs/measures';
import type { Engine } from './engine';

const REMEMBERED = 1000;

export class JobFigures {
  readonly #waits = new Spans();
  readonly #runs = new Spans();
  readonly #outcomes = new Map<AttemptOutcome, number>();
  readonly #unlisten: () => void;
  readonly #listeners = new Set<(measures: Measures) => void>();

  constructor(engine: Engine) {
    this.#unlisten = engine.feed.listen(({ touched, facts }) => {
      if (touched.attempts.size === 0) return;
      const measures = engine.read((model) => measuresOf(model, facts));
      const { waitsMs, runsMs, outcomes } = measures;
      for (const ms of waitsMs) this.#waits.add(ms);
      for (const ms of runsMs) this.#runs.add(ms);
      for (const outcome of outcomes) this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
      for (const listener of this.#listeners) listener(measures);
    });
  }

  /** What each turn with news of attempts adds, for as long as this is open. */
  listen(listener: (measures: Measures) => void): void {
    this.#listeners.add(listener);
  }

  get wait(): SpanFigures {
    return this.#waits.figures;
  }
  get run(): SpanFigures {
    return this.#runs.figures;
  }
  get outcomes(): Record<AttemptOutcome, number> {
    const counts = ATTEMPT_OUTCOMES.map((outcome) => [outcome, this.#outcomes.get(outcome) ?? 0] as const);
    return Object.fromEntries(counts) as Record<AttemptOutcome, number>;
  }

  close(): void {
    this.#unlisten();
    this.#listeners.clear();
  }
}

/** The newest of many. */
class Spans {
  readonly #newest: number[] = [];
  #count = 0;

  add(ms: number): void {
    this.#newest[this.#count++ % REMEMBERED] = ms;
  }

  get figures(): SpanFigures {
    // As numbers: a comparison in our words takes five times as long, and a page asks for it all the time.
    const sorted = Float64Array.from(this.#newest).sort();
    const at = (share: number): number | null => sorted[Math.ceil(share * sorted.length) - 1] ?? null;
    return { count: this.#count, p50_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99), max_ms: sorted.at(-1) ?? null };
  }
}
