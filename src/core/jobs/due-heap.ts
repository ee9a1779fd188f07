/** What falls due when: the nearest is known at once, for a hundred thousand entries as for one. Entries are checked by whoever takes them. */
export class DueHeap<Entry> {
  readonly #heap: { readonly atMs: number; readonly entry: Entry }[] = [];

  /** Null = nothing falls due by itself. */
  get nextMs(): number | null {
    return this.#heap[0]?.atMs ?? null;
  }

  add(atMs: number, entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push({ atMs, entry }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#atMs(parent) <= this.#atMs(at)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Everything due, earliest first. */
  take(nowMs: number): Entry[] {
    const due: Entry[] = [];
    for (;;) {
      const [top] = this.#heap;
      if (top === undefined || top.atMs > nowMs) return due;
      due.push(top.entry);
      this.#removeTop();
    }
  }

  #removeTop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && this.#atMs(child) < this.#atMs(least)) least = child;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #atMs(at: number): number {
    return this.#heap[at]?.atMs ?? Infinity;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
