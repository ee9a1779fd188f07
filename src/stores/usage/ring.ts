/**
 * One figure over time, in steps of one length: the newest `size` of them. A step holds the mean of what was heard within
 * it, and the highest. Nothing is made up: a step in which nothing was heard is empty.
 */
export class Ring {
  private readonly means: Float32Array;
  private readonly peaks: Float32Array;
  /** The step being filled, counted from the epoch; null = nothing was heard yet. */
  private step: number | null = null;
  private heard = 0;

  constructor(
    readonly stepMs: number,
    readonly size: number,
  ) {
    this.means = new Float32Array(size).fill(NaN);
    this.peaks = new Float32Array(size).fill(NaN);
  }

  put(atMs: number, value: number): void {
    const step = Math.floor(atMs / this.stepMs);
    if (this.step === null || step > this.step) this.advance(step);
    const at = (this.step ?? step) % this.size;
    this.heard += 1;
    const mean = this.means[at] ?? 0;
    this.means[at] = this.heard === 1 ? value : mean + (value - mean) / this.heard;
    this.peaks[at] = this.heard === 1 ? value : Math.max(value, this.peaks[at] ?? value);
  }

  private advance(to: number): void {
    const from = this.step === null ? to : Math.max(this.step + 1, to - this.size + 1);
    for (let step = from; step <= to; step++) this.means[step % this.size] = this.peaks[step % this.size] = NaN;
    this.step = to;
    this.heard = 0;
  }

  /** Null = nothing was heard in that step, or it is no longer kept. */
  at(step: number): { readonly mean: number; readonly peak: number } | null {
    if (this.step === null || step > this.step || step <= this.step - this.size) return null;
    const mean = this.means[step % this.size] ?? NaN;
    return Number.isNaN(mean) ? null : { mean, peak: this.peaks[step % this.size] ?? mean };
  }
}
