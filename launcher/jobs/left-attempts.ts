/** Attempts that an earlier launcher left without an end: what lives is gone on with, what never began begins, once. */
import type { AttemptId } from '../../protocol/jobs';
import { unbornEnd } from '../core/jobs/attempt-end';
import type { AttemptRow, End, Terms } from '../core/jobs/attempt-rows';
import { stopAtMs, type Trust } from '../core/jobs/trust';
import { livingRun } from '../core/supervisor-state';
import type { Keeper } from '../keeper/keeper';
import type { Slots } from '../slots';
import type { AttemptBooks } from './attempt-books';
import type { BootClock } from './boot-clock';
import type { Leases } from './leases';

export const NEVER_BORN = { outcome: 'lost', why: 'it never began' } as const;
export const MAY_HAVE_BEGUN = {
  outcome: 'lost',
  why: 'the machine was restarted since it was given, and it may have begun',
} as const;

interface LeftIn {
  readonly books: AttemptBooks;
  readonly slots: Slots;
  readonly bootId: string;
  readonly clock: BootClock;
}

interface Desk {
  readonly keeperOf: (attempt: AttemptId) => Keeper | null;
  readonly end: (attempt: AttemptId, end: End) => void;
  /** Never born, and not trusted any more: the manager says it again, if it still is this worker's. */
  readonly giveUp: (row: AttemptRow, keeper: Keeper) => void;
}

export class LeftAttempts {
  readonly #unheard: Set<AttemptId>;

  constructor(
    private readonly around: LeftIn,
    private readonly leases: Pick<Leases, 'hold'>,
    private readonly desk: Desk,
  ) {
    this.#unheard = new Set(around.books.all.flatMap(({ attempt, end }) => (end === null ? [attempt] : [])));
  }

  /** @returns true for the first word of one that was left */
  heardOf(attempt: AttemptId): boolean {
    return this.#unheard.delete(attempt);
  }

  goOn(row: AttemptRow): void {
    const { attempt, stop } = row;
    const keeper = this.desk.keeperOf(attempt);
    if (keeper === null || livingRun(keeper.supervised) === null) return this.beginAgain(row);
    this.around.slots.hold(attempt);
    this.#trustOn(row);
    if (stop !== null) keeper.handle({ kind: 'stop', by: stop.by, why: stop.why, command: null });
  }

  /** Nobody was ever born for it, so nothing is done twice. Unless the machine was restarted, and the disk may not know. */
  beginAgain(row: AttemptRow): void {
    const { attempt, stop, terms } = row;
    const { bootId, books, slots } = this.around;
    this.#unheard.delete(attempt);
    const keeper = this.desk.keeperOf(attempt);
    if (stop !== null) return this.desk.end(attempt, unbornEnd(stop, NEVER_BORN));
    if (terms === null || terms.bootId !== bootId)
      return this.desk.end(attempt, unbornEnd(null, { outcome: 'lost', why: 'the machine was restarted as it began' }));
    // The manager says it again after the sync.
    if (keeper === null) return books.note({ kind: 'forgotten', attempt });
    if (this.around.clock() >= stopAtMs({ attempt, ...this.#trustIn(terms) })) return this.desk.giveUp(row, keeper);
    slots.hold(attempt);
    this.#trustOn(row);
    keeper.handle({ kind: 'start', by: 'the manager', why: '', command: null });
  }

  #trustOn({ attempt, terms }: AttemptRow): void {
    if (terms !== null && terms.bootId === this.around.bootId) this.leases.hold(attempt, this.#trustIn(terms));
  }

  #trustIn({ trustMs, upMs, fromUpMs, bootId }: Terms): Omit<Trust, 'attempt'> {
    const { renewed } = this.around.books;
    const renewedMs = renewed?.bootId === bootId ? renewed.upMs : -Infinity;
    // A question from before it came was not about it.
    const isRenewed = renewedMs >= upMs;
    return { trustMs, fromMs: isRenewed ? renewedMs : (fromUpMs ?? upMs), isRenewed };
  }
}
