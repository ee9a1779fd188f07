/**
 * Ends of attempts on their way to the manager: told once they are written down, also where the disk refuses that, and after
 * each sync until they are forgotten. A power cut before they are on the disk forgets them here; then they are the manager's
 * already, or told as lost: the machine was restarted.
 */
import type { AttemptId } from '../../protocol/jobs';
import type { LauncherFact, SequencedFact } from '../../protocol/link';
import type { AttemptBooks } from './attempt-books';

export class ToldEnds {
  /** `sent`: the link tells it until it is committed. `known`: it was; what a manager knows it may yet lose (a restored copy). */
  readonly #told = new Map<AttemptId, 'sent' | 'known'>();

  constructor(
    private readonly books: AttemptBooks,
    private readonly say: (fact: LauncherFact) => void,
  ) {}

  tell(attempt: AttemptId): void {
    const end = this.books.of(attempt)?.end;
    if (end == null) return;
    this.#told.set(attempt, 'sent');
    this.say({ kind: 'attempt.ended', attempt, ...end });
  }

  /** The manager has committed these facts. */
  acknowledged(facts: readonly SequencedFact[]): void {
    for (const { fact } of facts)
      if (fact.kind === 'attempt.ended' && this.#told.has(fact.attempt)) this.#told.set(fact.attempt, 'known');
  }

  /** A connection begins anew. */
  synced(): void {
    for (const [attempt, told] of this.#told) if (told === 'known') this.tell(attempt);
  }

  forget(attempt: AttemptId): void {
    this.#told.delete(attempt);
  }
}
