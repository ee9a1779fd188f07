/** The one way in which a job that was over comes to another end by itself, for random histories. */
import type { Jobs } from './jobs';
import type { Job } from './rows';

/** It had failed, and its last try, given up unheard, completed after all: of a gang each node. */
export function cameLate(jobs: Jobs, { state, lastAttempt }: Job, now: Job): boolean {
  if (state.kind !== 'failed' || now.state.kind !== 'completed' || lastAttempt !== now.lastAttempt) return false;
  const nodes = jobs.attemptsOf(now.id).slice(-now.spec.needs.nodes);
  return nodes.every((one) => one.state.kind === 'ended' && one.state.outcome === 'completed');
}
