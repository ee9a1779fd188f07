/**
 * Attempts that are to begin: in the order in which they came they wait for a slot, are written down, and are begun when they
 * are known to be this worker's still. From then on nothing begins them again, whatever is cut short: what was said before
 * is begun when it is on the disk, and those that share a moment share the flush; of what is new, a word that comes after a
 * power cut is known not to be the first.
 */
import type { AttemptId } from '../../protocol/jobs';
import type { RunWord } from '../../protocol/link';
import type { Terms } from '../core/jobs/attempt-rows';
import type { Slots } from '../slots';
import type { AttemptBooks } from './attempt-books';

/** When its word came, and from when it is trusted. */
type Times = Pick<Terms, 'upMs' | 'fromUpMs'>;

export class AttemptLine {
  readonly #waiting = new Map<AttemptId, { readonly word: RunWord; readonly times: Times }>();
  /** They have their slot, and are not on the disk yet. */
  readonly #written: RunWord[] = [];
  /** They are on the disk, and wait for the manager's word that they still are this worker's: theirs may have been long on its way. */
  readonly #unconfirmed = new Map<AttemptId, RunWord>();

  constructor(
    private readonly slots: Slots,
    private readonly books: AttemptBooks,
    private readonly bootId: string,
    private readonly party: {
      /** Or it is to be stopped, and will end without. */
      readonly isConfirmed: (attempt: AttemptId) => boolean;
      readonly begin: (word: RunWord) => void;
    },
  ) {
    slots.onFreed(() => this.#look());
  }

  /** Those without a slot. */
  get waiting(): readonly AttemptId[] {
    return [...this.#waiting.keys()];
  }

  has(attempt: AttemptId): boolean {
    return this.#waiting.has(attempt);
  }

  /** @param times by the machine's own clock */
  put(word: RunWord, times: Times): void {
    this.#waiting.set(word.attempt, { word, times });
    this.#look();
  }

  /** It waits no more. */
  leave(attempt: AttemptId): void {
    this.#waiting.delete(attempt);
  }

  /** The next ones take the slots that are free. */
  #look(): void {
    const isUnderWay = this.#written.length > 0;
    const begin: RunWord[] = [];
    for (const [attempt, { word, times }] of this.#waiting) {
      if (!this.slots.take(attempt)) break;
      this.#waiting.delete(attempt);
      const { job, epoch, trustMs, runMs, silenceMs, progress } = word;
      const terms = { job, epoch, trustMs, runMs, silenceMs, progress, bootId: this.bootId, ...times };
      this.books.note({ kind: 'held', attempt, terms });
      if (word.isNew === true && !this.books.isBehind && this.books.areOfThisBoot) begin.push(word);
      else this.#written.push(word);
    }
    for (const word of begin) this.#beginOrWait(word);
    if (!isUnderWay && this.#written.length > 0) void this.#beginWritten();
  }

  /** Something is known of it that was not: it may begin now. */
  look(attempt: AttemptId): void {
    const word = this.#unconfirmed.get(attempt);
    if (word !== undefined) this.#beginOrWait(word);
  }

  #beginOrWait(word: RunWord): void {
    if (!this.party.isConfirmed(word.attempt)) return void this.#unconfirmed.set(word.attempt, word);
    this.#unconfirmed.delete(word.attempt);
    this.party.begin(word);
  }

  async #beginWritten(): Promise<void> {
    while (this.#written.length > 0) {
      const count = this.#written.length;
      await this.books.durable();
      // More may have come behind these; they are not on the disk yet.
      for (const word of this.#written.slice(0, count)) this.#beginOrWait(word);
      this.#written.splice(0, count);
    }
  }
}
