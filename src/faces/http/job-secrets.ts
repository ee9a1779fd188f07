/** Secrets of a job on their way in: nobody is shown one, so what is given back as the mask keeps the value that is known. */
import { Refusal } from '../../../protocol/errors';
import type { JobSpec } from '../../../protocol/jobs';
import { isSecret, MASK } from '../../../protocol/secret-names';
import { withMarkedSecrets } from '../../core/definitions/secret-values';

export interface KnownSecrets {
  /** Before the names of fields in a sentence: `jobs.3.`, or nothing. */
  readonly field: string;
  /** Globs of variables that are secret although neither the job nor their names say so. */
  readonly secretNames: readonly string[];
  /** In a sentence: `the job that "like" names`. */
  readonly whose: string;
  /** Asked only where a mask was given; null = there is nothing that has values. @throws Refusal unknown_job, forbidden */
  readonly known: () => JobSpec | null;
}

/** Where a submission has no word for the job whose values it means. */
export const noEarlierJob = (secretNames: KnownSecrets['secretNames']): KnownSecrets => ({
  field: '',
  secretNames,
  whose: 'an earlier job',
  known: () => null,
});

/** @throws Refusal bad_request */
export function withKnownSecrets(spec: JobSpec, { field, secretNames, whose, known }: KnownSecrets): JobSpec {
  const marked = withMarkedSecrets(spec, secretNames);
  const masked = Object.keys(marked.env).filter((name) => marked.env[name] === MASK && isSecret(name, marked.secrets));
  if (masked.length === 0) return marked;
  const values = known()?.env ?? {};
  const env = { ...marked.env };
  for (const name of masked) {
    const value = values[name];
    if (value === undefined)
      throw new Refusal(
        'bad_request',
        `${field}env: ${name} is ${MASK}, which means the value of ${whose}, and there is none; give its value`,
      );
    env[name] = value;
  }
  return { ...marked, env };
}
