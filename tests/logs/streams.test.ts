/** A split run: two streams, each with offsets of its own, shown together by the time of their arrival. */
import type { RunRef } from '../../src/engine/log-store-port';
import { bytesOf, listOf, process, runRef, Scratch, T0, worker } from './scratch-store';

let scratch: Scratch;
const errors: RunRef = { ...runRef(), stream: 'stderr' };
beforeEach(async () => {
  scratch = new Scratch();
  for (const [seconds, ref, text] of [
    [0, runRef(), 'out 1\n'],
    [2, errors, 'err 1\n'],
    [4, runRef(), 'out 2\nout 3\n'],
    [6, errors, 'err 2\n'],
  ] as const) {
    scratch.nowMs = T0 + seconds * 1000;
    await scratch.put(ref, text);
  }
});
afterEach(() => scratch.dispose());

test('each has its own bytes and length', async () => {
  const { store } = scratch;
  expect(store.lengths(worker)).toEqual({ [runRef().run]: 18, [`${runRef().run}/stderr`]: 12 });
  expect(String(await bytesOf(store.read(errors).stream))).toBe('err 1\nerr 2\n');
  expect(String(await bytesOf(store.readAll(worker, process)))).toBe('out 1\nout 2\nout 3\n');
  expect(String(await bytesOf(store.readAll(worker, process, { stream: 'stderr' })))).toBe('err 1\nerr 2\n');
  await scratch.reopen();
  expect(scratch.store.runs(worker, process, 'both').map(({ stream, bytes }) => [stream, bytes])).toEqual([
    ['stdout', 18],
    ['stderr', 12],
  ]);
});

test('the last lines are of both, by time, or of one', async () => {
  const tail = async (lines: number, more = {}) =>
    (await scratch.store.tail(worker, process, { lines, ...more })).map(({ text }) => text);
  expect(await tail(9)).toEqual(['out 1', 'err 1', 'out 2', 'out 3', 'err 2']);
  expect(await tail(2)).toEqual(['out 3', 'err 2']);
  expect(await tail(9, { stream: 'stderr' })).toEqual(['err 1', 'err 2']);
  expect(await tail(9, { sinceMs: T0 + 3000 })).toEqual(['out 2', 'out 3', 'err 2']);
});

test('a search finds in both, and over several processes by time', async () => {
  const other = { ...runRef(), worker: 'w2' as typeof worker };
  scratch.nowMs = T0 + 5000;
  await scratch.put(other, 'other 1\n');
  scratch.nowMs = T0 + 9000;
  await scratch.put(other, 'other 2\n');
  const targets = [other, runRef()];
  const found = async (more = {}) =>
    (await listOf(scratch.store.search(targets, { pattern: '\\d$', regex: true, ...more }))).map(({ line }) => line);
  expect(await found()).toEqual(['out 1', 'err 1', 'out 2', 'out 3', 'other 1', 'err 2', 'other 2']);
  expect(await found({ stream: 'stderr' })).toEqual(['err 1', 'err 2']);
  expect(await found({ sinceMs: T0 + 5000, untilMs: T0 + 8000 })).toEqual(['other 1', 'err 2']);
  expect(await found({ limit: 3 })).toEqual(['out 1', 'err 1', 'out 2']);
});

test('a clear and an end are of both', async () => {
  scratch.store.clear(worker, process);
  expect(await scratch.store.tail(worker, process, { lines: 9 })).toEqual([]);
  expect(scratch.store.lengths(worker)).toEqual({ [runRef().run]: 18, [`${runRef().run}/stderr`]: 12 });
});
