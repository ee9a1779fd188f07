/** Which jobs are meant by the words of a filter (protocol/jobs-http.ts), and pages of them. */
import { Refusal } from '../../../protocol/errors';
import { globMatches } from '../../../protocol/glob';
import { JOB_STATES, type ShownJobState } from '../../../protocol/jobs';
import type { JobFilter } from '../../../protocol/jobs-http';
import { commandText } from '../../../protocol/process-spec';
import type { Model } from '../model';
import type { Job } from './rows';
import { shownName } from './shown-name';
import { shownState } from './shown-state';

/** Jobs that are looked at for one page, and for one that is sought by text: beyond that the page is short, and the next goes on. */
const LOOKED_AT_MAX = 100_000;
const READ_MAX = 20_000;

const GROUPS = {
  active: ['assigned', 'running', 'stopping'],
  over: ['completed', 'failed', 'cancelled'],
  live: ['waiting', 'queued', 'assigned', 'running', 'stopping'],
} as const satisfies Record<string, readonly ShownJobState[]>;
/** A map, for the words are strangers': `constructor` is none of them. */
const STATES_OF = new Map<string, readonly ShownJobState[]>([
  ...Object.entries(GROUPS),
  ...JOB_STATES.map((state) => [state, [state]] as const),
]);
const ACTIVE = new Set<ShownJobState>(GROUPS.active);

export type Matches = (job: Job) => boolean;

export interface Search {
  readonly matches: Matches;
  /** What is sought has live attempts: there are few of those, however many wait. */
  readonly isOfActive: boolean;
  readonly looksAtMost: number;
}

/** @returns Refusal bad_request: a word that means nothing */
export function searchOf(model: Model, filter: JobFilter): Search | Refusal {
  const tests: Matches[] = [];
  let isOfActive = false;
  if (filter.state !== undefined) {
    const states = statesOf(filter.state);
    if (states instanceof Refusal) return states;
    isOfActive = [...states].every((state) => ACTIVE.has(state));
    tests.push((job) => states.has(shownState(model, job)));
  }
  if (filter.label !== undefined) {
    const labels = labelsOf(filter.label);
    if (labels instanceof Refusal) return labels;
    tests.push(({ spec }) =>
      labels.every(([key, glob]) => Object.hasOwn(spec.labels, key) && globMatches(glob, spec.labels[key] ?? '')),
    );
  }
  const { owner, queue, worker, name, array, schedule, q } = filter;
  if (owner !== undefined) tests.push((job) => job.owner === owner);
  if (queue !== undefined) tests.push(({ spec }) => spec.queue === queue);
  if (array !== undefined) tests.push(({ spec }) => spec.array?.id === array);
  if (schedule !== undefined) tests.push((job) => job.schedule?.name === schedule);
  if (worker !== undefined)
    tests.push(({ lastAttempt }) => lastAttempt !== null && model.jobs.attempt(lastAttempt)?.worker === worker);
  if (name !== undefined) tests.push(({ spec }) => globMatches(name, shownName(spec)));
  if (q !== undefined) {
    const sought = new RegExp(q.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i');
    tests.push(({ id, spec }) => sought.test(`${id} ${spec.name ?? ''} ${commandText(spec.command)}`));
  }
  return {
    matches: (job) => tests.every((test) => test(job)),
    isOfActive,
    looksAtMost: q === undefined ? LOOKED_AT_MAX : READ_MAX,
  };
}

export interface Page {
  readonly jobs: readonly Job[];
  /** The order of the last that was looked at; null = there are no more. */
  readonly next: number | null;
}

/** Newest first. @param after the `next` of the page before */
export function pageOf(
  model: Model,
  { matches, isOfActive, looksAtMost }: Search,
  limit: number,
  after: number | null,
): Page {
  const jobs: Job[] = [];
  let looked = 0;
  let last: number | null = null;
  const before = after ?? Infinity;
  for (const job of isOfActive ? activeBefore(model, before) : model.jobs.newestFirst(before)) {
    // Only now is it known that there is another one.
    if (jobs.length === limit || looked === looksAtMost) return { jobs, next: last };
    looked += 1;
    last = job.order;
    if (matches(job)) jobs.push(job);
  }
  return { jobs, next: null };
}

/** Those with live attempts, newest first. */
export function activeBefore({ jobs }: Model, before: number): Job[] {
  const active = new Set([...jobs.live()].flatMap((attempt) => jobs.job(attempt.job) ?? []));
  return [...active].filter(({ order }) => order < before).sort((a, b) => b.order - a.order);
}

function statesOf(words: string): Set<ShownJobState> | Refusal {
  const states = new Set<ShownJobState>();
  for (const word of words.split(/[\s,]+/).filter((one) => one !== '')) {
    const group = STATES_OF.get(word);
    if (group === undefined)
      return new Refusal(
        'bad_request',
        `state ${JSON.stringify(word.slice(0, 100))} is none; known: ${[...STATES_OF.keys()].join(', ')}`,
      );
    for (const state of group) states.add(state);
  }
  return states;
}

function labelsOf(words: string): [string, string][] | Refusal {
  const pairs = words.split(',').map((pair) => /^([^=]+)=(.*)$/.exec(pair.trim()));
  if (pairs.some((pair) => pair === null))
    return new Refusal(
      'bad_request',
      `label ${JSON.stringify(words.slice(0, 100))} is none; write key=value, values may be globs`,
    );
  return pairs.map((pair): [string, string] => [pair?.[1] ?? '', pair?.[2] ?? '']);
}
