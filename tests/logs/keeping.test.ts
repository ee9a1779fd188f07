import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WorkerId } from '../../protocol/ids';
import { until } from '../harness/until';
import { body, bytesOf, Feed, listOf, process, runRef, Scratch, untilLength, worker } from './scratch-store';

let scratch: Scratch;
beforeEach(() => (scratch = new Scratch()));
afterEach(() => scratch.dispose());

const all = () => bytesOf(scratch.store.readAll(worker, process)).then(String);
const runs = () => scratch.store.runs(worker, process).map(({ run, bytes, begin }) => [run, bytes, begin]);
const logFile = (n: number) => join(scratch.dir, 'w1', 'api', `${runRef(n).run}.log`);

describe('a clear', () => {
  beforeEach(async () => {
    await scratch.put(runRef(0), 'old run\n');
    await scratch.put(runRef(1), 'so far\n'.repeat(10_000));
    scratch.store.clear(worker, process);
  });

  test('hides what was, also after a reopening, and keeps offsets true', async () => {
    for (const opened of [() => scratch.store, () => scratch.reopen()]) {
      const store = await opened();
      expect(await all()).toBe('');
      expect(await store.tail(worker, process, { lines: 5 })).toEqual([]);
      expect(await listOf(store.search([{ worker, process }], { pattern: 'o', limit: 5 }))).toEqual([]);
      expect(store.length(runRef(1))).toBe(70_000);
      expect(runs()).toEqual([[runRef(1).run, 70_000, 70_000]]);
    }
    await scratch.put(runRef(1), 'new\n');
    expect(await all()).toBe('new\n');
    expect(await scratch.store.tail(worker, process, { lines: 5 })).toMatchObject([{ offset: 70_000, text: 'new' }]);
    expect(scratch.store.read(runRef(1), { offset: 3 }).offset).toBe(70_000);
  });

  test('frees the space', () => {
    expect(existsSync(logFile(1))).toBe(false);
    expect(scratch.store.runs(worker, process)[0]).toMatchObject({ storedBytes: 0, gaps: [] });
  });

  test('of an ended run that is still being sent brings nothing back', async () => {
    expect(await scratch.store.append(runRef(0), 0, body('old run\n'))).toEqual({ ok: false, offset: 8 });
    expect(await scratch.store.append(runRef(0), 8, body('its last words\n'))).toEqual({ ok: true, offset: 23 });
    expect(await all()).toBe('its last words\n');
  });
});

test('a clear in the middle of an append loses nothing that comes after it', async () => {
  const feed = new Feed();
  const append = scratch.store.append(runRef(), 0, feed);
  feed.give('before\n');
  await untilLength(scratch.store, runRef(), 7);
  scratch.store.clear(worker, process);
  feed.give('after\n');
  feed.end();
  expect(await append).toEqual({ ok: true, offset: 13 });
  expect(await all()).toBe('after\n');
});

test('a process or a worker that is removed is gone, and may come again', async () => {
  const { store } = scratch;
  const other = { ...runRef(), worker: WorkerId.parse('w2') };
  await scratch.put(runRef(), 'one\n');
  await scratch.put(other, 'two\n');
  store.remove(worker, process);
  store.remove(other.worker);
  expect([store.processes(worker), store.processes(other.worker)]).toEqual([[], []]);
  expect(store.length(runRef())).toBe(0);
  await scratch.put(runRef(), 'again\n');
  expect(await all()).toBe('again\n');
  await scratch.reopen();
  expect(scratch.store.processes(other.worker)).toEqual([]);
  expect(await all()).toBe('again\n');
});

test('a removal in the middle of an append ends it and leaves no file', async () => {
  const feed = new Feed();
  const append = scratch.store.append(runRef(), 0, feed);
  feed.give('some');
  await untilLength(scratch.store, runRef(), 4);
  scratch.store.remove(worker);
  feed.give('more');
  feed.end();
  expect(await append).toEqual({ ok: false, offset: 0 });
  await scratch.reopen();
  expect(existsSync(join(scratch.dir, 'w1'))).toBe(false);
});

test('a reader in the middle of a clear or a removal ends, and shows no other bytes', async () => {
  const text = 'x'.repeat(3_000_000);
  for (const end of [() => scratch.store.clear(worker, process), () => scratch.store.remove(worker)]) {
    await scratch.put(runRef(), text);
    const { stream } = scratch.store.read(runRef());
    const pieces: Buffer[] = [];
    for await (const piece of stream) {
      if (pieces.push(piece as Buffer) === 1) end();
    }
    const bytes = Buffer.concat(pieces);
    expect(bytes.length).toBeLessThan(text.length);
    expect(bytes.toString().replaceAll('x', '')).toBe('');
    scratch.store.remove(worker);
  }
});

describe('by rules', () => {
  const ALL = { runs: 100, bytesPerProcess: 2 ** 40, bytesPerWorker: 2 ** 40, ageMs: 2 ** 40, removedAgeMs: 2 ** 40 };
  const kept = () => scratch.store.runs(worker, process).map(({ run }) => run);

  test('ended runs beyond a number go, those that failed last, and nothing of them is left', async () => {
    for (let n = 0; n < 5; n++) await scratch.put(runRef(n), `run ${n}\n`);
    for (let n = 0; n < 4; n++) scratch.store.ended(runRef(n), n === 0 ? 'failed' : 'clean');
    await scratch.reopen();
    scratch.store.keep({ ...ALL, runs: 2 }, () => true);
    await until('the surplus to go', 30_000, () => kept().length === 3);
    expect(kept()).toEqual([0, 3, 4].map((n) => runRef(n).run));
    await scratch.reopen();
    expect(kept()).toEqual([0, 3, 4].map((n) => runRef(n).run));
    expect(readdirSync(join(scratch.dir, 'w1', 'api')).filter((name) => name.startsWith(runRef(1).run))).toEqual([]);
    expect(readdirSync(join(scratch.dir, '.trash'))).toEqual([]);
  });

  test('what lives loses its oldest segments, counted, and goes on', async () => {
    await scratch.dispose();
    scratch = new Scratch({ segmentBytes: 1_000_000, compress: false });
    for (let n = 0; n < 5; n++) await scratch.put(runRef(), `${n}`.repeat(1_000_000));
    scratch.store.keep({ ...ALL, bytesPerProcess: 2_500_000 }, () => true);
    const [before] = scratch.store.runs(worker, process);
    expect(before).toMatchObject({ bytes: 5_000_000, begin: 0 });
    const after = () => scratch.store.runs(worker, process)[0];
    await until('the oldest to go', 30_000, () => after()?.begin === 3_000_000);
    expect(after()).toMatchObject({
      bytes: 5_000_000,
      storedBytes: 2_000_000,
      gaps: [{ from: 0, to: 3_000_000, reason: 'retention' }],
    });
    const [first] = await scratch.store.tail(worker, process, { lines: 9 });
    expect(first?.text).toMatch(/^--- 3\.0 MB missing here: forgotten by retention/);
    await scratch.put(runRef(), 'and on');
    expect((await scratch.reopen()).length(runRef())).toBe(5_000_006);
    expect(after()?.gaps).toEqual([{ from: 0, to: 3_000_000, reason: 'retention' }]);
  });

  test('output of processes that are no more ages out, also over a restart', async () => {
    await scratch.put(runRef(), 'of a process that was removed\n');
    const { nowMs } = scratch;
    scratch.nowMs = Date.now() + 10_000;
    await scratch.reopen();
    scratch.store.keep({ ...ALL, removedAgeMs: 5_000 }, () => false);
    await until('it to go', 30_000, () => scratch.store.processes(worker).length === 0);
    scratch.nowMs = nowMs;
  });

  test('a disk without room for its reserve takes nothing, and takes it once there is', async () => {
    await scratch.put(runRef(), 'kept');
    await scratch.store.close();
    const options = { reserveBytes: 2 ** 60 };
    const full = new Scratch(options);
    try {
      await expect(full.store.append(runRef(), 0, body('x'))).rejects.toThrow(/short of its reserve \(logs\.reserve\)/);
      expect(full.store.length(runRef())).toBe(0);
      options.reserveBytes = 0;
      await full.reopen();
      expect(await full.store.append(runRef(), 0, body('x'))).toEqual({ ok: true, offset: 1 });
    } finally {
      await full.dispose();
    }
    await scratch.reopen();
  });
});

test('an end that the disk does not take is told, and known all the same', async () => {
  await scratch.put(runRef(), 'its last words\n');
  mkdirSync(join(scratch.dir, 'w1', 'api', `${runRef().run}.end`));
  for (let times = 0; times < 2; times++) scratch.store.ended(runRef(), 'clean');
  expect(scratch.troubles).toEqual([
    expect.stringMatching(/^how run \w+ of w1\/api ended could not be written down: EISDIR/),
  ]);
});
