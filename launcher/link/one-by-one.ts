/**
 * Takes what comes in the order in which it came, one at a time, with room between two for everything else. A thousand
 * starts at once are a thousand forks: done in one go the launcher would miss its own heartbeats.
 */
export class OneByOne<T> {
  readonly #waiting: T[] = [];
  #isPlanned = false;

  constructor(private readonly take: (item: T) => void) {}

  put(item: T): void {
    this.#waiting.push(item);
    this.#plan();
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (this.#waiting.length > 0) this.#plan();
      this.take(next);
    });
  }
}
