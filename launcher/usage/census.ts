/**
 * Who belongs to which run, over the whole machine at once: one look at the process table instead of one per run.
 *
 * It serves the figures, not the stops: a stop looks for itself, and thoroughly (process/tree*.ts). Here a process is
 * judged when it is first seen, by its session, its parent or the cookie in its environment, and the judgement is kept
 * for its life, so a quiet machine costs one stat file for each process and nothing more.
 */
import type { RunId } from '../../protocol/ids';
import { isLiving, type ProcStat } from '../core/proc-stat';
import { COOKIE_VARIABLE } from '../core/child-environment';
import { environmentOf, type Identity } from '../process/identity';
import { readProcessTable } from '../process/process-table';

export interface CountedRun {
  readonly id: RunId;
  readonly leader: Identity;
}

export interface Tree {
  /** Living, the shim left out. */
  readonly members: readonly ProcStat[];
  readonly leader: 'lives' | 'dead-unreaped' | 'gone';
}

export class Census {
  /** By pid. A judgement holds for exactly that process: its start time is part of it. */
  #judged = new Map<number, { readonly startTicks: number; readonly run: RunId | null }>();
  /** The shim's number, which is its session's: known from the first look at a living leader. */
  readonly #sessions = new Map<RunId, number>();

  take(runs: readonly CountedRun[]): ReadonlyMap<RunId, Tree> {
    const table = new Map(readProcessTable().map((stat) => [stat.pid, stat]));
    this.#learnSessions(runs, table);
    const bySession = new Map([...this.#sessions].map(([run, session]) => [session, run]));
    const before = this.#judged;
    this.#judged = new Map();
    for (const stat of table.values()) this.#judge(stat, { table, bySession, before });
    return this.#trees(runs, table);
  }

  #learnSessions(runs: readonly CountedRun[], table: ReadonlyMap<number, ProcStat>): void {
    const living = new Set<RunId>();
    for (const { id, leader } of runs) {
      living.add(id);
      const stat = table.get(leader.pid);
      if (!this.#sessions.has(id) && stat?.startTicks === leader.startTicks) this.#sessions.set(id, stat.session);
    }
    for (const run of this.#sessions.keys()) if (!living.has(run)) this.#sessions.delete(run);
  }

  #judge(stat: ProcStat, around: Around): RunId | null {
    const judged = this.#judged.get(stat.pid);
    if (judged !== undefined) return judged.run;
    const earlier = around.before.get(stat.pid);
    const isKnown = earlier?.startTicks === stat.startTicks;
    // A run's first processes may be seen before its session is known.
    const isSettled = isKnown && (earlier.run !== null || !around.bySession.has(stat.session));
    const run = isSettled ? earlier.run : this.#look(stat, around);
    this.#judged.set(stat.pid, { startTicks: stat.startTicks, run });
    return run;
  }

  /** The cheap signs first: an environment is read once in the life of a process, and of few processes. */
  #look(stat: ProcStat, around: Around): RunId | null {
    const { bySession, table } = around;
    const session = bySession.get(stat.session);
    if (session !== undefined) return stat.pid === stat.session ? null : session;
    const parent = table.get(stat.parent);
    // A child is never older than its parent: that ends every chain, also one made of reused numbers.
    const inherited =
      parent !== undefined && parent.pid !== stat.pid && parent.startTicks <= stat.startTicks
        ? this.#judge(parent, around)
        : null;
    if (inherited !== null) return inherited;
    return stat.parent === KTHREADD ? null : (environmentOf(stat.pid, COOKIE_VARIABLE) as RunId | null);
  }

  #trees(runs: readonly CountedRun[], table: ReadonlyMap<number, ProcStat>): ReadonlyMap<RunId, Tree> {
    const members = new Map<RunId, ProcStat[]>(runs.map(({ id }) => [id, []]));
    for (const [pid, { run }] of this.#judged) {
      const stat = table.get(pid);
      if (run !== null && stat !== undefined && isLiving(stat)) members.get(run)?.push(stat);
    }
    return new Map(
      runs.map(({ id, leader }) => {
        const stat = table.get(leader.pid);
        const isLeader = stat !== undefined && stat.startTicks === leader.startTicks;
        const state = !isLeader ? 'gone' : isLiving(stat) ? 'lives' : 'dead-unreaped';
        return [id, { members: members.get(id) ?? [], leader: state }] as const;
      }),
    );
  }
}

interface Around {
  readonly table: ReadonlyMap<number, ProcStat>;
  readonly bySession: ReadonlyMap<number, RunId>;
  readonly before: ReadonlyMap<number, { readonly startTicks: number; readonly run: RunId | null }>;
}

/** Parent of the kernel's own threads, which have no environment. */
const KTHREADD = 2;
