/**
 * Starts of attempts, as they were told to the manager: told again where what holds one is known better than at its birth. Of a
 * container it is known only once its engine has made it.
 */
import type { RunId } from '../../protocol/ids';
import type { AttemptId } from '../../protocol/jobs';
import type { LauncherFact } from '../../protocol/link';

type Started = Extract<LauncherFact, { kind: 'attempt.started' }>;

/** What a run is held by, as its supervisor remembers it. */
export type HeldBy = { readonly [held in 'isolation' | 'unenforced']: readonly string[] };

export class ToldStarts {
  readonly #told = new Map<AttemptId, Started>();

  constructor(private readonly say: (fact: LauncherFact) => void) {}

  tell(attempt: AttemptId, run: RunId, pid: number, held: HeldBy): void {
    this.#say({ kind: 'attempt.started', attempt, run, pid, ...copyOf(held) });
  }

  /** What holds it, now. Says nothing where that was told, or its start was not. */
  look(attempt: AttemptId, held: HeldBy): void {
    const told = this.#told.get(attempt);
    if (told !== undefined && JSON.stringify(copyOf(told)) !== JSON.stringify(copyOf(held)))
      this.#say({ ...told, ...copyOf(held) });
  }

  #say(started: Started): void {
    this.#told.set(started.attempt, started);
    this.say(started);
  }

  /** It ended. */
  forget(attempt: AttemptId): void {
    this.#told.delete(attempt);
  }
}

const copyOf = ({ isolation, unenforced }: HeldBy): { isolation: string[]; unenforced: string[] } => ({
  isolation: [...isolation],
  unenforced: [...unenforced],
});
