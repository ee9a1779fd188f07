/**
 * Which jobs words mean. `state=running`, `owner=alice`, `queue=night`, `node=w1`, `name=train-*`, `array=ID` and
 * `LABEL=GLOB` narrow; all of them must hold. Every other word is a job's id, where ids are asked for, and a text to look
 * for, where a list is. `=` is in no id, so the two cannot be confused.
 */
import type { JobFilter } from '../../../protocol/jobs-http';
import { CliError, EXIT } from '../exit';

export interface JobWords {
  readonly plain: readonly string[];
  /** Empty = nothing was said. */
  readonly filter: JobFilter;
}

const FIELDS = {
  state: 'state',
  owner: 'owner',
  queue: 'queue',
  node: 'worker',
  worker: 'worker',
  name: 'name',
  array: 'array',
  schedule: 'schedule',
} as const satisfies Record<string, keyof JobFilter>;

/** After all their retries, refused, or because what they waited for failed: nothing more becomes of them by itself. */
export const DEAD = 'state=failed';

export const FILTER_HELP = `
Filters: state=STATE (several with commas; active, live, over), owner=USER, queue=QUEUE, node=WORKER,
name=GLOB, array=ID, schedule=NAME, and LABEL=GLOB for the job's own labels; all of them must hold.`;

/** @throws CliError usage for a field that is named twice */
export function jobWords(words: readonly string[]): JobWords {
  const filter: JobFilter = {};
  const labels: string[] = [];
  for (const word of words.filter(isFilter)) {
    const at = word.indexOf('=');
    const [name, value] = [word.slice(0, at), word.slice(at + 1)];
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof typeof FIELDS] : null;
    if (field === null) labels.push(word);
    else if (filter[field] !== undefined) throw new CliError(EXIT.usage, `${word}: ${name} is already given`);
    else filter[field] = value;
  }
  if (labels.length > 0) filter.label = labels.join(',');
  return { plain: words.filter((word) => !isFilter(word)), filter };
}

/** For a list: a plain word is looked for in id, name and command. */
export function listFilter(words: readonly string[]): JobFilter {
  const { plain, filter } = jobWords(words);
  const [q, ...more] = plain;
  if (more.length > 0)
    throw new CliError(EXIT.usage, `One text is looked for, and there are ${plain.join(', ')}; say one, or filters`);
  return q === undefined ? filter : { ...filter, q };
}

const isFilter = (word: string): boolean => word.indexOf('=') > 0;
