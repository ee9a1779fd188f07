/**
 * The machine's process table with the marks that processes bear of runs, read once for everybody who looks at the same
 * moment. A thousand runs that are stopped together look a thousand times; each for itself would read a million files.
 *
 * A look begins after it was asked for, never before: whoever asks is told nothing that was so earlier. Looks follow each
 * other with a rest as long as the last one took, so they never take more than half of one core; what can wait is content
 * with a twentieth, and with the look of somebody in a hurry. On a quiet machine a look takes a millisecond or two, and
 * nobody notices either.
 *
 * Who looks for a run has no use for what is older than it, and that is most of a machine: such a process is not read again
 * while its number cannot have been given away. Where short runs come by the hundred, that is most of what a look costs.
 */
import { readdirSync } from 'node:fs';
import type { RunId } from '../../protocol/ids';
import type { ProcStat } from '../core/proc-stat';
import { lookAt, readProcText } from '../process/identity';
import { marksOf, type Marks } from './marks';

type Known = Marks & { readonly startTicks: number };

/** How long looks rest, by how long the last one took. */
const REST = { now: 1, soon: 19 } as const;
export type Urgency = keyof typeof REST;

interface Planned {
  readonly table: Promise<ProcessTable>;
  readonly resolve: (table: ProcessTable) => void;
  /** By performance.now(). */
  atMs: number;
  callOff: () => void;
  /** Of the oldest run that is looked for. */
  sinceTicks: number;
}

/** After a look that could not be had. */
const AGAIN_MS = 200;

/** Numbers are given in a circle, which no machine goes round in this time. */
const CIRCLE_MS_MIN = 250;

export class ProcessIndex {
  readonly #marks = new Map<number, Known>();
  /** As they were when they were read last; null = nobody looked yet. */
  #before: { readonly stats: ReadonlyMap<number, ProcStat>; readonly lastPid: number } | null = null;
  #planned: Planned | null = null;
  #last = { endedMs: 0, tookMs: 0 };

  /** @param sinceTicks what began before need not be up to date: parents, groups and states may be those of earlier looks */
  fresh(urgency: Urgency = 'now', sinceTicks = 0): Promise<ProcessTable> {
    const planned = (this.#planned ??= nothingPlanned());
    planned.sinceTicks = Math.min(planned.sinceTicks, sinceTicks);
    const atMs = this.#last.endedMs + REST[urgency] * this.#last.tookMs;
    if (atMs < planned.atMs) {
      planned.callOff();
      planned.atMs = atMs;
      planned.callOff = after(atMs - performance.now(), () => this.#look(planned));
    }
    return planned.table;
  }

  #look(planned: Planned): void {
    const beganMs = performance.now();
    let stats: readonly ProcStat[];
    try {
      stats = this.#readAll(planned.sinceTicks, beganMs);
    } catch {
      // No descriptor is left for it. Who asked waits: a table without those that live would be the end of them.
      planned.callOff = after(AGAIN_MS, () => this.#look(planned));
      return;
    }
    this.#planned = null;
    const table = new ProcessTable(stats, this.#marks, beganMs);
    this.#forgetTheDead(table);
    const endedMs = performance.now();
    this.#last = { endedMs, tookMs: endedMs - beganMs };
    planned.resolve(table);
  }

  #readAll(sinceTicks: number, nowMs: number): ProcStat[] {
    const lastPid = readLastPid();
    const before = this.#before;
    // Smaller than before: the circle was closed, or somebody set it back (CRIU does).
    const isSettled =
      before !== null && lastPid > 0 && lastPid >= before.lastPid && nowMs - this.#last.endedMs < CIRCLE_MS_MIN;
    const stats = readAll(isSettled ? before.stats : NOBODY, sinceTicks);
    this.#before = { stats: new Map(stats.map((stat) => [stat.pid, stat])), lastPid };
    return stats;
  }

  #forgetTheDead(table: ProcessTable): void {
    for (const [pid, { startTicks }] of this.#marks)
      if (table.get(pid)?.startTicks !== startTicks) this.#marks.delete(pid);
  }
}

function nothingPlanned(): Planned {
  let resolve: Planned['resolve'] = () => {};
  const table = new Promise<ProcessTable>((done) => (resolve = done));
  return { table, resolve, atMs: Infinity, callOff: () => {}, sinceTicks: Infinity };
}

/** Returns how to call it off. */
function after(ms: number, act: () => void): () => void {
  if (ms <= 0) {
    const immediate = setImmediate(act);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

/** All processes at one moment, found by what relates them. */
export class ProcessTable {
  readonly #byPid = new Map<number, ProcStat>();
  readonly #byParent = new Map<number, ProcStat[]>();
  readonly #bySession = new Map<number, ProcStat[]>();
  readonly #byGroup = new Map<number, ProcStat[]>();
  readonly #byRun = new Map<string, ProcStat[]>();
  /** Marks are read of processes that are not older than this: of most of a machine they never need to be. */
  #markedSinceTicks = Infinity;

  constructor(
    stats: readonly ProcStat[],
    private readonly marks: Map<number, Known>,
    /** When the look began, by performance.now(). */
    readonly lookedAtMs: number,
  ) {
    for (const stat of stats) {
      this.#byPid.set(stat.pid, stat);
      add(this.#byParent, stat.parent, stat);
      add(this.#bySession, stat.session, stat);
      add(this.#byGroup, stat.group, stat);
    }
  }

  get(pid: number): ProcStat | undefined {
    return this.#byPid.get(pid);
  }
  childrenOf(pid: number): readonly ProcStat[] {
    return this.#byParent.get(pid) ?? NONE;
  }
  inSession(session: number): readonly ProcStat[] {
    return this.#bySession.get(session) ?? NONE;
  }
  inGroup(group: number): readonly ProcStat[] {
    return this.#byGroup.get(group) ?? NONE;
  }

  /** Who bears a mark of this run. @param sinceTicks nobody of it is older */
  marked(run: RunId, sinceTicks: number): readonly ProcStat[] {
    if (sinceTicks < this.#markedSinceTicks) {
      for (const stat of this.#byPid.values())
        if (stat.startTicks >= sinceTicks && stat.startTicks < this.#markedSinceTicks)
          for (const marked of this.#marksOf(stat).runs) add(this.#byRun, marked, stat);
      this.#markedSinceTicks = sinceTicks;
    }
    return this.#byRun.get(run) ?? NONE;
  }

  #marksOf(stat: ProcStat): Marks {
    const known = this.marks.get(stat.pid);
    if (known?.startTicks === stat.startTicks && known.isSettled) return known;
    const read = { startTicks: stat.startTicks, ...marksOf(stat) };
    this.marks.set(stat.pid, read);
    return read;
  }
}

const NONE: readonly ProcStat[] = [];

function add<Key>(index: Map<Key, ProcStat[]>, key: Key, stat: ProcStat): void {
  const present = index.get(key);
  if (present === undefined) index.set(key, [stat]);
  else present.push(stat);
}

const NOBODY: ReadonlyMap<number, ProcStat> = new Map();

/** The newest number that was given; 0 = the machine does not tell, and numbers are never trusted. */
function readLastPid(): number {
  const given = Number(readProcText('/proc/loadavg')?.trim().split(' ').at(-1));
  return Number.isInteger(given) && given > 0 ? given : 0;
}

/** About 10 µs each that is read. @param before of these, who began before `sinceTicks` is taken as he was */
function readAll(before: ReadonlyMap<number, ProcStat>, sinceTicks: number): ProcStat[] {
  const stats: ProcStat[] = [];
  for (const entry of readdirSync('/proc')) {
    const first = entry.charCodeAt(0);
    if (first < 48 || first > 57) continue;
    const pid = Number(entry);
    const known = before.get(pid);
    const stat = known !== undefined && known.startTicks < sinceTicks ? known : lookAt(pid);
    if (stat !== null) stats.push(stat);
  }
  return stats;
}
