import { NOTHING_YET, withSnapshot } from './fleet';
import { parseFilter, toggleToken } from './filter';
import { facetsOf, rowsOf, type Row } from './rows';
import { aProcess, aSnapshot, aWorker } from './samples.test-data';
import { BY_URGENCY, nextSort, type Sort } from './sort';

const fleet = withSnapshot(
  NOTHING_YET,
  aSnapshot({
    workers: [
      aWorker('w-2'),
      aWorker('w-10'),
      aWorker('solo', { labels: { gpu: 'a100' } }),
      aWorker('free', { state: 'idle' }),
      aWorker('silent', { state: 'stale', why: 'not heard from' }),
    ],
    processes: [
      aProcess('w-2/b'),
      aProcess('w-2/a'),
      aProcess('w-10/x', { state: 'failed', why: 'exit code 7' }),
      aProcess('w-10/y', { state: 'stopped', desired: 'stopped', pid: null }),
      aProcess('solo/solo'),
    ],
  }),
);
const rows = (q = '', change: Partial<{ sort: Sort; grouped: boolean; folded: Set<string> }> = {}) =>
  rowsOf(fleet, { filter: parseFilter(q), sort: BY_URGENCY, grouped: true, folded: new Set(), ...change });
const names = (list: Row[]) =>
  list.map((row) => (row.kind === 'process' ? row.process.key : `${row.kind}:${row.worker.worker_id}`));

it('puts problems first, groups under their worker, a lone process without a head, and idle workers last', () => {
  expect(names(rows())).toEqual([
    'idle:silent',
    'worker:w-10',
    'w-10/x',
    'w-10/y',
    'solo/solo',
    'worker:w-2',
    'w-2/a',
    'w-2/b',
    'idle:free',
  ]);
});

it('folds a group away and keeps its processes known to it', () => {
  const folded = rows('', { folded: new Set(['w-2']) });
  expect(names(folded)).not.toContain('w-2/a');
  expect(folded.find((row) => row.kind === 'worker' && row.worker.worker_id === 'w-2')).toMatchObject({
    expanded: false,
    processes: [{ key: 'w-2/a' }, { key: 'w-2/b' }],
  });
});

it('is a plain list without groups', () => {
  expect(names(rows('', { grouped: false }))).toEqual([
    'idle:silent',
    'w-10/x',
    'solo/solo',
    'w-2/a',
    'w-2/b',
    'w-10/y',
    'idle:free',
  ]);
});

it('filters by words, states, labels, workers and problems', () => {
  expect(names(rows('code 7'))).toEqual(['worker:w-10', 'w-10/x']);
  expect(names(rows('state:stopped state:idle'))).toEqual(['worker:w-10', 'w-10/y', 'idle:free']);
  expect(names(rows('label:gpu=a'))).toEqual(['solo/solo']);
  expect(names(rows('worker:w-2 w-2/b'))).toEqual(['worker:w-2', 'w-2/b']);
  expect(names(rows('is:problem'))).toEqual(['idle:silent', 'worker:w-10', 'w-10/x']);
});

it('counts facets without the facets themselves', () => {
  const facets = facetsOf(fleet, parseFilter('state:failed'));
  expect(facets).toMatchObject({ all: 7, problems: 2 });
  expect(facets.states.get('running')).toBe(3);
  expect(facetsOf(fleet, parseFilter('w-10')).all).toBe(2);
});

it('calls what a silent worker runs a problem', () => {
  const lost = withSnapshot(
    NOTHING_YET,
    aSnapshot({ workers: [aWorker('w', { state: 'stale' })], processes: [aProcess('w/a')] }),
  );
  expect(facetsOf(lost, parseFilter('')).problems).toBe(1);
});

it('writes chips into the filter text and out of it', () => {
  expect(toggleToken('abc', 'state:failed')).toBe('abc state:failed');
  expect(toggleToken('abc STATE:failed', 'state:failed')).toBe('abc');
});

it('sorts numbers downwards first, and a third click brings problems first again', () => {
  const once = nextSort(BY_URGENCY, 'cpu');
  expect(once).toEqual({ column: 'cpu', descending: true });
  expect(nextSort(once, 'cpu')).toEqual({ column: 'cpu', descending: false });
  expect(nextSort(nextSort(once, 'cpu'), 'cpu')).toEqual(BY_URGENCY);
  expect(names(rows('w', { sort: { column: 'worker', descending: false }, grouped: false })).slice(0, 2)).toEqual([
    'w-2/a',
    'w-2/b',
  ]);
});
