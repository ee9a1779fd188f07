/**
 * Takes what comes in the order in which it came, one at a time, with room between two for everything else. A thousand
 * births at once are a thousand forks of 3 ms: done in one go the launcher would be silent for as long, miss its own
 * heartbeats and hear of none of them. The first one is taken at once, so a lone restart waits for nothing.
 */
export class OneByOne<T> {
  readonly #waiting: T[] = [];
  #isResting = false;

  constructor(private readonly take: (item: T) => void) {}

  put(item: T): void {
    if (this.#isResting) this.#waiting.push(item);
    else this.#takeAndRest(item);
  }

  #takeAndRest(item: T): void {
    this.#isResting = true;
    setImmediate(() => {
      this.#isResting = false;
      const next = this.#waiting.shift();
      if (next !== undefined) this.#takeAndRest(next);
    });
    this.take(item);
  }

  /** What still waits is not taken any more. */
  drop(): void {
    this.#waiting.length = 0;
  }
}
