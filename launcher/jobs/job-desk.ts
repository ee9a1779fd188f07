/**
 * The desk of attempts: the manager's words about jobs in, what becomes of them out.
 *
 * An attempt waits for a slot; then it is written down, on the disk; then, once it is known to be this worker's still (the
 * word may have been on its way for long, and then the manager is asked), its process is born, under the same keepers as
 * every other (in a directory of its own, so that no name is anybody else's). It is over when its whole tree is verified
 * gone; then its end is written down; then it is told, and told again after each sync until the manager
 * forgets it. So an attempt that was begun is never begun again, and no result is lost, whoever is killed when.
 *
 * It ends early for one of four reasons, and the first one counts: the manager's word, its time, its silence, its lease.
 */
import { attemptOfProcess as attemptOf, type AttemptId } from '../../protocol/jobs';
import type { ProcessName } from '../../protocol/ids';
import type { JobWord, LauncherFact, RenewedMessage, RenewMessage, RunWord, SequencedFact } from '../../protocol/link';
import type { JobStatus } from '../control/control-words';
import { endOf, notBornEnd, unbornEnd } from '../core/jobs/attempt-end';
import type { AttemptRow, End, Stop } from '../core/jobs/attempt-rows';
import { livingRun, type SupervisorState } from '../core/supervisor-state';
import type { Keepers } from '../keeper/keepers';
import type { Log } from '../logging';
import type { Slots } from '../slots';
import type { SprintOutputs } from '../sprint/sprint-outputs';
import type { SprintOver, Sprints, SprintsParty } from '../sprint/sprints';
import type { AttemptBooks } from './attempt-books';
import { AttemptProcesses, discard } from './attempt-processes';
import { AttemptLine } from './attempt-line';
import { AttemptWatches } from './attempt-watch';
import type { BootClock } from './boot-clock';
import { jobStatus } from './jobs-said';
import { LeftAttempts, MAY_HAVE_BEGUN, NEVER_BORN } from './left-attempts';
import { Leases } from './leases';
import { ToldEnds } from './told-ends';
import { ToldStarts } from './told-starts';

export interface DeskSurroundings {
  readonly books: AttemptBooks;
  readonly slots: Slots;
  readonly clock: BootClock;
  readonly bootId: string;
  readonly log: Log;
  readonly tell: (fact: LauncherFact) => void;
  /** False = there is no connection. */
  readonly renew: (message: RenewMessage) => boolean;
  /** One is begun, or was by an earlier launcher. */
  readonly begun: () => void;
  /** One is forgotten. */
  readonly left: () => void;
  readonly outputs: Pick<SprintOutputs, 'acknowledged'>;
  readonly sprints: (party: SprintsParty) => Sprints;
  readonly freeBytes: () => number;
}

const BY_US = 'the launcher';
/** So long after a sync nothing that it made the manager say again is still on its way. */
const SAID_AGAIN_MS = 60_000;

export class JobDesk {
  readonly #line: AttemptLine;
  readonly #ends: ToldEnds;
  readonly #starts: ToldStarts;
  readonly #watches: AttemptWatches;
  /** Not this worker's any more: nothing is told of their end. */
  readonly #forgotten = new Set<AttemptId>();
  readonly #left: LeftAttempts;
  readonly #leases: Leases;
  readonly #processes: AttemptProcesses;
  /** The keepers have looked at the disk. */
  #isOpen = false;
  #saidAgain: NodeJS.Timeout | null = null;
  #isEnding = false;

  constructor(
    private readonly keepers: () => Keepers,
    private readonly around: DeskSurroundings,
  ) {
    const { clock, renew, books, bootId, slots, tell } = around;
    this.#leases = new Leases(clock, {
      ask: renew,
      renewed: (upMs) => books.note({ kind: 'renewed', bootId, upMs }),
      confirmed: (attempt) => this.#line.look(attempt),
      over: (attempt, silentMs) =>
        this.#lost(attempt, `the manager renewed nothing for ${(silentMs / 1000).toFixed(1)} s`),
      overdue: (attempt) => this.#processes.kill(attempt),
      gone: (attempt) => {
        this.#lost(attempt, "the manager says that it is not this worker's any more");
        this.#processes.kill(attempt);
      },
    });
    this.#line = new AttemptLine(slots, books, bootId, {
      isConfirmed: (attempt) => books.of(attempt)?.stop != null || this.#leases.isConfirmed(attempt),
      begin: (word) => this.#begin(word),
    });
    this.#ends = new ToldEnds(books, tell);
    this.#starts = new ToldStarts(tell);
    this.#watches = new AttemptWatches(clock);
    this.#processes = new AttemptProcesses(keepers, around, {
      sprintOver: (end) => this.#sprintOver(end),
      notKept: (attempt, why) => this.#end(attempt, unbornEnd(null, { outcome: 'lost', why, isHindered: true })),
    });
    this.#left = new LeftAttempts(around, this.#leases, {
      keeperOf: (attempt) => this.#processes.keeperOf(attempt),
      end: (attempt, end) => this.#end(attempt, end),
      giveUp: ({ attempt }, keeper) => {
        books.note({ kind: 'forgotten', attempt });
        discard(keeper);
      },
    });
  }

  /** All that is held, ended ones too until they are forgotten. */
  get held(): AttemptId[] {
    return [...this.#line.waiting, ...this.around.books.all.map(({ attempt }) => attempt)];
  }

  hear(word: JobWord): void {
    switch (word.kind) {
      case 'run':
        return this.#run(word);
      case 'stop':
        return this.#stop(word.attempt, { outcome: word.outcome, by: word.by, why: word.why, isAsked: true });
      case 'forget':
        return this.#forget(word.attempt);
    }
  }

  #run(word: RunWord): void {
    const { attempt } = word;
    const { books, slots, clock } = this.around;
    // The manager says it again after the next launcher's sync.
    if (this.#isEnding) return;
    // One that was forgotten and is being ended still has its name.
    if (this.#line.has(attempt) || books.of(attempt) !== undefined || this.#processes.keeperOf(attempt) !== null)
      return;
    if (slots.total === 0) return this.refuse(attempt, 'this worker takes no jobs (slots: 0)');
    if (word.isNew !== true && books.mayHaveForgotten) return this.#end(attempt, unbornEnd(null, MAY_HAVE_BEGUN));
    const cameUpMs = clock();
    this.#line.put(word, { upMs: cameUpMs, ...this.#leases.came(word, cameUpMs) });
  }

  /** It never begins here, and would not anywhere else. */
  refuse(attempt: AttemptId, why: string): void {
    if (this.around.books.of(attempt) === undefined) this.#end(attempt, unbornEnd(null, { outcome: 'refused', why }));
  }

  /** For a heartbeat. */
  mark(): number {
    return this.#leases.mark();
  }

  #begin(word: RunWord): void {
    const { attempt } = word;
    const stop = this.around.books.of(attempt)?.stop ?? null;
    if (stop !== null) return this.#end(attempt, unbornEnd(stop, NEVER_BORN));
    this.around.begun();
    this.#processes.begin(word);
  }

  #sprintOver({ attempt, run, pid, exit, outputBytes, held }: SprintOver): void {
    const row = this.around.books.of(attempt);
    if (row === undefined || row.end !== null) return;
    this.#starts.tell(attempt, run, pid, held);
    const ended = { run, exit, certificate: null, outputBytes, isOfAnotherBoot: false };
    this.#end(attempt, endOf(ended, row.stop, row.terms));
  }

  #stop(attempt: AttemptId, stop: Stop): void {
    const { books } = this.around;
    const row = books.of(attempt);
    if (row === undefined) {
      // Also where it was never heard of: the manager waits for an end.
      this.#line.leave(attempt);
      return this.#end(attempt, unbornEnd(stop, NEVER_BORN));
    }
    if (row.end !== null || (row.stop !== null && !(stop.isAsked && row.stop.isAsked))) return;
    this.#processes.stop(attempt, stop, () => books.note({ kind: 'stop', attempt, stop }));
    this.#line.look(attempt);
  }

  #lost(attempt: AttemptId, why: string): void {
    this.around.log('warn', `attempt ${attempt} is stopped: ${why}`);
    this.#stop(attempt, { outcome: 'lost', by: BY_US, why: `stopped, because ${why}`, isAsked: false });
  }

  #forget(attempt: AttemptId): void {
    const row = this.around.books.of(attempt);
    this.#line.leave(attempt);
    this.#leases.letGo(attempt);
    if (row === undefined) return;
    if (row.end !== null) return this.#drop(row);
    this.#forgotten.add(attempt);
    this.#stop(attempt, {
      outcome: 'lost',
      by: 'the manager',
      why: "it is not this worker's any more",
      isAsked: false,
    });
    this.#processes.kill(attempt);
  }

  /** Its end is known to the manager: its files go when its output is there too. */
  #drop({ attempt, end }: AttemptRow): void {
    this.#ends.forget(attempt);
    this.#forgotten.delete(attempt);
    this.around.books.note({ kind: 'forgotten', attempt });
    this.#processes.drop(attempt, end?.run ?? null);
    this.around.left();
  }

  /** What is told of the attempts' processes. */
  process(fact: LauncherFact): void {
    switch (fact.kind) {
      case 'run.started':
        return this.#started(attemptOf(fact.process), fact);
      case 'run.ended':
        return this.#runEnded(attemptOf(fact.process), fact);
      case 'process.changed':
        return this.#looked(attemptOf(fact.report.name), fact);
      default:
        return undefined; // of no concern here
    }
  }

  #started(attempt: AttemptId, { run, identity }: Extract<LauncherFact, { kind: 'run.started' }>): void {
    const { books, clock, tell } = this.around;
    const row = books.of(attempt);
    if (row === undefined || row.end !== null) return;
    this.#left.heardOf(attempt);
    const startedUpMs = row.started?.upMs ?? clock();
    if (row.started === null) books.note({ kind: 'started', attempt, run, upMs: startedUpMs });
    const keeper = this.#processes.keeperOf(attempt);
    this.#starts.tell(attempt, run, identity.pid, keeper?.supervised ?? NOT_KNOWN);
    if (row.terms === null || keeper === null) return;
    this.#watches.begin(
      attempt,
      { terms: row.terms, startedUpMs, outputs: keeper.outputsOf(run) },
      {
        progress: (progress) => tell({ kind: 'attempt.progress', attempt, ...progress }),
        trouble: (why) => this.around.log('warn', `attempt ${attempt}: ${why}`),
        tooLong: (runMs) => {
          const why = `ran longer than ${runMs / 1000} s`;
          this.#stop(attempt, { outcome: 'timeout', by: BY_US, why, isAsked: false });
        },
      },
    );
  }

  #runEnded(
    attempt: AttemptId,
    { run, exit, certificate, outputBytes }: Extract<LauncherFact, { kind: 'run.ended' }>,
  ): void {
    const row = this.around.books.of(attempt);
    if (row === undefined || row.end !== null) return;
    const isOfAnotherBoot = row.terms !== null && row.terms.bootId !== this.around.bootId;
    this.#end(attempt, endOf({ run, exit, certificate, outputBytes, isOfAnotherBoot }, row.stop, row.terms));
  }

  /** Its process is down and no run of it ever ended: it was never born. */
  #looked(attempt: AttemptId, { report }: Extract<LauncherFact, { kind: 'process.changed' }>): void {
    const row = this.around.books.of(attempt);
    const { state, lastExit, isolation = [], unenforced } = report;
    if (state.kind === 'running' || state.kind === 'stopping') this.#starts.look(attempt, { isolation, unenforced });
    if (!this.#isOpen || row === undefined || row.end !== null || lastExit !== null) return;
    if (state.kind !== 'failed' && state.kind !== 'stopped') return;
    const keeper = this.#processes.keeperOf(attempt);
    if (keeper === null || livingRun(keeper.supervised) !== null) return;
    // Its launcher was killed between the word and the birth.
    if (this.#left.heardOf(attempt)) return this.#left.beginAgain(row);
    this.#end(attempt, notBornEnd(row.stop, state));
  }

  /** The keepers have adopted what lives, and told what ended meanwhile. */
  opened(): void {
    this.#isOpen = true;
    const { books } = this.around;
    const known = new Set(books.all.map(({ attempt }) => attempt));
    for (const keeper of this.keepers().all) if (!known.has(attemptOf(keeper.name))) discard(keeper);
    for (const row of books.all) {
      if (row.end === null) this.#left.goOn(row);
      else this.#ends.tell(row.attempt);
    }
    if (books.all.length > 0) this.around.begun();
  }

  #end(attempt: AttemptId, end: End): void {
    const { books, slots } = this.around;
    books.note({ kind: 'ended', attempt, end });
    this.#left.heardOf(attempt);
    this.#starts.forget(attempt);
    this.#leases.letGo(attempt);
    this.#watches.ended(attempt);
    slots.release(attempt);
    const row = books.of(attempt);
    if (this.#forgotten.has(attempt) && row !== undefined) this.#drop(row);
    else if (this.#isOpen) this.#ends.tell(attempt);
  }

  /** The manager has committed these facts. */
  acknowledged(facts: readonly SequencedFact[]): void {
    this.#ends.acknowledged(facts);
  }

  /** A connection begins anew. */
  synced(): void {
    this.#ends.synced();
    this.#leases.connected();
    this.disconnected();
    this.#saidAgain = setTimeout(() => this.around.books.nothingIsForgotten(), SAID_AGAIN_MS).unref();
  }

  disconnected(): void {
    if (this.#saidAgain !== null) clearTimeout(this.#saidAgain);
    this.#saidAgain = null;
  }

  renewed(message: RenewedMessage): void {
    this.#leases.answered(message);
  }

  /** Everything on this machine is stopped: nothing begins any more, and what runs is cancelled. */
  cancelAll(by: string): void {
    this.#isEnding = true;
    const live = this.around.books.all.filter(({ end }) => end === null);
    const stop: Stop = {
      outcome: 'cancelled',
      by,
      why: `everything on this machine was stopped (${by})`,
      isAsked: true,
    };
    for (const attempt of [...this.#line.waiting, ...live.map((row) => row.attempt)]) this.#stop(attempt, stop);
  }

  get status(): readonly JobStatus[] {
    const waiting = [...this.#line.waiting].map((attempt) => ({
      attempt,
      state: 'waiting',
      pid: null,
      why: 'for a slot',
    }));
    const stateOf = (name: string): SupervisorState | null =>
      this.keepers().find(name as ProcessName)?.supervised.state ?? null;
    return [...this.around.books.all.map((row) => jobStatus(row, stateOf)), ...waiting];
  }

  /** Resolves when all that happened is on the disk. */
  durable(): Promise<void> {
    return this.around.books.durable();
  }

  /** Resolves when each that runs has a keeper. */
  settled(): Promise<void> {
    return this.#processes.settle();
  }

  /** Lets go: the launcher ends, the attempts go on. */
  release(): void {
    this.disconnected();
    this.#processes.release();
    this.#leases.release();
    this.#watches.release();
    this.around.books.release();
  }
}

const NOT_KNOWN = { isolation: [], unenforced: [] } as const;
