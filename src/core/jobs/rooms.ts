/** The rooms of one turn: opened as they are looked at, best first, and kept in that order while they fill. */
import type { WorkerId } from '../../../protocol/ids';
import type { JobNeeds } from '../../../protocol/jobs';
import type { Room } from './room';
import type { HeldGpu } from './rows';
import { byFit, placeAmong } from './vacancies';

export class Rooms {
  readonly #open: Room[] = [];
  /** The first of those that are not open, seen already. */
  #next: Room | null;

  /** @param unopened in their order */
  constructor(private readonly unopened: Iterator<Room, null>) {
    this.#next = this.#following();
  }

  get areFull(): boolean {
    return this.#next === null && this.#open.length === 0;
  }

  *[Symbol.iterator](): Generator<Room> {
    for (let at = 0; ; at++) {
      const open = this.#open[at];
      if (this.#next !== null && (open === undefined || byFit(this.#next, open) < 0)) {
        this.#open.splice(at, 0, this.#next);
        this.#next = this.#following();
      }
      const room = this.#open[at];
      if (room === undefined) return;
      yield room;
    }
  }

  take(room: Room, needs: JobNeeds, gpus: readonly HeldGpu[]): void {
    this.#open.splice(this.#open.indexOf(room), 1);
    room.take(needs, gpus);
    if (room.slots >= 1) this.#open.splice(placeAmong(this.#open, room), 0, room);
  }

  /** These take nothing more in this turn. */
  close(workers: ReadonlySet<WorkerId>): void {
    const left = [...this].filter(({ worker }) => !workers.has(worker.id));
    this.#open.splice(0, Infinity, ...left);
  }

  #following(): Room | null {
    return this.unopened.next().value;
  }
}
