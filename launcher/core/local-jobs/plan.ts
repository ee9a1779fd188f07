/**
 * What the queue does next: who starts, who gives way, who can never start. Pure.
 *
 * The lower number goes first, and of equals the earlier task. A running task gives way only while no slot is free or about
 * to be, to one that stands at least PREEMPTION_GAP before it; the last in rank gives way, and of equals the newest, which
 * loses the least. Source: seed 003, "priority and preemption".
 */
import { PREEMPTION_GAP } from '../../../protocol/jobs';
import { standingOf, type Known } from './dependencies';
import { isPending, isRunning, type Task, type TaskIn } from './task';

export interface Plan {
  readonly starts: readonly Task[];
  readonly preempts: readonly { readonly victim: TaskIn<'running'>; readonly by: Task }[];
  readonly hopeless: readonly { readonly task: Task; readonly why: string }[];
  /** When a delay ends that may change this; null = only something that happens can. */
  readonly wakeAtMs: number | null;
}

export interface Situation {
  readonly tasks: Iterable<Task>;
  readonly known: Known;
  readonly slotsFree: number;
  readonly nowMs: number;
}

export function plan({ tasks, known, slotsFree, nowMs }: Situation): Plan {
  const ready: Task[] = [];
  const running: TaskIn<'running'>[] = [];
  const hopeless: { task: Task; why: string }[] = [];
  let wakeAtMs: number | null = null;
  for (const task of tasks) {
    if (isRunning(task)) running.push(task);
    if (!isPending(task)) continue;
    const { notBeforeMs } = task.state;
    const standing = standingOf(task, known);
    if (standing.kind === 'hopeless') hopeless.push({ task, why: standing.why });
    else if (notBeforeMs !== null && notBeforeMs > nowMs) wakeAtMs = Math.min(wakeAtMs ?? notBeforeMs, notBeforeMs);
    else if (standing.kind === 'met') ready.push(task);
  }
  ready.sort(byRank);
  const free = Math.max(0, slotsFree);
  return { starts: ready.slice(0, free), preempts: preemptions(ready.slice(free), running), hopeless, wakeAtMs };
}

/** @param waiting those for whom no slot is free, the first in rank first */
function preemptions(waiting: readonly Task[], running: readonly TaskIn<'running'>[]): Plan['preempts'] {
  // A slot that is about to be free is the first one's.
  const served = running.filter(({ state }) => state.ending !== null).length;
  const victims = running.filter(({ state }) => state.ending === null).sort(byLoss);
  const pairs: { victim: TaskIn<'running'>; by: Task }[] = [];
  for (const by of waiting.slice(served)) {
    const victim = victims[pairs.length];
    if (victim === undefined || victim.wish.priority - by.wish.priority < PREEMPTION_GAP) break;
    pairs.push({ victim, by });
  }
  return pairs;
}

const byRank = (a: Task, b: Task): number => a.wish.priority - b.wish.priority || a.order - b.order;

/** Who loses the least first. */
const byLoss = (a: TaskIn<'running'>, b: TaskIn<'running'>): number =>
  b.wish.priority - a.wish.priority || b.state.startedAtMs - a.state.startedAtMs || b.order - a.order;
