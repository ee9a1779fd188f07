/**
 * One life of a process: from the spawn, or from its adoption, until its tree was verified gone.
 *
 * It hears the shim through the lifeline and tells the supervisor; it does what the supervisor decides. It decides
 * nothing itself. A run that was adopted behaves exactly as one that was spawned: both hang on the lifeline only.
 */
import { exitOfStatus, unknownExit, type Exit } from '../../protocol/exit';
import type { RunId } from '../../protocol/ids';
import type { Clock } from '../clock';
import { readTrace, writeTrace } from '../container/container-trace';
import { lookInside, type Inside } from '../container/inside';
import { LeftContainer } from '../container/left-container';
import type { BirthSteps } from '../core/birth-script';
import { causeOf } from '../core/exit-cause';
import type { LifelineWord } from '../core/lifeline-word';
import type { RunDirectory } from '../store/run-directory';
import { obstacleTo } from '../birth/birth';
import { CannotBeBorn, obstacleBy, type Birth, type Wanted } from '../birth/wanted';
import { lives, readStat, sessionLeader, type Identity } from './identity';
import { Lifeline, openLifeline } from './lifeline';
import type { Begun, KnownBirth } from './begun';
import { cgroupOf, treeOf } from './machine';
import { witnessOf, witnessOfContainer } from './memory-kill-witness';
import type { RunNews } from './run-news';
import { makePrivateDirectory, removePrivateDirectory } from '../birth/private-directory';
import { RunCgroups } from '../birth/run-cgroups';
import { isOfShim } from '../tree/shim-cgroup';
import { TreeStop } from '../tree/stop-tree';
import type { Member, Tree, TreeRoot } from '../tree/tree';
import { ContainerTree } from '../tree/tree-container';
import { unrecordedChild } from '../tree/unrecorded-child';
import type { Shim } from '../birth/shim-order';
import { shimFor, type ShimMakings } from '../birth/shims';

export interface RunSurroundings extends ShimMakings {
  readonly clock: Clock;
}

const UNBORN = 'its shim ended before the program was born';

/** How often a child whose shim was killed is looked at. A poll: its parent is init now, and nothing tells us of its end. */
const ORPHAN_LOOK_MS = 250;

export class Run {
  readonly #root: TreeRoot;
  #tree: Tree | null = null;
  #cgroups = RunCgroups.adopted(null, []);
  /** As what it was born; null = adopted. */
  #birth: Birth | null = null;
  #shim: Pick<Shim, 'done'> | null = null;
  /** Adopted from a launcher that knew it to be born. */
  #isKnownBorn = false;
  #seenEnd: Exit | null = null;
  /** Why nobody was born, in the words of who was to be. */
  #unborn: Extract<LifelineWord, { kind: 'unborn' }> | null = null;
  /** The machine's count when it was known to live; null = it may have died before anybody looked. */
  #memoryKillsBefore: number | null = null;
  #lifeline: Lifeline | null = null;
  #exit: Exit | null = null;
  #inside: Inside | null = null;
  #stop: TreeStop | null = null;
  /** Signals of the stop that is under way; of one that an earlier launcher began, those that we know of. */
  readonly #sent = new Set<string>();
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

  /** What is known of its processes, and how to find the rest. */
  get root(): TreeRoot {
    return this.#root;
  }

  /** Its container's processes, which are not in its tree; null = it is none, or none is to be seen. */
  get inside(): Inside | null {
    return this.#inside;
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
   * @param ready a shim that waits for exactly this one; null = one is made now
   */
  begin(wanted: Wanted, ready: Shim | null): void {
    try {
      const shim = ready ?? shimFor(wanted, this.around);
      const obstacle = obstacleTo(shim.birth);
      if (obstacle === null) return this.#begin(shim);
      shim.drop();
      this.news.spawnFailed(obstacle, 'lasting');
    } catch (error) {
      if (error instanceof CannotBeBorn) this.news.spawnFailed(error.message, error.obstacle);
      else this.#couldNotSpawn(error as NodeJS.ErrnoException);
    }
  }

  #begin(shim: Shim): void {
    const { machine, clock } = this.around;
    const { birth } = shim;
    this.#birth = birth;
    this.#shim = shim;
    this.#cgroups = RunCgroups.make(this.id, birth.cgroup, machine);
    const cgroup = this.#cgroups.ofTree ?? shim.cgroup ?? cgroupOf(machine, this.id);
    this.#tree = this.#treeIn(cgroup, birth.isContainer);
    const privateDir = birth.hasPrivateDir ? makePrivateDirectory(this.id, birth.as) : null;
    const stdin =
      birth.stdin.kind === 'text' ? this.directory.stdin : birth.stdin.kind === 'file' ? birth.stdin.path : null;
    const runDirectory = birth.isContainer ? this.directory.path : null;
    const steps: BirthSteps = { ...birth.steps, joins: this.#cgroups.joins, stdin, privateDir, runDirectory };
    shim.begin(
      { run: this.id, bornAtMs: clock.now(), directory: this.directory.path, cgroup, steps },
      () => this.#open(birth),
      (error) => this.#couldNotSpawn(error),
    );
  }

  /** The directory is in place and nobody is born yet. */
  #open({ stdin, isContainer, hasPrivateDir }: Birth): void {
    if (isContainer) writeTrace(this.directory.path, { kind: 'planned' });
    if (hasPrivateDir) this.directory.notePrivateDirectory();
    if (stdin.kind === 'text') this.directory.writeStdin(stdin.text);
    if (this.#cgroups.ofLimits.length > 0) this.directory.noteCgroups(this.#cgroups.ofLimits);
    this.#listen(openLifeline(this.directory.lifeline));
  }

  #couldNotSpawn(error: NodeJS.ErrnoException): void {
    this.#lifeline?.release();
    this.#removeTree();
    this.news.spawnFailed(`its shim could not be started: ${error.message}`, obstacleBy(error));
  }

  /**
   * Takes over a run that an earlier launcher began.
   * @param known what that launcher knew of its birth: the birth record is missing where the disk was full
   * @param ended how it saw it end, where only what it left was to be cleared away: no stop of ours was that
   */
  adopt(known: KnownBirth, ended: Exit | null): void {
    const { machine, clock } = this.around;
    this.#seenEnd = ended;
    this.#isKnownBorn = known !== 'unknown';
    const remembered = typeof known === 'string' ? null : known;
    const birth = this.directory.readBirth();
    const bootId = birth?.bootId ?? remembered?.bootId ?? machine.bootId;
    if (bootId !== machine.bootId) {
      this.#exit = this.#recordedExit() ?? unknownExit(clock.now());
      this.#forgetLeftovers();
      return this.news.rebooted(this.#exit);
    }
    const cgroup = birth?.cgroup ?? cgroupOf(machine, this.id);
    this.#tree = this.#treeIn(cgroup, readTrace(this.directory.path) !== null);
    // What a shim's own cgroup counted was of others too.
    this.#cgroups = RunCgroups.adopted(
      cgroup === null || isOfShim(cgroup) ? null : cgroup,
      this.directory.readCgroups(),
    );
    const leader = birth === null && remembered !== null ? readStat(remembered.pid) : null;
    if (birth !== null) this.#learnBirth(birth.child);
    else if (leader !== null && leader.startTicks === remembered?.startTicks) this.#learnBirth(leader);
    if (this.#listenAgain() && this.#root.child === null) void this.#seekChild();
  }

  /** Goes on with one that was begun without it, as if it had given birth to it itself. */
  takeOver({ birth, shim, child, status, memoryKills }: Begun): void {
    this.#birth = birth;
    this.#shim = shim;
    this.#tree = this.#treeIn(shim.cgroup, false);
    if (child !== null) this.#learnBirth(child);
    this.#memoryKillsBefore = memoryKills;
    this.#listenAgain();
    if (status !== null) this.#ended(exitOfStatus(status, this.around.clock.now()));
  }

  /** False = it is given back or was never there: its shim is gone. Not told at once: what is under way is gone on with first. */
  #listenAgain(): boolean {
    try {
      this.#listen(openLifeline(this.directory.lifeline));
      return true;
    } catch {
      queueMicrotask(() => this.#lifelineOver());
      return false;
    }
  }

  #listen(fd: number): void {
    this.#lifeline = new Lifeline(fd, {
      word: (word) => this.#hear(word),
      over: () => this.#lifelineOver(),
    });
  }

  #hear(word: LifelineWord): void {
    if (word.kind === 'exit') return this.#ended(exitOfStatus(word.status, this.around.clock.now()));
    if (word.kind === 'container') return this.#containerSeen();
    if (word.kind === 'unborn') this.#unborn = word;
    else if (this.#root.child === null) this.#learnBirth(word.stat);
  }

  #learnBirth(child: { pid: number; startTicks: number; session: number }): void {
    this.#root.child = { pid: child.pid, startTicks: child.startTicks };
    this.#root.shim = sessionLeader(child);
    this.#tree?.born(this.#birth === null);
    const { bootId, memoryKills } = this.around.machine;
    if (this.#birth !== null || lives(this.#root.child)) this.#memoryKillsBefore = memoryKills.lately();
    this.news.spawned({ bootId, pid: child.pid, startTicks: child.startTicks }, this.#birth);
    // Of a container that was made while no launcher was there, nobody has told.
    if (this.#birth === null) this.#containerSeen();
  }

  #containerSeen(): void {
    const trace = readTrace(this.directory.path);
    if (trace?.kind === 'running') this.#inside = lookInside(trace);
    // Of a short life it is already over when the word of it is heard.
    if ((trace?.kind === 'running' || trace?.kind === 'over') && trace.isolation.length > 0) this.news.held(trace);
  }

  /** The shim is gone. Normally after its last word; without it, it was killed. */
  #lifelineOver(): void {
    if (this.#isReleased) return;
    // An adopted run's shim may be of a version that names no run in its records.
    if (this.#birth !== null) this.around.cradles.giveBack(this.directory.lifeline);
    if (this.#exit !== null) return;
    if (this.#root.child !== null) return this.#shimGone(this.#root.child);
    const born = this.directory.readBirth();
    if (born !== null) this.#learnBirth(born.child);
    // Who was born to this launcher has told it so. Of others it may have been told to one that could not write it down.
    if (this.#root.child !== null) this.#shimGone(this.#root.child);
    else if (this.#birth !== null) this.#notBorn(UNBORN);
    else void this.#seekChild().then((child) => (child === null ? this.#goneUnseen() : this.#shimGone(child)));
  }

  /** Learns of a child whose birth stands nowhere, where it is found. Null = it is not, or somebody else was quicker. */
  async #seekChild(): Promise<Identity | null> {
    const { machine } = this.around;
    const found = machine.treeKind === 'pid-list' ? null : await unrecordedChild(this.id, machine.index);
    if (this.#isReleased || this.#exit !== null) return null;
    if (found !== null && this.#root.child === null) this.#learnBirth(found);
    return this.#root.child;
  }

  /** Nothing of it is there. */
  #goneUnseen(): void {
    if (this.#isReleased || this.#exit !== null) return;
    if (this.#wasBornUnheard()) this.#ended(this.#recordedExit() ?? unknownExit(this.around.clock.now()));
    else this.#notBorn(UNBORN);
  }

  /** Nobody tells of its birth, and yet there was one: an earlier launcher knew, or it wrote. */
  #wasBornUnheard(): boolean {
    return this.#birth === null && (this.#isKnownBorn || this.directory.written.outputBytes > 0);
  }

  #shimGone(child: Identity): void {
    const recorded = this.#recordedExit();
    if (recorded !== null) this.#ended(recorded);
    else if (lives(child)) this.#watchOrphan(child);
    else this.#ended(unknownExit(this.around.clock.now()));
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

  #ended(how: Exit): void {
    if (this.#exit !== null || this.#isReleased) return;
    const { child } = this.#root;
    if (child === null && !this.#wasBornUnheard()) return this.#notBorn('its shim could not give birth to it');
    const exit = this.#seenEnd ?? (child === null ? how : this.#withCause(how, child));
    this.#exit = exit;
    if (this.#stop !== null) {
      this.news.ended(exit, 0);
      this.#stop.wake();
      return;
    }
    void this.#tree?.members(false).then((members) => {
      if (this.#isReleased) return;
      if (members.length === 0 && this.#stop === null) this.#removeTree();
      this.news.ended(exit, members.length);
    });
  }

  #withCause(exit: Exit, leader: Identity): Exit {
    const { memoryKills: machine } = this.around.machine;
    const own = { cgroups: this.#cgroups, machine, before: this.#memoryKillsBefore };
    const trace = readTrace(this.directory.path);
    const witness =
      trace?.kind === 'over' ? witnessOfContainer(exit, trace, machine) : witnessOf(exit, leader.pid, own);
    // A signal that the stop did not send is somebody else's. Of an adopted run not all that was sent is known.
    const isOurs = exit.signal === null || this.#sent.has(exit.signal) || this.#birth === null;
    return { ...exit, cause: causeOf(exit, this.#stop !== null && isOurs, witness) };
  }

  #notBorn(otherwise: string): void {
    this.#removeTree();
    const as = this.#birth?.as;
    const why = as?.kind === 'other' ? `it could not become ${as.who}` : otherwise;
    this.news.spawnFailed(this.#unborn?.why ?? why, (this.#unborn?.mayPass ?? true) ? 'passing' : 'lasting');
  }

  #treeIn(cgroup: string | null, isContainer: boolean): Tree {
    const tree = treeOf(this.around.machine, this.#root, cgroup);
    return isContainer ? new ContainerTree(tree, this.#container) : tree;
  }

  get #container(): LeftContainer {
    return new LeftContainer(this.directory.path, this.id);
  }

  #removeTree(): void {
    this.#tree?.remove();
    this.#cgroups.remove();
    if (this.#birth?.hasPrivateDir ?? this.directory.hasPrivateDirectory) removePrivateDirectory(this.id);
    this.#shim?.done();
    this.#shim = null;
  }

  /** The machine went down with the run: nothing lives, and what an engine or a disk kept of it is of no use. */
  #forgetLeftovers(): void {
    if (this.directory.hasPrivateDirectory) removePrivateDirectory(this.id);
    void this.#container.kill();
  }

  /**
   * @param signal the first one of a stop, or that of a further step; null = SIGKILL at once
   * @param begunMs when an earlier launcher sent it; null = this one sends it
   */
  stop(signal: string | null, begunMs: number | null = null): void {
    this.#sent.add(signal ?? 'SIGKILL');
    if (this.#stop !== null) return signal === null ? this.#stop.kill() : this.#stop.signal(signal);
    const tree = this.#tree;
    if (tree === null) return;
    const subject = { run: this.id, root: this.#root, tree, exit: () => this.#exit, begunMs };
    this.#stop = new TreeStop(subject, this.around.clock, {
      gone: (certificate) => {
        this.#removeTree();
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
