/** What may happen to a pool of workers and its jobs, in any order: data, so that a history that breaks something can shrink. */
import * as fc from 'fast-check';
import { JobSpec, type JobId } from '../../../protocol/jobs';

/** Whatever a step is about is chosen from what there is, by its number. */
const which = fc.nat(30);
const worker = fc.constantFrom('w1', 'w2', 'w3');
const scope = fc.constantFrom('all', 'user:alice', 'user:*', 'queue:night', 'label:team=*');

const wish = fc.record({
  priority: fc.constantFrom(1, 5, 5, 9),
  retries: fc.constantFrom(0, 0, 1, 3),
  delayMs: fc.constantFrom(0, 5_000),
  nodes: fc.constantFrom(1, 1, 1, 2, 3, 4),
  gpus: fc.constantFrom(null, null, { count: 1 }, { count: 2 }, { count: 1, memoryBytes: 30 * 2 ** 30 }),
  cpus: fc.constantFrom(0, 0, 3),
  after: fc.array(which, { maxLength: 2 }),
  afterMode: fc.constantFrom('completed', 'any_terminal'),
  owner: fc.constantFrom('alice', 'bob'),
  queue: fc.constantFrom('default', 'night'),
  team: fc.constantFrom('nlp', 'vision'),
  atOnce: fc.constantFrom(null, null, 1),
  queueMs: fc.constantFrom(null, null, 20_000),
  preemptible: fc.boolean(),
  needsApproval: fc.constantFrom(false, false, false, true),
});
export type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

export const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('submit'), wishes: fc.array(wish, { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('begin'), which }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('end'),
      which,
      outcome: fc.constantFrom('completed', 'completed', 'failed', 'timeout', 'refused', 'cancelled', 'preempted'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('hinder'), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('end late'), which, outcome: fc.constantFrom('completed', 'failed') }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('cancel', 'retry', 'approve'), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('change'), which, priority: fc.constantFrom(1, 5, 9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drain'), worker, isDraining: fc.boolean() }) },
  /** Workers that are named renew all that they have. */
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pass'),
      ms: fc.constantFrom(1, 5_000, 9_000, 30_000, 300_000),
      heard: fc.subarray(['w1', 'w2', 'w3', 'agent']),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('back'), worker, forgets: fc.array(which, { maxLength: 2 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('measure'), worker, used: fc.constantFrom(0, 0, 0, 3_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('hold'), worker, held: fc.constantFrom(0, 0, 1, 2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('claim'), limit: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('limit'), scope, max: fc.constantFrom(null, 1, 2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload') }) },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const pick = <T>(from: readonly T[], which: number): T | undefined => from[which % Math.max(1, from.length)];

/** @param before what it may wait for */
export function specOf(wish: Wish, before: readonly JobId[]): JobSpec {
  const after = wish.after.flatMap((which) => pick(before, which) ?? []);
  return JobSpec.parse({
    command: 'true',
    priority: wish.priority,
    preemptible: wish.preemptible,
    retry: { max: wish.retries, delayMs: wish.delayMs },
    needs: { nodes: wish.nodes, cpus: wish.cpus, ...(wish.gpus === null ? {} : { gpus: wish.gpus }) },
    after: [...new Set(after)],
    afterMode: wish.afterMode,
    queue: wish.queue,
    labels: { team: wish.team },
    array: wish.atOnce === null ? null : { id: 'array', index: 0, atOnce: wish.atOnce },
    timeouts: { queueMs: wish.queueMs },
    trustMs: 10_000,
  });
}
