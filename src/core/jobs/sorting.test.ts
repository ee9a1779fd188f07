import { Refusal } from '../../../protocol/errors';
import type { JobSort } from '../../../protocol/jobs-http';
import { searchOf } from './filter';
import { sortedPage } from './sorting';
import { TestPool } from './test-pool';

/** `long` and `short` ran and are over, `runs` runs; `urgent` and `late` wait. In the order of their submission. */
function pool(): TestPool {
  const made = new TestPool();
  made.worker('w1');
  made.submit({}, { id: 'long' });
  made.begin('long');
  made.pass(5_000, 'w1');
  made.end('long');
  made.submit({}, { id: 'short' });
  made.begin('short');
  made.pass(1_000, 'w1');
  made.end('short');
  made.submit({}, { id: 'runs' });
  made.begin('runs');
  made.submit({ priority: 2 }, { id: 'urgent' });
  made.submit({}, { id: 'late' });
  made.pass(2_000, 'w1');
  return made;
}

function pageOf(
  { model, nowMs }: TestPool,
  sort: JobSort,
  more: { limit?: number; after?: number; state?: string } = {},
) {
  const search = searchOf(model, more.state === undefined ? {} : { state: more.state });
  if (search instanceof Refusal) throw search;
  const page = sortedPage(model, search, { sort, limit: more.limit ?? 10, after: more.after ?? null, nowMs });
  if (page instanceof Refusal) throw page;
  return { ids: page.jobs.map(({ id }) => id as string), next: page.next };
}

test.each([
  ['submitted', ['long', 'short', 'runs', 'urgent', 'late']],
  ['priority', ['urgent', 'long', 'short', 'runs', 'late']],
  ['-priority', ['late', 'runs', 'short', 'long', 'urgent']],
  ['started', ['long', 'short', 'runs', 'urgent', 'late']],
  ['-started', ['runs', 'short', 'long', 'late', 'urgent']],
  ['duration', ['short', 'runs', 'long', 'urgent', 'late']],
  ['-duration', ['long', 'runs', 'short', 'late', 'urgent']],
] as const)('%s: and what has not started is last either way', (sort, ids) => {
  expect(pageOf(pool(), sort)).toEqual({ ids, next: null });
});

test('page by page, and only what a filter means', () => {
  const made = pool();
  expect(pageOf(made, 'priority', { limit: 2 })).toEqual({ ids: ['urgent', 'long'], next: 2 });
  expect(pageOf(made, 'priority', { limit: 2, after: 4 })).toEqual({ ids: ['late'], next: null });
  expect(pageOf(made, '-duration', { state: 'over' })).toEqual({ ids: ['long', 'short'], next: null });
  expect(pageOf(made, '-duration', { state: 'active' })).toEqual({ ids: ['runs'], next: null });
});
