/**
 * A tree found by scanning /proc: session, process group, cookie, the run's output as stdout or stderr, parenthood.
 *
 * Not found is a process that left the session, wiped its environment, closed its output and lost its parent, all before it
 * was looked at once. With a cgroup there is no such process.
 */
import type { ProcStat } from '../core/proc-stat';
import { lives, readStat } from '../process/identity';
import type { ProcessIndex, Urgency } from './process-index';
import { TRAPPED } from '../birth/shim';
import { signalGroup, signalOne } from '../process/signals';
import type { Member, Sent, Tree, TreeRoot } from './tree';
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

  async members(_thorough = true, urgency: Urgency = 'now'): Promise<readonly Member[]> {
    return (await this.#scan(urgency)).map(asMember);
  }

  /** Someone who knows better (the cgroup's list) says: these are members. */
  remember(members: readonly Member[]): void {
    for (const { pid, startTicks } of members) this.#known.set(pid, startTicks);
  }

  async #scan(urgency: Urgency = 'now'): Promise<ProcStat[]> {
    const { shim, child } = this.root;
    const table = await this.index.fresh(urgency, (shim ?? child)?.startTicks ?? 0);
    const shimLives = shim !== null && table.get(shim.pid)?.startTicks === shim.startTicks && lives(shim);
    const members = treeIn(table, this.root, this.#known, shimLives || this.#numbersTrusted);
    if (!shimLives) this.#numbersTrusted = false;
    this.#known.clear();
    for (const { pid, startTicks } of members) this.#known.set(pid, startTicks);
    return members;
  }

  async signal(...signals: string[]): Promise<Sent> {
    const { shim } = this.root;
    const members = await this.#scan();
    const told = new Set<string>();
    for (const signal of signals) {
      const wholeGroup = shim !== null && TO_GROUP.includes(signal) && signalGroup(shim, signal);
      if (wholeGroup) told.add(`process group ${shim.pid}`);
      // Looked at again: who left the group since the scan (setsid takes a microsecond) did not hear what was sent to it.
      const hasHeard = ({ pid }: ProcStat): boolean => wholeGroup && readStat(pid)?.group === shim.pid;
      for (const member of members) if (!hasHeard(member) && signalOne(member, signal)) told.add(inWords(member));
    }
    return { seen: members.map(asMember), told: [...told] };
  }

  /** @param atOnce what is done to the tree as a whole, once its members are known: a child is known by a parent that lives */
  async kill(atOnce: () => readonly string[] = () => []): Promise<Sent> {
    const members = await this.#scan();
    const told = [...atOnce()];
    this.#killRounds += members.length > 0 ? 1 : 0;
    if (this.#killRounds > ROUNDS_ONE_BY_ONE && members.length >= BOMB_MEMBERS) {
      for (const leader of members)
        if (leader.group === leader.pid && signalGroup(leader, 'SIGKILL')) told.push(`process group ${leader.pid}`);
      // The run's own group holds the shim too. Its exit record is given up rather than the stop.
      if (this.root.shim !== null && signalGroup(this.root.shim, 'SIGKILL'))
        told.push(`process group ${this.root.shim.pid}`);
    }
    for (const member of members) if (signalOne(member, 'SIGKILL')) told.push(inWords(member));
    return { seen: members.map(asMember), told };
  }

  born(isAdopted: boolean): void {
    this.#numbersTrusted = !isAdopted || (this.root.shim !== null && lives(this.root.shim));
  }

  onChange(): () => void {
    return () => {};
  }

  remove(): void {}
}

const asMember = ({ pid, startTicks, name }: ProcStat): Member => ({ pid, startTicks, command: name });
const inWords = ({ pid, name }: ProcStat): string => `pid ${pid} (${name})`;
