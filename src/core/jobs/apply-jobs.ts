/** What facts of jobs change in the model. */
import type { Touched } from '../touched';
import type { Jobs } from './jobs';
import type { JobFact } from './words';

export function applyJobs(jobs: Jobs, fact: JobFact, touched: Touched): void {
  switch (fact.kind) {
    case 'job.submitted':
    case 'job.changed':
      jobs.setJob(fact.job);
      touched.jobs.add(fact.job.id);
      return;
    case 'attempt.changed':
      jobs.setAttempt(fact.attempt);
      touched.attempts.add(fact.attempt.id);
      return;
    case 'job.forgotten':
      for (const { id } of jobs.attemptsOf(fact.id)) touched.attempts.add(id);
      jobs.forget(fact.id);
      touched.jobs.add(fact.id);
      return;
    case 'job-limit.set':
      jobs.setLimit(fact.scope, fact.max);
      touched.jobLimits.add(fact.scope);
  }
}
