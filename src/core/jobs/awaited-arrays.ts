/** An array that a job is to wait for is all of its jobs that are remembered. */
import { Refusal } from '../../../protocol/errors';
import type { JobId } from '../../../protocol/jobs';
import { LIMITS } from '../../../protocol/limits';
import type { Model } from '../model';
import type { NewJob } from './words';

/**
 * For one submission: most of its jobs wait for the same. A job goes before an array of its name, whether it is known or
 * comes along.
 * @returns the job with the array's jobs in the place of its name; Refusal bad_request: they are more than one may wait for
 */
export function withAwaitedArrays({ jobs }: Model, submission: readonly NewJob[]): (asked: NewJob) => NewJob | Refusal {
  const known = new Map<NewJob['spec']['after'], NewJob['spec']['after']>();
  let own: Set<JobId> | null = null;
  const isArray = (id: JobId): boolean => {
    if (jobs.job(id) !== null || jobs.ofArray(id).size === 0) return false;
    own ??= new Set(submission.map((job) => job.id));
    return !own.has(id);
  };
  const inOrder = (array: JobId): JobId[] =>
    [...jobs.ofArray(array)].sort((a, b) => (jobs.job(a)?.order ?? 0) - (jobs.job(b)?.order ?? 0));
  return (asked) => {
    const { after } = asked.spec;
    if (after.length === 0) return asked;
    let awaited = known.get(after);
    if (awaited === undefined) {
      const arrays = after.filter(isArray);
      awaited =
        arrays.length === 0 ? after : [...new Set(after.flatMap((id) => (arrays.includes(id) ? inOrder(id) : [id])))];
      if (awaited !== after && awaited.length > LIMITS.jobDependenciesMax)
        return new Refusal(
          'bad_request',
          `after: job ${asked.id} would wait for ${awaited.length} jobs, for ${arrays.join(', ')} means all of an array; ` +
            `${LIMITS.jobDependenciesMax} are the limit; let it wait for jobs that wait for parts of them`,
        );
      known.set(after, awaited);
    }
    return awaited === after ? asked : { ...asked, spec: { ...asked.spec, after: awaited } };
  };
}
