/**
 * The processes of attempts: each is a sprint where it may be one, and a keeper's like every other where it is more. Does
 * what the desk decided; what becomes of a keeper's process is told by the keeper.
 */
import type { RunId } from '../../protocol/ids';
import { attemptProcess, type AttemptId } from '../../protocol/jobs';
import type { ProcessSpec } from '../../protocol/process-spec';
import type { Stop } from '../core/jobs/attempt-rows';
import { livingRun } from '../core/supervisor-state';
import type { Keeper } from '../keeper/keeper';
import type { Keepers } from '../keeper/keepers';
import type { SprintOutputs } from '../sprint/sprint-outputs';
import type { SprintOver, Sprints, SprintsParty } from '../sprint/sprints';
import type { AttemptBooks } from './attempt-books';
import type { RunWord } from '../../protocol/link';
import { attemptSpec } from './attempt-spec';

const BY_US = 'the launcher';
/** For what is written down of it, and the first of what it writes itself: with less it would fail for no fault of its own. */
const FREE_BYTES_LEAST = 1024 * 1024;

export interface ProcessParty {
  readonly sprintOver: (end: SprintOver) => void;
  /** Nothing was born, and nothing will be. */
  readonly notKept: (attempt: AttemptId, why: string) => void;
}

interface AttemptsKept {
  readonly books: AttemptBooks;
  readonly outputs: Pick<SprintOutputs, 'acknowledged'>;
  readonly sprints: (party: SprintsParty) => Sprints;
  /** On the disk where they are written down, and their output. */
  readonly freeBytes: () => number;
}

export class AttemptProcesses {
  readonly #sprints: Sprints;

  constructor(
    private readonly keepers: () => Keepers,
    private readonly around: AttemptsKept,
    private readonly party: ProcessParty,
  ) {
    this.#sprints = around.sprints({
      over: (end) => this.party.sprintOver(end),
      unborn: (attempt, process) => this.#beginKept(attempt, process),
      lasting: (attempt) => this.#stopLasting(attempt),
    });
  }

  /** Null = it has none: it is not begun, it is forgotten, or it is in its first moments. */
  keeperOf(attempt: AttemptId): Keeper | null {
    return this.keepers().find(attemptProcess(attempt));
  }

  begin(word: RunWord): void {
    const { attempt, spec, silenceMs } = word;
    try {
      if (this.around.freeBytes() < FREE_BYTES_LEAST)
        return this.party.notKept(attempt, 'the disk of its launcher is full; make room there');
      const process = attemptSpec(attempt, spec, silenceMs);
      if (!this.#sprints.begin(word, process)) this.#beginKept(attempt, process);
    } catch (error) {
      this.#notKept(attempt, error as Error);
    }
  }

  #beginKept(attempt: AttemptId, process: ProcessSpec): void {
    try {
      this.keepers().begin(process, { by: 'the manager', why: '' });
    } catch (error) {
      this.#notKept(attempt, error as Error);
    }
  }

  #notKept(attempt: AttemptId, { message }: Error): void {
    this.party.notKept(attempt, `it could not be kept here: ${message}`);
  }

  /** @param note writes it down, between what was begun before it and what follows from it */
  stop(attempt: AttemptId, stop: Stop, note: () => void): void {
    this.#sprints.settle(attempt);
    note();
    this.#tellStop(attempt, stop);
  }

  #tellStop(attempt: AttemptId, { by, why }: Pick<Stop, 'by' | 'why'>): void {
    this.keeperOf(attempt)?.handle({ kind: 'stop', by, why, command: null });
  }

  /** What was asked of it while it could not be kept. */
  #stopLasting(attempt: AttemptId): void {
    const stop = this.around.books.of(attempt)?.stop ?? null;
    if (stop !== null) this.#tellStop(attempt, stop);
  }

  kill(attempt: AttemptId): void {
    this.#sprints.settle(attempt);
    this.keeperOf(attempt)?.handle({ kind: 'kill', by: BY_US, why: 'its lease is over', command: null });
  }

  /** Its end is known to the manager. @param run of which its end told; null = it was never born */
  drop(attempt: AttemptId, run: RunId | null): void {
    const keeper = this.keeperOf(attempt);
    if (run !== null) {
      this.around.outputs.acknowledged(run);
      keeper?.endAcknowledged(run);
    }
    if (keeper !== null) discard(keeper);
  }

  /** Resolves when each has a keeper. */
  settle(): Promise<void> {
    return this.#sprints.settleAll();
  }

  /** Lets go: the launcher ends, and they go on. */
  release(): void {
    this.#sprints.release();
  }
}

/** Of an attempt that is the manager's no more, or over and told. */
export function discard(keeper: Keeper): void {
  const why = 'its end is known to the manager';
  if (livingRun(keeper.supervised) === null) keeper.retireEnded(why);
  else keeper.retire({ kind: 'stop', by: BY_US, why, command: null });
}
