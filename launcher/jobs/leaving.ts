/**
 * A launcher that leaves: it takes no job any more, those that it has go on to their end, and it ends when the manager has
 * each one's end and all of its output. The manager hears of it as a worker that has no slots.
 */
import type { Log } from '../logging';
import type { Jobs } from './open-jobs';

export interface LeavingParty {
  /** Tells the manager that this worker has no slots any more. */
  readonly announce: () => Promise<void>;
  /** There is nothing left to wait for. */
  readonly end: () => void;
  readonly log: Log;
}

export class Leaving {
  #isLeaving = false;

  constructor(
    private readonly jobs: Pick<Jobs, 'isEmpty'>,
    private readonly party: LeavingParty,
  ) {}

  get isUnderWay(): boolean {
    return this.#isLeaving;
  }

  /** @param why a clause */
  begin(why: string): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.party.log('info', `${why}: no other job is taken, and this launcher ends when what it has is over and told`);
    if (this.jobs.isEmpty) return this.party.end();
    void this.party.announce();
  }

  /** Something of a job went. */
  look(): void {
    if (this.#isLeaving && this.jobs.isEmpty) this.party.end();
  }
}
