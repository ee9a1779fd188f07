import { statSync } from 'node:fs';
import { Refusal } from '../../protocol/errors';
import type { LogLine } from '../../src/engine/log-store-port';
import { bytesOf, process, runRef, Scratch, T0, worker } from './scratch-store';

let scratch: Scratch;
beforeEach(() => (scratch = new Scratch()));
afterEach(() => scratch.dispose());

const texts = (lines: LogLine[]) => lines.map((line) => line.text);
const tail = (lines: number, more = {}) => scratch.store.tail(worker, process, { lines, ...more });

describe('a range', () => {
  beforeEach(() => scratch.put(runRef(), '0123456789'));
  const range = async (offset: number, bytes?: number) => {
    const { stream, ...where } = scratch.store.read(runRef(), { offset, ...(bytes !== undefined && { bytes }) });
    return [where.offset, where.end, (await bytesOf(stream)).toString()];
  };

  test('begins where asked, from either end, and never outside', async () => {
    expect(await range(0)).toEqual([0, 10, '0123456789']);
    expect(await range(3, 4)).toEqual([3, 7, '3456']);
    expect(await range(-3)).toEqual([7, 10, '789']);
    expect(await range(-99)).toEqual([0, 10, '0123456789']);
    expect(await range(8, 99)).toEqual([8, 10, '89']);
    expect(await range(50)).toEqual([10, 10, '']);
  });

  test('of a run never stored is refused by name', () => {
    expect(() => scratch.store.read(runRef(9))).toThrow(Refusal);
    expect(() => scratch.store.read(runRef(9))).toThrow(/w1\/api/);
  });
});

test('all runs come one after the other, or one alone', async () => {
  await scratch.put(runRef(0), 'first run\n');
  await scratch.put(runRef(1), 'second run');
  await scratch.put(runRef(2), 'third run\n');
  const all = (only = {}) => bytesOf(scratch.store.readAll(worker, process, only)).then(String);
  expect(await all()).toBe('first run\nsecond runthird run\n');
  expect(await all({ run: runRef(1).run })).toBe('second run');
  const at = (run: number, offset: number) => ({ run: runRef(run).run, offset });
  expect(await all({ from: at(0, 6), to: at(1, 6) })).toBe('run\nsecond');
  expect(await all({ from: at(1, 7), to: at(1, 9) })).toBe('ru');
});

test('a line is found by its number', async () => {
  await scratch.put(runRef(), 'one\ntwo\nthree');
  const at = (line: number) => scratch.store.lineOffset(runRef(), line);
  expect(await Promise.all([1, 2, 3, 4, 99].map(at))).toEqual([0, 4, 8, 13, 13]);
});

describe('the last lines', () => {
  test('reach over runs; an unfinished one counts, an empty end does not', async () => {
    await scratch.put(runRef(0), 'a\nb\n');
    await scratch.put(runRef(1), 'c\n\npartial');
    expect(texts(await tail(10))).toEqual(['a', 'b', 'c', '', 'partial']);
    expect(texts(await tail(4))).toEqual(['b', 'c', '', 'partial']);
    expect(texts(await tail(0))).toEqual([]);
    expect((await tail(2)).map((line) => line.offset)).toEqual([2, 3]);
  });

  test('of nothing are none', async () => {
    expect(await tail(10)).toEqual([]);
    await scratch.put(runRef(), '');
    expect(await tail(10)).toEqual([]);
  });

  test.each([65_535, 65_536, 65_537, 1_000_000, 3_000_000])('survive a line of %i bytes', async (size) => {
    const long = 'é'.repeat(size / 2) + 'x';
    await scratch.put(runRef(), `before\n${long}\nafter\n`);
    const lines = await tail(3);
    expect(lines.map((line) => line.text === long || line.text)).toEqual(['before', true, 'after']);
    expect(lines[1]?.offset).toBe(7);
  });

  test('are exact wherever block borders fall', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => 'x'.repeat(i % 97));
    await scratch.put(runRef(), lines.join('\n') + '\n');
    expect(texts(await tail(lines.length + 1))).toEqual(lines);
    let offset = 0;
    for (const [i, line] of (await tail(lines.length)).entries()) {
      expect(line.offset).toBe(offset);
      offset += lines[i]!.length + 1;
    }
  });

  test('a line without end comes in pieces, and none is invented', async () => {
    const size = 9 * 1024 * 1024;
    await scratch.put(runRef(), 'a\n' + 'y'.repeat(size) + '\nz\n');
    const lines = await tail(100);
    expect([lines[0]?.text, lines.at(-1)?.text]).toEqual(['a', 'z']);
    expect(lines.slice(1, -1).every((line) => line.text.length > 0)).toBe(true);
    expect(texts(lines.slice(1, -1)).join('').length).toBe(size);
  });

  test('stop where told', async () => {
    await scratch.put(runRef(0), 'a\nb\nc\n');
    await scratch.put(runRef(1), 'd\ne\n');
    const at = (n: number, offset: number) => ({ run: runRef(n).run, offset });
    expect(texts(await tail(2, { before: at(1, 0) }))).toEqual(['b', 'c']);
    expect(texts(await tail(9, { before: at(1, 2) }))).toEqual(['a', 'b', 'c', 'd']);
    expect(texts(await tail(2, { run: runRef(0).run }))).toEqual(['b', 'c']);
  });
});

describe('time', () => {
  test('is known to the second, over a reopening and with a clock set back', async () => {
    scratch.nowMs = T0;
    await scratch.put(runRef(), 'zero\n');
    scratch.nowMs = T0 + 900;
    await scratch.put(runRef(), 'same second\n');
    scratch.nowMs = T0 + 5000;
    await scratch.reopen();
    await scratch.put(runRef(), 'five\n');
    scratch.nowMs = T0 - 60_000;
    await scratch.put(runRef(), 'clock set back\n');
    scratch.nowMs = T0 + 9000;
    await scratch.put(runRef(), 'nine\n');
    expect((await tail(9)).map((line) => line.atMs)).toEqual([T0, T0, T0 + 5000, T0 + 5000, T0 + 9000]);
  });

  test('leads to the line that arrived then', async () => {
    for (const [ms, text] of [
      [0, 'a\nb'],
      [10_000, 'b\nc\n'],
      [20_000, 'd\n'],
    ] as const) {
      scratch.nowMs = T0 + ms;
      await scratch.put(runRef(), text);
    }
    scratch.nowMs = T0 + 40_000;
    await scratch.put(runRef(1), 'e\n');
    const since = (ms: number, n = 0) => scratch.store.since(runRef(n), T0 + ms);
    expect(await since(-5)).toBe(0);
    expect(await since(500)).toBe(0);
    // Half of `bb` came at 10 s: the whole line is shown.
    expect(await since(9000)).toBe(2);
    expect(await since(10_999)).toBe(2);
    expect(await since(15_000)).toBe(7);
    expect(await since(21_500)).toBeNull();
    expect(await since(21_500, 1)).toBe(0);
    expect(texts(await tail(9, { sinceMs: T0 + 15_000 }))).toEqual(['d', 'e']);
    expect(texts(await tail(9, { sinceMs: T0 + 50_000 }))).toEqual([]);
  });

  test('costs a record a second and not one a line', () => {
    for (let i = 0; i < 1000; i++) {
      scratch.nowMs = T0 + i * 10;
      scratch.store.appendLine(runRef(), Buffer.from('line\n'));
    }
    expect(statSync(`${scratch.dir}/w1/api/${runRef().run}.times`).size).toBe(10 * 16);
  });
});
