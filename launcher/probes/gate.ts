/** So many at a time; the others wait in the order they came. */
export class Gate {
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  async through<T>(action: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.most) await new Promise<void>((enter) => this.#waiting.push(enter));
    else this.#inside += 1;
    try {
      return await action();
    } finally {
      const next = this.#waiting.shift();
      // Who leaves hands its place to the next: the number inside stays.
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }
}
