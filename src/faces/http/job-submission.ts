/** From the words of a submission to the jobs that it asks for: arrays and sweeps taken apart, ids made, secrets put in. */
import { Refusal } from '../../../protocol/errors';
import { readJobArray } from '../../../protocol/job-array';
import { jobSpecOf, type JobWords } from '../../../protocol/job-document';
import { brokenByQuotes, combinationsOf, withValues, type Combination } from '../../../protocol/job-sweep';
import { CommandLine } from '../../../protocol/command-line';
import { JobId, type JobSpec } from '../../../protocol/jobs';
import type { JobSubmission } from '../../../protocol/jobs-http';
import { LIMITS } from '../../../protocol/limits';
import { Env } from '../../../protocol/process-spec';
import type { NewJob } from '../../core/jobs/words';
import { withKnownSecrets } from './job-secrets';

export interface Submitting {
  readonly nowMs: number;
  readonly owner: string;
  /** Of the whole submission; null = none. */
  readonly key: string | null;
  readonly newId: () => JobId;
  /** Kept with each of them, unless it is `filled`. */
  readonly meta: NewJob['meta'];
  /** Of a named job: what each combination of a sweep makes of it. Null = the same with other values in its command. */
  readonly filled: ((values: Combination) => Filled) | null;
  /** Globs of variables that are secret although neither the job nor their names say so. */
  readonly secretNames: readonly string[];
  /** The specification of a job whose secrets are asked for. @throws Refusal unknown_job, forbidden */
  readonly likeOf: (id: JobId) => JobSpec;
}

export interface Filled {
  readonly job: JobWords;
  readonly meta: NewJob['meta'];
}

/** @throws Refusal bad_request */
export function newJobs(asked: readonly JobSubmission[], submitting: Submitting): NewJob[] {
  const jobs: NewJob[] = [];
  // Before one more is made: a small body can ask for a hundred million.
  const add = (job: NewJob): void => {
    if (jobs.length === LIMITS.jobsPerSubmitMax)
      throw new Refusal(
        'bad_request',
        `the submission has more than ${LIMITS.jobsPerSubmitMax} jobs, which is the limit at once; submit them in parts`,
      );
    jobs.push(job);
  };
  for (const [at, body] of asked.entries()) {
    const field = asked.length === 1 ? '' : `jobs.${at}.`;
    const { like } = body;
    const specOf = (words: JobWords): JobSpec =>
      withKnownSecrets(jobSpecOf(words, submitting.nowMs), {
        field,
        secretNames: submitting.secretNames,
        whose: 'the job that "like" names',
        known: () => (like === undefined ? null : submitting.likeOf(like)),
      });
    const spec = specOf(body);
    const id = body.id ?? submitting.newId();
    const { meta } = submitting;
    const needsApproval = body.hold;
    if (body.array === undefined && body.sweep === undefined)
      add({ id, spec, key: keyOf(submitting, body, jobs.length), meta, needsApproval });
    else
      for (const { index, values, array } of elementsOf(body, id, field)) {
        const filled = values === null ? null : (submitting.filled?.(values) ?? null);
        add({
          id: elementId(id, index),
          spec: { ...withSwept(filled === null ? spec : specOf(filled.job), values, field), array },
          key: keyOf(submitting, body, jobs.length),
          meta: filled?.meta ?? meta,
          needsApproval,
        });
      }
  }
  return jobs;
}

/** Two people's keys are never the same. Each job of a submission has one of its own. */
function keyOf({ key, owner }: Submitting, body: JobSubmission, at: number): string | null {
  const own = body.key ?? key;
  if (own === null) return null;
  return at === 0 || (body.key !== undefined && body.array === undefined && body.sweep === undefined)
    ? `${owner}:${own}`
    : `${owner}:${own}#${at}`;
}

interface Element {
  readonly index: number;
  /** Of a sweep. */
  readonly values: Combination | null;
  readonly array: NonNullable<JobSpec['array']>;
}

function* elementsOf(body: JobSubmission, id: JobId, field: string): Generator<Element> {
  if (body.array !== undefined && body.sweep !== undefined)
    throw new Refusal('bad_request', `${field}array and ${field}sweep are two ways to say many; name one of them`);
  if (body.sweep === undefined) {
    const array = readJobArray(body.array ?? '');
    if (typeof array === 'string') throw new Refusal('bad_request', `${field}array: ${array}`);
    for (const index of array.indices) yield { index, values: null, array: { id, index, atOnce: array.atOnce } };
    return;
  }
  const combinations = combinationsOf(body.sweep);
  if (typeof combinations === 'string') throw new Refusal('bad_request', `${field}sweep: ${combinations}`);
  for (const [index, values] of combinations.entries()) yield { index, values, array: { id, index, atOnce: null } };
}

/** @throws Refusal bad_request where the values make of it what no launcher could take, or no shell would read as one word */
function withSwept(spec: JobSpec, values: Combination | null, field: string): JobSpec {
  if (values === null) return spec;
  const broken = brokenByQuotes(spec.command, values);
  if (broken !== null) throw new Refusal('bad_request', `${field}sweep: ${broken}`);
  const command = CommandLine.safeParse(withValues(spec.command, values));
  const env = Env.safeParse({ ...spec.env, ...values });
  if (command.success && env.success) return { ...spec, command: command.data, env: env.data };
  const why = (command.error ?? env.error)?.issues[0]?.message ?? 'not understood';
  throw new Refusal(
    'bad_request',
    `${field}sweep: with its values ${command.success ? 'env' : 'command'} is wrong: ${why}`,
  );
}

function elementId(array: JobId, index: number): JobId {
  const id = JobId.safeParse(`${array}.${index}`);
  if (id.success) return id.data;
  throw new Refusal('bad_request', `id: ${id.error.issues[0]?.message ?? 'not understood'}, with .${index} behind it`);
}
