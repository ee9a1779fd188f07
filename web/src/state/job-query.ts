/**
 * The filter box of the jobs. `state:`, `owner:`, `queue:`, `worker:`, `label:`, `name:`, `array:` and `schedule:` narrow; what is left is
 * looked for in id, name and command. The box's text is the only copy: chips are a way of writing into it.
 */
import type { JobRow } from '../../../protocol/job-views';
import type { ShownJobState } from '../../../protocol/jobs';
import type { JobFilter, JobSort } from '../../../protocol/jobs-http';

const FACETS = ['state', 'owner', 'queue', 'worker', 'label', 'name', 'array', 'schedule'] as const;
type Facet = (typeof FACETS)[number];

/** The orders that a list is offered in; the manager knows their opposites too. */
export const JOB_ORDERS = [
  '-submitted',
  'submitted',
  'priority',
  '-started',
  '-duration',
] as const satisfies readonly JobSort[];
export type JobOrder = (typeof JOB_ORDERS)[number];
export const NEWEST_FIRST: JobOrder = '-submitted';

/** Groups of states that chips stand for. */
export const STATE_GROUPS = {
  live: ['waiting', 'queued', 'assigned', 'running', 'stopping'],
  active: ['assigned', 'running', 'stopping'],
  over: ['completed', 'failed', 'cancelled'],
} as const satisfies Record<string, readonly ShownJobState[]>;

/** In the order of a job's life. Not the protocol's list: its schemas would come with it into the page. */
export const EVERY_STATE: readonly ShownJobState[] = [...STATE_GROUPS.live, ...STATE_GROUPS.over];

export function jobFilterOf(text: string): JobFilter {
  const found = new Map<Facet, string[]>();
  const words: string[] = [];
  for (const token of text.split(/\s+/).filter(Boolean)) {
    const colon = token.indexOf(':');
    const facet = FACETS.find((one) => one === token.slice(0, Math.max(0, colon)).toLowerCase());
    const value = token.slice(colon + 1);
    if (facet === undefined) words.push(token);
    else if (value !== '') found.set(facet, [...(found.get(facet) ?? []), value]);
  }
  return {
    ...Object.fromEntries([...found].map(([facet, values]) => [facet, joined(facet, values)])),
    ...(words.length > 0 && { q: words.join(' ') }),
  };
}

/** Several of these are understood together; of the others the last one counts. */
const joined = (facet: Facet, values: readonly string[]): string =>
  facet === 'state' || facet === 'label' ? values.join(',') : (values.at(-1) ?? '');

/** Null = all of them. */
export function statesOf({ state }: JobFilter): ReadonlySet<ShownJobState> | null {
  if (state === undefined) return null;
  const words = state.toLowerCase().split(',');
  return new Set(
    words.flatMap((word) =>
      word in STATE_GROUPS
        ? STATE_GROUPS[word as keyof typeof STATE_GROUPS]
        : EVERY_STATE.filter((known) => known === word),
    ),
  );
}

/** Does it ask for what failed for good, and nothing else? */
export function isOfDead(filter: JobFilter): boolean {
  const states = statesOf(filter);
  return states?.size === 1 && states.has('failed');
}

/** May a job come to match, or cease to, while it goes its way? Then the list is read anew whenever any did. */
export const isMoving = ({ state, worker }: JobFilter): boolean => state !== undefined || worker !== undefined;

/** As far as a row can tell: what else is asked for does not change. */
export const stillMatches = (filter: JobFilter, row: JobRow): boolean => statesOf(filter)?.has(row.state) ?? true;
