/** Output in segments: cut, packed, and read as if it were one file. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { until } from '../harness/until';
import { bytesOf, listOf, process, runRef, Scratch, T0, worker } from './scratch-store';

const KEEP_ALL = {
  runs: 100,
  bytesPerProcess: 2 ** 40,
  bytesPerWorker: 2 ** 40,
  ageMs: 2 ** 40,
  removedAgeMs: 2 ** 40,
};
const LINES = Array.from({ length: 200_000 }, (_, i) => `line ${i} ${'x'.repeat(i % 50)}\n`).join('');

let scratch: Scratch;
beforeEach(() => (scratch = new Scratch({ segmentBytes: 1024 * 1024 })));
afterEach(() => scratch.dispose());

const files = () => readdirSync(join(scratch.dir, 'w1', 'api')).filter((name) => /\.log(\.gz)?$/.test(name));
const packed = () => files().filter((name) => name.endsWith('.gz'));
const whole = () => bytesOf(scratch.store.read(runRef()).stream);
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function putInPieces(bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += 300_000) await scratch.put(runRef(), bytes.subarray(at, at + 300_000));
}
async function packAll(): Promise<void> {
  scratch.store.keep(KEEP_ALL, () => true);
  await until('all but the last segment packed', 30_000, () => files().length - packed().length === 1);
}

test('they are cut by length, packed behind the writer, and hold the same bytes, also after a reopening', async () => {
  const bytes = Buffer.concat([randomBytes(700_000), Buffer.from(LINES), randomBytes(700_000)]);
  await putInPieces(bytes);
  expect(files().length).toBeGreaterThan(4);
  await packAll();
  for (const reopens of [false, true]) {
    if (reopens) await scratch.reopen();
    expect(scratch.store.length(runRef())).toBe(bytes.length);
    expect(hash(await whole())).toBe(hash(bytes));
    const middle = scratch.store.read(runRef(), { offset: 1_500_000, bytes: 1_000_000 });
    expect((await bytesOf(middle.stream)).equals(bytes.subarray(1_500_000, 2_500_000))).toBe(true);
  }
  await scratch.put(runRef(), 'and on');
  expect((await whole()).subarray(-6).toString()).toBe('and on');
});

test('a packed one is a gzip file that any tool reads', async () => {
  await putInPieces(Buffer.from(LINES));
  await packAll();
  const first = packed().sort((a, b) => a.length - b.length)[0] ?? '';
  const bytes = gunzipSync(readFileSync(join(scratch.dir, 'w1', 'api', first)));
  expect(LINES.startsWith(bytes.toString())).toBe(true);
  expect(bytes.length).toBeGreaterThan(1_000_000);
});

test('lines, times and searches go over their borders', async () => {
  scratch.nowMs = T0;
  await putInPieces(Buffer.from(LINES));
  scratch.nowMs = T0 + 60_000;
  await scratch.put(runRef(), 'a minute later\n');
  await packAll();
  const { store } = scratch;
  const all = await store.tail(worker, process, { lines: 1_000_000 });
  expect(all.map(({ text }) => `${text}\n`).join('')).toBe(`${LINES}a minute later\n`);
  const found = await listOf(store.search([{ worker, process }], { pattern: 'line 1234' }));
  expect(found.map(({ line }) => line)).toEqual(LINES.split('\n').filter((line) => line.includes('line 1234')));
  expect(found.map(({ offset }) => LINES.slice(offset, offset + 9))).toEqual(found.map(() => 'line 1234'));
  expect(await store.since(runRef(), T0 + 30_000)).toBe(LINES.length);
  expect(await store.lineOffset(runRef(), 150_001)).toBe(LINES.indexOf('line 150000 '));
});

test('a reader in the middle of one that is packed meanwhile reads on', async () => {
  const bytes = randomBytes(4_000_000);
  await putInPieces(bytes);
  const pieces: Buffer[] = [];
  for await (const piece of scratch.store.read(runRef()).stream)
    if (pieces.push(piece as Buffer) === 2) await packAll();
  expect(hash(Buffer.concat(pieces))).toBe(hash(bytes));
});

test('what a crash left of a packing is not taken for anything', async () => {
  await putInPieces(Buffer.from(LINES));
  await packAll();
  const [first = ''] = packed();
  const plain = join(scratch.dir, 'w1', 'api', first.replace('.gz', ''));
  writeFileSync(plain, 'left over');
  writeFileSync(`${plain}.gz.t`, 'half');
  await scratch.reopen();
  expect((await whole()).toString()).toBe(LINES);
  expect(existsSync(plain)).toBe(false);
});
