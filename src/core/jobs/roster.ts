/** All jobs by the order of their submission, so that a page of the newest costs as much as the page. */
import type { JobId } from '../../../protocol/jobs';

export class Roster {
  /** Rising, with holes of those that were forgotten. */
  readonly #orders: number[] = [];
  readonly #ids: (JobId | null)[] = [];
  #holes = 0;

  /** Most come as the newest of all. */
  add(order: number, id: JobId): void {
    const at = this.#placeOf(order);
    if (at === this.#orders.length) {
      this.#orders.push(order);
      this.#ids.push(id);
    } else {
      this.#orders.splice(at, 0, order);
      this.#ids.splice(at, 0, id);
    }
  }

  remove(order: number): void {
    const at = this.#placeOf(order);
    if (this.#orders[at] !== order || this.#ids[at] === null) return;
    this.#ids[at] = null;
    this.#holes += 1;
    if (this.#holes > 1024 && this.#holes * 2 > this.#ids.length) this.#close();
  }

  /** @param before only those that were submitted earlier */
  *newestFirst(before = Infinity): Generator<JobId> {
    for (let at = this.#placeOf(before) - 1; at >= 0; at--) {
      const id = this.#ids[at];
      if (id != null) yield id;
    }
  }

  /** The first that is not less. */
  #placeOf(order: number): number {
    let [low, high] = [0, this.#orders.length];
    if ((this.#orders[high - 1] ?? -Infinity) < order) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#orders[middle] ?? Infinity) < order) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #close(): void {
    let kept = 0;
    for (const [at, id] of this.#ids.entries()) {
      if (id === null) continue;
      this.#ids[kept] = id;
      this.#orders[kept] = this.#orders[at] ?? 0;
      kept += 1;
    }
    this.#ids.length = this.#orders.length = kept;
    this.#holes = 0;
  }
}
