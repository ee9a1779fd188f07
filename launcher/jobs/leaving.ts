/**
 * A launcher that leaves: it takes no job any more, those that it has go on to their end, and it ends when the manager has
 * each one's end and all of its output. The manager hears of it as a worker that has no slots, and until it has heard it may
 * have given it a job that is still on its way: that one is waited for too.
 */
import type { Log } from '../logging';
import type { Jobs } from './open-jobs';

export interface LeavingParty {
  readonly isConnected: () => boolean;
  /** Tells the manager that this worker has no slots any more. Resolves when only a sync is missing that says it too. */
  readonly announce: () => Promise<void>;
  /** There is nothing left to wait for. */
  readonly end: () => void;
  readonly log: Log;
}

/** For a manager that does not answer. */
const HEARD_MS_MAX = 10_000;

export class Leaving {
  #isLeaving = false;
  #isAnnounced = false;
  /** No job is on its way here. */
  #isHeard = false;

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
    if (this.party.isConnected()) setTimeout(() => this.#heard(), HEARD_MS_MAX).unref();
    else this.#isHeard = true;
    if (this.#isHeard && this.jobs.isEmpty) return this.party.end();
    void this.#announce();
  }

  /** A sync was answered: what the manager had given before came ahead of the answer. */
  synced(): void {
    if (this.#isAnnounced) this.#heard();
  }

  /** Something of a job went. */
  look(): void {
    if (this.#isHeard && this.jobs.isEmpty) this.party.end();
  }

  async #announce(): Promise<void> {
    await this.party.announce();
    this.#isAnnounced = true;
  }

  #heard(): void {
    this.#isHeard = true;
    this.look();
  }
}
