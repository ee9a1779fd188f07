/**
 * One life of a process: from the spawn, or from its adoption, until its tree was verified gone.
 *
 * It hears the shim through the lifeline and tells the supervisor; it does what the supervisor decides. It decides
 * nothing itself. A run that was adopted behaves exactly as one that was spawned: both hang on the lifeline only.
 */
import { exitOfStatus, type Exit } from '../../protocol/exit';
import type { RunId } from '../../protocol/ids';
import type { ProcessIdentity, StopCertificate } from '../../protocol/process-state';
import type { Clock } from '../clock';
import type { LifelineWord } from '../core/lifeline-word';
import type { CradlePool } from '../store/cradle-pool';
import type { RunDirectory } from '../store/run-directory';
import { lives, readStat, type Identity } from './identity';
import { Lifeline, openLifeline } from './lifeline';
import { cgroupOf, treeOf, type Machine } from './machine';
import { whyNotRunnable } from './program';
import { TreeStop } from './stop-tree';
import type { Member, Tree, TreeRoot } from './tree';
import { WaitingShim } from './waiting-shim';

/** What a run tells. At most one of `spawnFailed`, `ended` and `rebooted`, and `spawned` always before `ended`. */
export interface RunNews {
  spawned(identity: ProcessIdentity): void;
  spawnFailed(why: string, retryable: boolean): void;
  ended(exit: Exit, remains: number): void;
  rebooted(exit: Exit): void;
  treeGone(exit: Exit, certificate: StopCertificate): void;
  treeLeft(certificate: StopCertificate): void;
}

/** What is to be born. */
export interface Birth {
  readonly words: readonly string[];
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface RunSurroundings {
  readonly machine: Machine;
  /** The shim's script. */
  readonly shim: string;
  readonly cradles: CradlePool;
  readonly clock: Clock;
}

/** How often a child whose shim was killed is looked at. A poll: its parent is init now, and nothing tells us of its end. */
const ORPHAN_LOOK_MS = 250;

/** Failures of a spawn that can pass by themselves. */
const PASSING = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'EIO', 'EROFS']);

/** A shim that waits for its run. Throws where it cannot be made. */
export const makeShim = (birth: Birth, { machine, shim, cradles }: RunSurroundings): WaitingShim =>
  new WaitingShim({ script: shim, bootId: machine.bootId, ...birth }, cradles);

export class Run {
  readonly #root: TreeRoot;
  #tree: Tree | null = null;
  #lifeline: Lifeline | null = null;
  #exit: Exit | null = null;
  #stop: TreeStop | null = null;
  #orphanTimer: NodeJS.Timeout | null = null;
  #isReleased = false;

  constructor(
    readonly directory: RunDirectory,
    private readonly around: RunSurroundings,
    private readonly news: RunNews,
  ) {
    this.#root = { run: directory.run, shim: null, child: null };
  }

  get id(): RunId {
    return this.directory.run;
  }

  get leader(): Identity | null {
    return this.#root.child;
  }

  get exit(): Exit | null {
    return this.#exit;
  }

  /** Living processes, as cheaply as this machine allows. */
  members(): Promise<readonly Member[]> {
    return this.#tree?.members(false) ?? Promise.resolve([]);
  }

  /**
   * Gives birth. Answers by news, also when it cannot.
   * @param ready a shim that waits for exactly this program; null = one is made now
   */
  begin(birth: Birth, ready: WaitingShim | null): void {
    const obstacle = whyNotRunnable(birth.words, birth.workingDir, birth.env);
    if (obstacle !== null) {
      ready?.drop();
      return this.news.spawnFailed(obstacle, false);
    }
    try {
      this.#begin(ready ?? makeShim(birth, this.around));
    } catch (error) {
      this.#couldNotSpawn(error as NodeJS.ErrnoException);
    }
  }

  #begin(shim: WaitingShim): void {
    const { machine, clock } = this.around;
    const cgroup = cgroupOf(machine, this.id);
    this.#tree = treeOf(machine, this.#root, cgroup);
    shim.begin(
      { run: this.id, bornAtMs: clock.now(), directory: this.directory.path, cgroup },
      () => this.#listen(openLifeline(this.directory.lifeline)),
      (error) => this.#couldNotSpawn(error),
    );
  }

  #couldNotSpawn(error: NodeJS.ErrnoException): void {
    this.#lifeline?.release();
    this.#tree?.remove();
    this.news.spawnFailed(`its shim could not be started: ${error.message}`, PASSING.has(error.code ?? ''));
  }

  /**
   * Takes over a run that an earlier launcher began.
   * @param remembered the leader as that launcher knew it: the birth record is missing where the disk was full.
   */
  adopt(remembered: ProcessIdentity | null): void {
    const { machine, clock } = this.around;
    const birth = this.directory.readBirth();
    const bootId = birth?.bootId ?? remembered?.bootId ?? machine.bootId;
    if (bootId !== machine.bootId) {
      this.#exit = this.#recordedExit() ?? unknownExit(clock.now());
      return this.news.rebooted(this.#exit);
    }
    this.#tree = treeOf(machine, this.#root, birth?.cgroup ?? cgroupOf(machine, this.id));
    const leader = birth === null && remembered !== null ? readStat(remembered.pid) : null;
    if (birth !== null) this.#learnBirth(birth.child);
    else if (leader !== null && leader.startTicks === remembered?.startTicks) this.#learnBirth(leader);
    let fd: number;
    try {
      fd = openLifeline(this.directory.lifeline);
    } catch {
      return this.#lifelineOver(); // given back or never there: its shim is gone
    }
    this.#listen(fd);
  }

  #listen(fd: number): void {
    this.#lifeline = new Lifeline(fd, {
      word: (word) => this.#hear(word),
      over: () => this.#lifelineOver(),
    });
  }

  #hear(word: LifelineWord): void {
    if (word.kind === 'exit') return this.#ended(exitOfStatus(word.status, this.around.clock.now()));
    if (this.#root.child === null) this.#learnBirth(word.stat);
  }

  #learnBirth(child: { pid: number; startTicks: number; session: number }): void {
    this.#root.child = { pid: child.pid, startTicks: child.startTicks };
    this.#root.shim = shimOf(child);
    this.#tree?.born();
    const { bootId } = this.around.machine;
    this.news.spawned({ bootId, pid: child.pid, startTicks: child.startTicks });
  }

  /** The shim is gone. Normally after its last word; without it, it was killed. */
  #lifelineOver(): void {
    const { cradles, clock } = this.around;
    if (this.#isReleased) return;
    cradles.giveBack(this.directory.lifeline);
    if (this.#exit !== null) return;
    if (this.#root.child === null) {
      const born = this.directory.readBirth();
      if (born === null) {
        this.#tree?.remove();
        return this.news.spawnFailed('its shim ended before the program was born', true);
      }
      this.#learnBirth(born.child);
    }
    const recorded = this.#recordedExit();
    if (recorded !== null) this.#ended(recorded);
    else if (this.#root.child !== null && lives(this.#root.child)) this.#watchOrphan(this.#root.child);
    else this.#ended(unknownExit(clock.now()));
  }

  #recordedExit(): Exit | null {
    const record = this.directory.readExit();
    return record === null ? null : exitOfStatus(record.status, record.atMs);
  }

  #watchOrphan(child: Identity): void {
    this.#orphanTimer = setInterval(() => {
      if (lives(child)) return;
      if (this.#orphanTimer !== null) clearInterval(this.#orphanTimer);
      this.#ended(unknownExit(this.around.clock.now()));
    }, ORPHAN_LOOK_MS);
  }

  #ended(exit: Exit): void {
    if (this.#exit !== null || this.#isReleased) return;
    if (this.#root.child === null) return this.news.spawnFailed('its shim could not give birth to it', true);
    this.#exit = exit;
    if (this.#stop !== null) {
      this.news.ended(exit, 0);
      this.#stop.wake();
      return;
    }
    void this.#tree?.members(false).then((members) => {
      if (this.#isReleased) return;
      if (members.length === 0 && this.#stop === null) this.#tree?.remove();
      this.news.ended(exit, members.length);
    });
  }

  /** @param signal the first one of a stop, or that of a further step; null = SIGKILL at once */
  stop(signal: string | null): void {
    if (this.#stop !== null) return signal === null ? this.#stop.kill() : this.#stop.signal(signal);
    const tree = this.#tree;
    if (tree === null) return;
    const subject = { run: this.id, root: this.#root, tree, exit: () => this.#exit };
    this.#stop = new TreeStop(subject, this.around.clock, {
      gone: (certificate) => {
        tree.remove();
        this.news.treeGone(this.#exit ?? unknownExit(this.around.clock.now()), certificate);
      },
      left: (certificate) => this.news.treeLeft(certificate),
    });
    this.#stop.begin(signal);
  }

  /** Lets go of everything and touches nothing: the launcher ends, the run goes on. */
  release(): void {
    this.#isReleased = true;
    this.#lifeline?.release();
    this.#stop?.release();
    if (this.#orphanTimer !== null) clearInterval(this.#orphanTimer);
  }
}

/** The shim leads the child's session. A session leader of that number that is younger than the child is a stranger. */
function shimOf(child: { startTicks: number; session: number }): Identity {
  const stat = readStat(child.session);
  const isShim = stat !== null && stat.session === stat.pid && stat.startTicks <= child.startTicks;
  return { pid: child.session, startTicks: isShim ? stat.startTicks : child.startTicks };
}

const unknownExit = (atMs: number): Exit => ({ exitCode: null, signal: null, atMs, source: 'unknown', cause: null });
