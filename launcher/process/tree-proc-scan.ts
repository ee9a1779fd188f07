/**
 * A tree found by scanning /proc: session, process group, cookie, the run's output as stdout or stderr, parenthood.
 *
 * Not found is a process that left the session, wiped its environment, closed its output and lost its parent, all before it
 * was looked at once. With a cgroup there is no such process.
 */
import type { ProcStat } from '../core/proc-stat';
import { lives } from './identity';
import type { ProcessIndex } from './process-index';
import { TRAPPED } from './shim';
import { signalGroup, signalOne } from './signals';
import type { Member, Tree, TreeRoot } from './tree';
import { treeIn } from './tree-in-table';

/** A tree still this large after this many rounds of SIGKILL one by one is a fork bomb: whole groups are killed at once. */
const ROUNDS_ONE_BY_ONE = 3;
const BOMB_MEMBERS = 8;
/** The shim, which leads the group, lives through these. */
const TO_GROUP = [...TRAPPED, 'SIGCONT'];

export class ProcScanTree implements Tree {
  readonly verifiedBy = 'proc-scan';
  readonly evented = false;
  /** Members seen before, by pid: they stay members when they wipe their environment and lose their parent. */
  readonly #known = new Map<number, number>();
  /**
   * Session and group numbers are trusted while the shim (their leader) lives, and for the first look after it went: the
   * number cannot have been given away and led to a new session in between. Later only known members keep it. Of a run
   * whose shim was gone when it was adopted they are never trusted: that number may be anybody's by now.
   */
  #numbersTrusted = false;
  #killRounds = 0;

  constructor(
    private readonly root: TreeRoot,
    private readonly index: ProcessIndex,
  ) {}

  async members(): Promise<readonly Member[]> {
    const found = await this.#scan();
    this.#known.clear();
    for (const { pid, startTicks } of found) this.#known.set(pid, startTicks);
    return found.map(({ pid, startTicks, name }) => ({ pid, startTicks, command: name }));
  }

  /** Someone who knows better (the cgroup's list) says: these are members. */
  remember(members: readonly Member[]): void {
    for (const { pid, startTicks } of members) this.#known.set(pid, startTicks);
  }

  async #scan(): Promise<ProcStat[]> {
    const { shim } = this.root;
    const table = await this.index.fresh();
    const shimLives = shim !== null && table.get(shim.pid)?.startTicks === shim.startTicks && lives(shim);
    const members = treeIn(table, this.root, this.#known, shimLives || this.#numbersTrusted);
    if (!shimLives) this.#numbersTrusted = false;
    return members;
  }

  async signal(...signals: string[]): Promise<readonly string[]> {
    const { shim } = this.root;
    const members = await this.#scan();
    const told = new Set<string>();
    for (const signal of signals) {
      const wholeGroup = shim !== null && TO_GROUP.includes(signal) && signalGroup(shim, signal);
      if (wholeGroup) told.add(`process group ${shim.pid}`);
      for (const member of members)
        if (!(wholeGroup && member.group === shim.pid) && signalOne(member, signal)) told.add(inWords(member));
    }
    return [...told];
  }

  async kill(): Promise<readonly string[]> {
    const members = await this.#scan();
    const told: string[] = [];
    this.#killRounds += members.length > 0 ? 1 : 0;
    if (this.#killRounds > ROUNDS_ONE_BY_ONE && members.length >= BOMB_MEMBERS) {
      for (const leader of members)
        if (leader.group === leader.pid && signalGroup(leader, 'SIGKILL')) told.push(`process group ${leader.pid}`);
      // The run's own group holds the shim too. Its exit record is given up rather than the stop.
      if (this.root.shim !== null && signalGroup(this.root.shim, 'SIGKILL'))
        told.push(`process group ${this.root.shim.pid}`);
    }
    for (const member of members) if (signalOne(member, 'SIGKILL')) told.push(inWords(member));
    return told;
  }

  born(isAdopted: boolean): void {
    this.#numbersTrusted = !isAdopted || (this.root.shim !== null && lives(this.root.shim));
  }

  onChange(): () => void {
    return () => {};
  }

  remove(): void {}
}

const inWords = ({ pid, name }: ProcStat): string => `pid ${pid} (${name})`;
