/** What is lost is counted: stored bytes and gaps are what was written, whoever asks and in whatever order it is told. */
import fc from 'fast-check';
import { gapText } from '../../protocol/gap-text';
import type { OutputGap } from '../../protocol/output-gap';
import { bytesOf, process, runRef, Scratch, worker } from './scratch-store';

let scratch: Scratch;
beforeEach(() => (scratch = new Scratch()));
afterEach(() => scratch.dispose());

const run = () => scratch.store.runs(worker, process)[0];
const lose = (offset: number, bytes: number) => scratch.store.skip(runRef(), offset, bytes, 'worker-disk-full');
const gap = (from: number, to: number): OutputGap => ({ from, to, reason: 'worker-disk-full' });

test('a gap is taken at the length and nowhere else, once, also after a reopening', async () => {
  await scratch.put(runRef(), 'before\n');
  expect(lose(3, 10)).toEqual({ ok: false, offset: 7 });
  expect(lose(7, 100)).toEqual({ ok: true, offset: 107 });
  expect(lose(7, 100)).toEqual({ ok: false, offset: 107 });
  await scratch.put(runRef(), 'after\n');
  for (const reopens of [false, true]) {
    if (reopens) await scratch.reopen();
    expect(run()).toMatchObject({ bytes: 113, begin: 0, storedBytes: 13, gaps: [gap(7, 107)] });
  }
});

test('a mark without a byte is kept once', () => {
  for (let i = 0; i < 3; i++)
    expect(scratch.store.skip(runRef(), 0, 0, 'file-truncated')).toEqual({ ok: true, offset: 0 });
  expect(run()?.gaps).toEqual([{ from: 0, to: 0, reason: 'file-truncated' }]);
});

test('a mark between bytes costs none of them, also after a reopening', async () => {
  await scratch.put(runRef(), 'one\ntwo\n');
  scratch.store.skip(runRef(), 8, 0, 'file-truncated');
  await scratch.put(runRef(), 'three\n');
  for (const reopens of [false, true]) {
    if (reopens) await scratch.reopen();
    expect(run()).toMatchObject({ bytes: 14, storedBytes: 14, gaps: [{ from: 8, to: 8, reason: 'file-truncated' }] });
  }
  const marked = gapText({ from: 8, to: 8, reason: 'file-truncated' });
  expect(String(await bytesOf(scratch.store.readAll(worker, process)))).toBe(`one\ntwo\n${marked}\nthree\n`);
});

describe('readers', () => {
  const said = gapText(gap(7, 107));
  beforeEach(async () => {
    await scratch.put(runRef(), 'one\ntwo');
    lose(7, 100);
    await scratch.put(runRef(), 'three\nfour\n');
  });

  test('of ranges get unbroken bytes, and begin behind the gap', async () => {
    const range = async (offset: number, bytes?: number) => {
      const { stream, ...where } = scratch.store.read(runRef(), { offset, ...(bytes !== undefined && { bytes }) });
      return [where.offset, where.end, (await bytesOf(stream)).toString()];
    };
    expect(await range(0)).toEqual([0, 7, 'one\ntwo']);
    expect(await range(7)).toEqual([107, 118, 'three\nfour\n']);
    expect(await range(50, 5)).toEqual([107, 107, '']);
    expect(await range(105, 5)).toEqual([107, 110, 'thr']);
    expect(await range(110)).toEqual([110, 118, 'ee\nfour\n']);
  });

  test('of everything get a line in its place', async () => {
    expect(String(await bytesOf(scratch.store.readAll(worker, process)))).toBe(`one\ntwo\n${said}\nthree\nfour\n`);
  });

  test('of lines get it as one of them, and no line goes over it', async () => {
    const tail = await scratch.store.tail(worker, process, { lines: 10 });
    expect(tail.map(({ text, offset }) => [offset, text])).toEqual([
      [0, 'one'],
      [4, 'two'],
      [7, said],
      [107, 'three'],
      [113, 'four'],
    ]);
    expect(tail[2]?.gap).toEqual(gap(7, 107));
    expect((await scratch.store.tail(worker, process, { lines: 3 }))[0]?.text).toBe(said);
  });

  test('who follow are told where it goes on', async () => {
    const heard: [number, number][] = [];
    scratch.store.subscribe(worker, process, ({ offset, slices }) => heard.push([offset, slices.length]));
    lose(118, 10);
    await scratch.put(runRef(), 'x');
    expect(heard).toEqual([
      [128, 0],
      [128, 1],
    ]);
  });
});

test('a clear leaves no gap behind, and comes before those that follow', async () => {
  await scratch.put(runRef(), 'some');
  lose(4, 6);
  scratch.store.clear(worker, process);
  lose(10, 5);
  await scratch.put(runRef(), 'new');
  await scratch.reopen();
  expect(run()).toMatchObject({ bytes: 18, storedBytes: 3, gaps: [gap(10, 15)] });
});

const step = fc.oneof(
  fc.record({ put: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ lose: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ reopen: fc.constant(true) }),
);
test('whatever comes in whatever order: what is read is what was put, where it was put', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const mine = new Scratch({ segmentBytes: 256 });
      try {
        const written: (number | null)[] = [];
        for (const one of steps) {
          if ('put' in one) {
            const bytes = Buffer.from(Array.from({ length: one.put }, (_, i) => (written.length + i) % 251));
            await mine.put(runRef(), bytes);
            written.push(...bytes);
          } else if ('lose' in one) {
            mine.store.skip(runRef(), written.length, one.lose, 'file-deleted');
            written.push(...Array<null>(one.lose).fill(null));
          } else await mine.reopen();
        }
        expect(mine.store.length(runRef())).toBe(written.length);
        if (written.length === 0) return;
        const found = Array<number | null>(written.length).fill(null);
        for (let at = 0; at < written.length;) {
          const { offset, end, stream } = mine.store.read(runRef(), { offset: at });
          (await bytesOf(stream)).forEach((byte, i) => (found[offset + i] = byte));
          at = Math.max(end, at + 1);
        }
        expect(found).toEqual(written);
        const [{ storedBytes, gaps } = { storedBytes: 0, gaps: [] }] = mine.store.runs(worker, process);
        expect(storedBytes + gaps.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(written.length);
      } finally {
        await mine.dispose();
      }
    }),
    { numRuns: 60 },
  );
});
