/** What follows from facts of jobs: a job from its attempts, dependents from a job, room for those that are over. */
import type { WorkerId } from '../../../protocol/ids';
import type { Effect } from '../commands';
import type { Fact } from '../facts';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { assigned } from './assign';
import { attemptStopping } from './changes';
import { afterJob, ifMet } from './dependencies';
import { runWord, stopWord } from './job-words';
import { afterLastJob, streamLeaseMs } from './streams';
import { placements } from './matching';
import { preemptions } from './preempting';
import { afterAttempt } from './outcome';
import { afterScheduled } from '../schedules/firing';
import { limitOfAge, tooMany } from './retention';
import { isOver } from './rows';
import type { JobFact } from './words';

export interface JobReaction {
  readonly facts: readonly Fact[];
  readonly effects: readonly Effect[];
}

export function reactJobs(model: Model, fact: Fact, settings: CoreSettings, nowMs: number): JobReaction {
  switch (fact.kind) {
    case 'attempt.changed':
      return fact.attempt.state.kind === 'ended' ? afterEnd(model, fact, nowMs) : none;
    case 'job.submitted':
    case 'job.changed': {
      // What it waits for may have been over, or be refused, in the submission that it came with.
      if (fact.kind === 'job.submitted' && fact.job.spec.after.length > 0 && !isOver(fact.job))
        return { facts: ifMet(model.jobs, fact.job, nowMs), effects: [] };
      if (!isOver(fact.job) || fact.job.sinceMs !== nowMs) return none;
      model.jobs.due.add(limitOfAge(fact.job, settings.jobs), { kind: 'job', id: fact.job.id });
      return { facts: [...afterJob(model.jobs, fact.job, nowMs), ...afterScheduled(model, fact.job)], effects: [] };
    }
    case 'worker.registered':
      model.jobs.vacancies.stir(fact.worker.id);
      model.jobs.mayMatch = true;
      return none;
    case 'worker.removed':
      model.jobs.vacancies.stir(fact.id);
      model.jobs.troubledUntilMs.delete(fact.id);
      return none;
    case 'worker.presence':
    case 'worker.draining':
    case 'worker.linked':
      model.jobs.mayMatch = true;
      return none;
    default:
      return none;
  }
}

function afterEnd(model: Model, fact: Extract<JobFact, { kind: 'attempt.changed' }>, nowMs: number): JobReaction {
  const job = afterAttempt(model, fact, nowMs);
  const worker = afterLastJob(model, fact.attempt);
  return { facts: [...worker.facts, ...job.facts], effects: [...job.effects, ...worker.effects] };
}

const SCHEDULER = 'the scheduler';
const none: JobReaction = { facts: [], effects: [] };

/** At the end of a turn, when all that was submitted in it has said what it waits for: what is over and too much goes. */
export function forget(model: Model, settings: CoreSettings, happen: (fact: JobFact) => void): void {
  if (!model.jobs.mayForget) return;
  model.jobs.mayForget = false;
  for (const fact of tooMany(model, settings)) happen(fact);
}

/** At the end of a turn: whatever may have found room is placed. Effects are made once the rows are as they say. */
export function place(model: Model, settings: CoreSettings, nowMs: number, happen: (fact: JobFact) => void): Effect[] {
  if (!model.jobs.mayMatch) return [];
  model.jobs.mayMatch = false;
  const effects: Effect[] = [];
  const leaseOf = (worker: WorkerId): number | null => streamLeaseMs(model, worker, settings);
  for (const placement of placements(model, settings, nowMs, null)) {
    const { facts, attempts } = assigned(placement, model.jobs.epoch, leaseOf, nowMs);
    for (const fact of facts) happen(fact);
    for (const attempt of attempts) effects.push(runWord(model, placement.job, attempt, true));
  }
  if (model.jobs.queue.length === 0) return effects;
  for (const { victim, by } of preemptions(model, settings, nowMs)) {
    const why = `gives way to job ${by.id} (priority ${by.spec.priority})`;
    const stop = { outcome: 'preempted', forJob: by.id, by: SCHEDULER, why, atMs: nowMs } as const;
    happen(attemptStopping(victim, stop));
    effects.push(stopWord(victim, stop));
  }
  return effects;
}
