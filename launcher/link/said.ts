/** What goes on for long is said when it begins, when it is another trouble, and again every half minute. */
const SAY_AGAIN_MS = 30_000;

export class Said {
  #sentence = '';
  #atMs = 0;

  /** True when it is to be said now. */
  isDue(sentence: string, nowMs: number): boolean {
    if (sentence === this.#sentence && nowMs - this.#atMs < SAY_AGAIN_MS) return false;
    this.#sentence = sentence;
    this.#atMs = nowMs;
    return true;
  }

  /** It is over; the same trouble would be a new one. */
  forget(): void {
    this.#sentence = '';
  }
}
