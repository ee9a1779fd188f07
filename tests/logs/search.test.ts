import type { SearchRequest } from '../../src/engine/log-store-port';
import { SearchThreads } from '../../src/stores/logs/search/search-threads';
import { listOf, process, runRef, Scratch, worker } from './scratch-store';

let scratch: Scratch;
beforeEach(() => (scratch = new Scratch()));
afterEach(() => scratch.dispose());

const hits = (pattern: string, more: Partial<SearchRequest> = {}) =>
  listOf(scratch.store.search([{ worker, process }], { pattern, limit: 1000, ...more }));
const found = async (pattern: string, more: Partial<SearchRequest> = {}) =>
  (await hits(pattern, more)).map(({ run, offset, line }) => [run === runRef(0).run ? 0 : 1, offset, line]);

describe('over two runs', () => {
  beforeEach(async () => {
    await scratch.put(runRef(0), 'start\nerror: one error\nfine\n');
    await scratch.put(runRef(1), 'Error: two\nend error');
  });

  test('literal text finds each line once, with its place', async () => {
    expect(await found('error')).toEqual([
      [0, 6, 'error: one error'],
      [1, 11, 'end error'],
    ]);
    expect(await found('start')).toEqual([[0, 0, 'start']]);
    expect(await found('[a-z]')).toEqual([]);
  });

  test('without case, and by expression', async () => {
    expect((await found('ERROR:', { ignoreCase: true })).map((hit) => hit[2])).toEqual([
      'error: one error',
      'Error: two',
    ]);
    expect((await found('^[eE].*o', { regex: true })).map((hit) => hit[1])).toEqual([6, 0, 11]);
    expect((await found('^FINE$', { regex: true, ignoreCase: true })).map((hit) => hit[1])).toEqual([23]);
    expect(await found('(one|two', { ignoreCase: true })).toEqual([]);
  });

  test('a limit ends it, a place begins it', async () => {
    expect(await found('r', { limit: 2 })).toHaveLength(2);
    expect(await found('e', { regex: true, limit: 1 })).toEqual([[0, 6, 'error: one error']]);
    expect(await found('e', { from: { run: runRef(0).run, offset: 23 } })).toHaveLength(2);
    expect(await found('rr', { from: { run: runRef(1).run, offset: 9 } })).toEqual([[1, 11, 'end error']]);
  });

  test('an abort ends it with its reason', async () => {
    await expect(hits('e', { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
  });
});

test('lines are whole wherever block borders fall', async () => {
  const lines = Array.from(
    { length: 60_000 },
    (_, i) => `${i} ${'x'.repeat(i % 71)}${i % 1000 === 999 ? ' needle' : ''}`,
  );
  await scratch.put(runRef(), lines.join('\n'));
  const wanted = lines.filter((line) => line.endsWith('needle'));
  expect((await hits('needle')).map((hit) => hit.line)).toEqual(wanted);
  expect((await hits('needle$', { regex: true })).map((hit) => hit.line)).toEqual(wanted);
});

test('a line of some megabytes is found, and its text cut', async () => {
  await scratch.put(runRef(), `a\n${'x'.repeat(3_000_000)}needle\nb\nneedle`);
  const [long, short] = await hits('needle');
  expect([long?.offset, long?.line.length]).toEqual([2, 16 * 1024]);
  expect(short?.line).toBe('needle');
});

test('what cannot be searched for is refused with the reason', async () => {
  await expect(hits('(', { regex: true })).rejects.toMatchObject({
    code: 'bad_request',
    message: /Unterminated group/,
  });
  await expect(hits('')).rejects.toMatchObject({ code: 'bad_request' });
  await expect(hits('a\nb')).rejects.toMatchObject({ code: 'bad_request' });
});

test('an expression that never ends is stopped, and does not hold up anybody meanwhile', async () => {
  await scratch.put(runRef(), `${'a'.repeat(50)}b`);
  const { store } = scratch;
  let isOver = false;
  let turns = 0;
  const others = (): void => {
    turns += 1;
    if (!isOver) setImmediate(others);
  };
  setImmediate(others);
  const searching = listOf(store.search([{ worker, process }], { pattern: '(a+)+$', regex: true }));
  await expect(searching).rejects.toThrow(/took longer than 2 s/);
  isOver = true;
  expect(turns).toBeGreaterThan(50);
});

test('many searches at once wait for their turn, and one that is left goes at once', async () => {
  await scratch.put(runRef(), 'line\n'.repeat(1000));
  const all = await Promise.all(Array.from({ length: 12 }, () => hits('line', { limit: 3 })));
  expect(all.map((found) => found.length)).toEqual(Array(12).fill(3));
});

test('too many that wait are refused', async () => {
  const threads = new SearchThreads();
  const plan = {
    pattern: { pattern: 'a', regex: false, ignoreCase: false },
    tracks: [],
    sinceMs: null,
    untilMs: null,
    limit: 1,
  };
  const searches = Array.from({ length: 4 + 64 + 1 }, () => listOf(threads.hits(plan)).catch((error: Error) => error));
  expect(String(await searches.at(-1))).toMatch(/4 searches are running and 64 wait/);
  await threads.close();
  await Promise.all(searches);
});

test('a reader that is slow holds the search back, and one that leaves ends it', async () => {
  await scratch.put(runRef(), 'line\n'.repeat(200_000));
  let taken = 0;
  for await (const _ of scratch.store.search([{ worker, process }], { pattern: 'line' })) if (++taken === 2000) break;
  expect(taken).toBe(2000);
  expect(await hits('line', { limit: 1 })).toHaveLength(1);
});
