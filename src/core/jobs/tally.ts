/** How many there are of each kind; what there is none of takes no room. */
export class Tally<Kind> {
  readonly #counts = new Map<Kind, number>();

  of(kind: Kind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** Kinds of which there is one at least, with their counts. */
  get all(): ReadonlyMap<Kind, number> {
    return this.#counts;
  }

  add(kind: Kind, by: number): void {
    const count = this.of(kind) + by;
    if (count === 0) this.#counts.delete(kind);
    else this.#counts.set(kind, count);
  }
}
