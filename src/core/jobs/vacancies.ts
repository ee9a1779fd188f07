/**
 * Workers with a free slot, in the order in which jobs are given to them, so that a turn looks at the first few and not at a
 * thousand. Whoever changes what the order looks at (a worker's row, its attempts, its machine's figures) stirs the worker up:
 * it is put in its place again before the next look. Whether it takes work now is asked when it is looked at.
 */
import type { WorkerId } from '../../../protocol/ids';

/** What the order looks at. */
export interface Vacancy {
  readonly worker: { readonly id: WorkerId; readonly type: string };
  readonly devices: { readonly length: number };
  readonly slots: number;
}

/** Not the manager's own machine; no device left idle behind a job that needs none; then the emptiest. */
export const byFit = (a: Vacancy, b: Vacancy): number =>
  Number(a.worker.type === 'local') - Number(b.worker.type === 'local') ||
  a.devices.length - b.devices.length ||
  b.slots - a.slots ||
  (a.worker.id < b.worker.id ? -1 : a.worker.id === b.worker.id ? 0 : 1);

/** The first place whose holder does not go before it. */
export function placeAmong(ordered: readonly Vacancy[], one: Vacancy): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = ordered[middle];
    if (other !== undefined && byFit(other, one) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Vacancies {
  readonly #order: Vacancy[] = [];
  readonly #known = new Map<WorkerId, Vacancy>();
  /** Null = nobody was looked at yet. */
  #stirred: Set<WorkerId> | null = null;

  stir(worker: WorkerId): void {
    this.#stirred?.add(worker);
  }

  /** @param vacancyOf null = it has no free slot, or is no more */
  inOrder(workers: Iterable<WorkerId>, vacancyOf: (worker: WorkerId) => Vacancy | null): Iterable<Vacancy> {
    for (const worker of this.#stirred ?? workers) this.#place(worker, vacancyOf(worker));
    this.#stirred = new Set();
    return this.#order;
  }

  #place(id: WorkerId, now: Vacancy | null): void {
    const known = this.#known.get(id);
    if (known !== undefined) this.#order.splice(placeAmong(this.#order, known), 1);
    if (now === null) {
      this.#known.delete(id);
      return;
    }
    this.#order.splice(placeAmong(this.#order, now), 0, now);
    this.#known.set(id, now);
  }
}
