/** Which facts of jobs are news for the timeline: what went wrong, and what somebody must know. Every job's way is its own page. */
import { of, type Told } from '../event-words';
import type { Fact } from '../facts';
import type { Attempt, Job } from './rows';

const SCHEDULER = 'scheduler';

export function jobEvent(
  fact: Extract<Fact, { kind: 'job.submitted' | 'job.changed' | 'attempt.changed' }>,
): Told | null {
  if (fact.kind === 'attempt.changed') return attemptEvent(fact.attempt, fact.was);
  const { job } = fact;
  if (job.state.kind === 'completed' && fact.kind === 'job.changed' && fact.was === 'failed')
    return of('info', 'job.completed', null, SCHEDULER, `job ${nameOf(job)} completed after all: ${job.state.why}`);
  if (job.state.kind !== 'failed' || (fact.kind === 'job.changed' && fact.was === 'failed')) return null;
  return of('warning', 'job.failed', null, SCHEDULER, `job ${nameOf(job)} failed: ${job.state.why}`);
}

function attemptEvent({ state, worker, job }: Attempt, was: Attempt['state']['kind'] | null): Told | null {
  if (state.kind !== 'ended' || was === 'ended') return null;
  if (state.outcome === 'lost')
    return of('warning', 'job.lost', worker, SCHEDULER, `job ${job} was lost: ${state.why}`);
  if (state.outcome === 'preempted')
    return of('info', 'job.preempted', worker, SCHEDULER, `job ${job} gave way: ${state.why}`);
  return null;
}

const nameOf = ({ id, spec }: Job): string => (spec.name === null ? id : `${id} (${spec.name})`);
