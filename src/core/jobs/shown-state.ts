/** A job's state and its reason as people are shown them: what it is doing says its live attempts. */
import type { ShownJobState } from '../../../protocol/jobs';
import type { JobCounts } from '../../../protocol/job-views';
import type { Model } from '../model';
import type { Attempt, Job } from './rows';
import { sealedIn, whySealed } from './sealed-job';

export function shownState({ jobs }: Model, job: Job): ShownJobState {
  return job.state.kind === 'active' ? activeAs(jobs.liveOf(job.id)) : job.state.kind;
}

/** One that is asked to end is ending, and one that runs runs, whatever the rest of its gang does. */
function activeAs(live: readonly Attempt[]): 'assigned' | 'running' | 'stopping' {
  if (live.some(({ stop }) => stop !== null)) return 'stopping';
  return live.some(({ state }) => state.kind === 'running') ? 'running' : 'assigned';
}

export function whyOf(model: Model, job: Job): string {
  const { state, spec } = job;
  switch (state.kind) {
    case 'waiting':
      return waitingFor(model, job);
    case 'queued': {
      const sealed = sealedIn(job);
      if (sealed !== null) return whySealed(sealed);
      return job.lastAttempt === null ? 'waits for room' : 'waits for room again';
    }
    case 'active': {
      const live = model.jobs.liveOf(job.id);
      const stop = live.find((attempt) => attempt.stop !== null)?.stop ?? null;
      if (stop !== null) return `being stopped: ${stop.why}`;
      const where = live.map(({ worker }) => worker).join(', ');
      const begun = live.filter((attempt) => attempt.state.kind === 'running').length;
      if (begun === 0) return `given to ${where}, not begun yet`;
      return begun === spec.needs.nodes ? `runs on ${where}` : `runs on ${begun} of ${spec.needs.nodes}: ${where}`;
    }
    default:
      return state.why;
  }
}

function waitingFor({ jobs }: Model, { state, spec, retries }: Job): string {
  if (state.kind !== 'waiting') return '';
  switch (state.for) {
    case 'approval':
      return 'waits until somebody approves it';
    case 'delay':
      return retries > 0 ? 'waits before it is tried again' : 'waits until its time comes';
    case 'dependencies': {
      const open = spec.after.filter((id) => !jobs.isOver(id));
      const more = open.length > 3 ? ` and ${open.length - 3} more` : '';
      return `waits for ${open.slice(0, 3).join(', ')}${more}`;
    }
  }
}

/** Of all jobs there are. */
export function jobCounts({ jobs }: Model): JobCounts {
  const counts: JobCounts = {
    waiting: jobs.count('waiting'),
    queued: jobs.count('queued'),
    assigned: 0,
    running: 0,
    stopping: 0,
    completed: jobs.count('completed'),
    failed: jobs.count('failed'),
    cancelled: jobs.count('cancelled'),
  };
  const gangs = new Set<string>();
  for (const attempt of jobs.live()) {
    const job = jobs.job(attempt.job);
    if (job === null || job.spec.needs.nodes === 1) counts[activeAs([attempt])] += 1;
    else if (!gangs.has(job.id)) {
      gangs.add(job.id);
      counts[activeAs(jobs.liveOf(job.id))] += 1;
    }
  }
  return counts;
}
