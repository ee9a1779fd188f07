/**
 * A process table that does what a kernel does, when the history says so: programs are born some time after they were
 * asked for, end by themselves, leave others behind, do not listen, and lose their shim. It knows the truth.
 */
import { exitOfStatus, type Exit } from '../../protocol/exit';
import type { RunId } from '../../protocol/ids';
import type { ProcessIdentity, StopCertificate } from '../../protocol/process-state';
import type { SupervisorEvent } from '../../launcher/core/supervisor-words';

export interface SimRun {
  readonly run: RunId;
  readonly process: string;
  readonly boot: number;
  readonly pid: number;
  isBorn: boolean;
  hasShim: boolean;
  leaderLives: boolean;
  /** Living descendants. */
  others: number;
  /** As the shim wrote it; null = the leader lives, or its shim was gone. */
  exit: Exit | null;
  /** A stop has begun: `heed` may end the tree. */
  stop: 'none' | 'asked' | 'killed';
}

export type Hear = (run: RunId, event: SupervisorEvent) => void;

export class Kernel {
  readonly runs = new Map<RunId, SimRun>();
  /** The launcher's ear, while it lives. */
  hear: Hear | null = null;
  boot = 1;
  #lastPid = 100;

  constructor(private readonly now: () => number) {}

  livingOf(process: string): SimRun[] {
    return [...this.runs.values()].filter((run) => run.process === process && this.lives(run));
  }

  /** Something of it could act: also a shim that is about to give birth. */
  lives(run: SimRun): boolean {
    return run.boot === this.boot && (run.leaderLives || run.others > 0 || (!run.isBorn && run.hasShim));
  }

  spawn(process: string, run: RunId): void {
    const pid = ++this.#lastPid;
    const born = { isBorn: false, hasShim: true, leaderLives: false, others: 0, exit: null, stop: 'none' } as const;
    this.runs.set(run, { run, process, boot: this.boot, pid, ...born });
  }

  birth(process: string, others: number): void {
    const run = this.#newest(process);
    if (run === undefined || run.isBorn || !run.hasShim) return;
    Object.assign(run, { isBorn: true, leaderLives: true, others });
    this.#tellBirth(run);
  }

  /** The leader ends by itself, or by a signal from nowhere. */
  exits(process: string, status: number): void {
    const run = this.#newest(process);
    if (run === undefined || !run.leaderLives) return;
    this.#leaderEnds(run, status);
    this.#tellEnd(run);
  }

  killShim(process: string): void {
    const run = this.#newest(process);
    if (run === undefined || !run.hasShim) return;
    run.hasShim = false;
    if (!run.isBorn) this.#tellUnborn(run);
  }

  stopTree(run: RunId, kill: boolean): void {
    const found = this.runs.get(run);
    if (found !== undefined) found.stop = kill || found.stop === 'killed' ? 'killed' : 'asked';
  }

  /** Who was signalled goes; the tree is looked at, and gone. */
  heed(process: string): void {
    const run = this.#newest(process);
    if (run === undefined || run.stop === 'none' || !run.isBorn) return;
    const lived = run.leaderLives;
    if (lived) this.#leaderEnds(run, run.stop === 'killed' ? 137 : 143);
    run.others = 0;
    if (lived) this.#tellEnd(run);
    this.#tell(run, { kind: 'treeGone', run: run.run, exit: this.#exitOf(run), certificate: this.#certificate(run) });
    run.stop = 'none';
  }

  /** Nobody of this boot lives any more, and nobody hears of it before the next launcher. */
  reboot(): void {
    this.boot += 1;
  }

  /** What a launcher hears that takes over a run from the one before it. */
  adopt(run: RunId): void {
    const found = this.runs.get(run);
    if (found === undefined) return this.hear?.(run, unborn(run));
    if (found.boot !== this.boot) return this.#tell(found, { kind: 'rebooted', run, exit: this.#exitOf(found) });
    if (!found.isBorn) return found.hasShim ? undefined : this.#tellUnborn(found);
    this.#tellBirth(found);
    if (!found.leaderLives) this.#tellEnd(found);
  }

  /** How an ended run ended, as it stands on the disk. */
  exitOnDisk(run: RunId): Exit {
    const found = this.runs.get(run);
    return found === undefined ? unknown(this.now()) : this.#exitOf(found);
  }

  #newest(process: string): SimRun | undefined {
    const own = [...this.runs.values()].filter((run) => run.process === process && run.boot === this.boot);
    return own.at(-1);
  }

  #leaderEnds(run: SimRun, status: number): void {
    run.leaderLives = false;
    run.exit = run.hasShim ? exitOfStatus(status, this.now()) : null;
    run.hasShim = false;
  }

  readonly #exitOf = (run: SimRun): Exit => run.exit ?? unknown(this.now());

  readonly #certificate = ({ run }: SimRun): StopCertificate => ({
    run,
    requestedAtMs: this.now(),
    finishedAtMs: this.now(),
    verifiedBy: 'cgroup',
    seen: [],
    signals: [],
    left: [],
    exit: null,
  });

  #tellBirth(run: SimRun): void {
    const identity: ProcessIdentity = { bootId: `boot${run.boot}`, pid: run.pid, startTicks: run.pid };
    this.#tell(run, { kind: 'spawned', run: run.run, identity, unenforced: null, isolation: null });
  }

  #tellUnborn(run: SimRun): void {
    this.#tell(run, unborn(run.run));
  }

  #tellEnd(run: SimRun): void {
    this.#tell(run, { kind: 'ended', run: run.run, exit: this.#exitOf(run), remains: run.others });
  }

  #tell(run: SimRun, event: SupervisorEvent): void {
    this.hear?.(run.run, event);
  }
}

const unborn = (run: RunId): SupervisorEvent => ({
  kind: 'spawnFailed',
  run,
  why: 'its shim ended before the program was born',
  obstacle: 'passing',
});

const unknown = (atMs: number): Exit => ({ exitCode: null, signal: null, atMs, source: 'unknown', cause: null });
