/**
 * CPU time of whole trees, for probes that ask about it: one look at the process table serves all who ask at about the same
 * time, so a thousand silent processes cost one look and not a thousand.
 *
 * The unit is the kernel's clock tick, a hundredth of a second: who uses less than that in the whole time is silent.
 */
import type { RunId } from '../../protocol/ids';
import { hasProc } from '../process/identity';
import { Census, type CountedRun, type Tree } from '../usage/census';

/** A look serves for this long. */
const LOOK_SERVES_MS = 200;
/** Longer than the longest time between two questions of one probe: who does not ask any more is not counted any more. */
const FORGOTTEN_AFTER_MS = 120_000;

export class CpuTimes {
  readonly #census = hasProc() ? new Census() : null;
  readonly #asked = new Map<RunId, { readonly run: CountedRun; readonly atMs: number }>();
  #trees: ReadonlyMap<RunId, Tree> = new Map();
  #lookedAtMs = -Infinity;

  /** Ticks so far, of all that live in its tree; null = this machine does not tell. */
  of(run: CountedRun, nowMs: number): number | null {
    if (this.#census === null) return null;
    this.#asked.set(run.id, { run, atMs: nowMs });
    if (nowMs - this.#lookedAtMs > LOOK_SERVES_MS || !this.#trees.has(run.id)) this.#look(this.#census, nowMs);
    const members = this.#trees.get(run.id)?.members;
    return members?.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) ?? null;
  }

  #look(census: Census, nowMs: number): void {
    for (const [id, { atMs }] of this.#asked) if (nowMs - atMs > FORGOTTEN_AFTER_MS) this.#asked.delete(id);
    this.#trees = census.take([...this.#asked.values()].map(({ run }) => run));
    this.#lookedAtMs = nowMs;
  }
}
