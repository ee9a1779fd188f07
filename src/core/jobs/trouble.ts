/**
 * Workers that could not begin a job a moment ago (a full disk, no memory). Every try there is over at once, so such a worker
 * is always the emptiest and would be given the whole queue. For a while it is given only what no other could ever take.
 *
 * What is in the way may also lie in a job: where every worker that fits is in trouble, all are given work as ever.
 */
import type { WorkerId } from '../../../protocol/ids';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { notTaking, unfit } from './room';
import type { Attempt, Job } from './rows';

export const TROUBLE_MS = 60_000;

/** In memory: a manager that comes after this one learns it again. */
export function noteTrouble({ jobs }: Model, worker: WorkerId, nowMs: number): void {
  jobs.troubledUntilMs.set(worker, nowMs + TROUBLE_MS);
  jobs.due.add(nowMs + TROUBLE_MS, { kind: 'trouble', id: worker });
}

export type InTrouble = ReadonlySet<WorkerId>;
const NONE: InTrouble = new Set();

export function inTrouble({ jobs: { troubledUntilMs } }: Model, nowMs: number): InTrouble {
  for (const [id, untilMs] of troubledUntilMs) if (untilMs <= nowMs) troubledUntilMs.delete(id);
  return troubledUntilMs.size === 0 ? NONE : new Set(troubledUntilMs.keys());
}

/** Those in trouble, where enough others could take it once they have room; whoever asks by itself may never ask. */
export function keptFrom(model: Model, { spec }: Job, settings: CoreSettings, troubled: InTrouble): InTrouble {
  if (troubled.size === 0) return NONE;
  let well = 0;
  for (const worker of model.workers.values()) {
    if (worker.type === 'claim' || troubled.has(worker.id) || notTaking(model, worker) !== null) continue;
    if (unfit(model, worker, spec, settings) === null) well += 1;
    if (well >= spec.needs.nodes) return troubled;
  }
  return NONE;
}

/**
 * How long a job waits after a try that was hindered, which spends no retry: the first goes on at once, as another worker may
 * take it, and where there is no other a disk has time to be cleared. Null = it had all of these: from now on retries are spent.
 */
export function freeDelayMs({ jobs }: Model, job: Job, { isHindered }: Attempt): number | null {
  if (isHindered !== true) return null;
  const rounds = jobs.attemptsOf(job.id).flatMap((attempt) => (attempt.isHindered === true ? [attempt.round] : []));
  return FREE_DELAYS_MS[new Set(rounds).size - 1] ?? null;
}
const FREE_DELAYS_MS: readonly number[] = [0, 15_000, 60_000];
