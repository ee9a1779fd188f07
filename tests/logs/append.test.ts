import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runIdOf } from '../../protocol/ids';
import { body, bytesOf, Feed, process, runRef, Scratch, T0, untilLength, worker } from './scratch-store';

let scratch: Scratch;
beforeEach(() => (scratch = new Scratch()));
afterEach(() => scratch.dispose());

const stored = (n = 0) => bytesOf(scratch.store.read(runRef(n)).stream);

test('a body is stored at the length and nowhere else', async () => {
  const { store } = scratch;
  expect(await store.append(runRef(), 0, body('one ', 'two'))).toEqual({ ok: true, offset: 7 });
  expect(await store.append(runRef(), 7, body(' three'))).toEqual({ ok: true, offset: 13 });
  expect((await stored()).toString()).toBe('one two three');
  expect(readFileSync(join(scratch.dir, 'w1', 'api', `${runRef().run}.log`), 'utf8')).toBe('one two three');
});

test('a repeat, an overlap and a skip are refused with the length, and write nothing', async () => {
  const { store } = scratch;
  await scratch.put(runRef(), 'abcdef');
  for (const offset of [0, 3, 7, 1e9])
    expect(await store.append(runRef(), offset, body('XXXXXXXX'))).toEqual({ ok: false, offset: 6 });
  expect((await stored()).toString()).toBe('abcdef');
});

test('a refused first piece leaves no run behind', async () => {
  expect(await scratch.store.append(runRef(), 5, body('late'))).toEqual({ ok: false, offset: 0 });
  expect(scratch.store.runs(worker, process)).toEqual([]);
  expect(existsSync(join(scratch.dir, 'w1'))).toBe(false);
});

test('while one append of a run is under way a second is refused, and another run is not', async () => {
  const { store } = scratch;
  const feed = new Feed();
  const first = store.append(runRef(), 0, feed);
  feed.give('slow');
  await untilLength(store, runRef(), 4);
  expect(await store.append(runRef(), 4, body('second'))).toEqual({ ok: false, offset: 4 });
  expect(await store.append(runRef(1), 0, body('other'))).toEqual({ ok: true, offset: 5 });
  feed.end();
  expect(await first).toEqual({ ok: true, offset: 4 });
  expect(await store.append(runRef(), 4, body(' done'))).toEqual({ ok: true, offset: 9 });
});

test('what arrived before a body broke off stays, and the sender goes on from there', async () => {
  const { store } = scratch;
  const feed = new Feed();
  const broken = store.append(runRef(), 0, feed);
  feed.give('half a li');
  feed.end('broken');
  expect(await broken).toEqual({ ok: false, offset: 9 });
  expect(await store.append(runRef(), 9, body('ne\n'))).toEqual({ ok: true, offset: 12 });
  expect((await stored()).toString()).toBe('half a line\n');
});

test('a request cut in the middle of its body leaves a true prefix', async () => {
  const { store } = scratch;
  const sent = randomBytes(300_000);
  let appended: Promise<unknown> = Promise.resolve();
  const server = createServer((req) => {
    appended = store.append(runRef(), 0, req);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = request({ port, method: 'POST', headers: { 'content-length': 1_000_000 } });
  client.on('error', () => undefined);
  client.write(sent);
  await untilLength(store, runRef(), sent.length);
  client.destroy();
  expect(await appended).toEqual({ ok: false, offset: sent.length });
  expect((await stored()).equals(sent)).toBe(true);
  server.close();
});

test('any bytes come back as they were, also over a pause in the middle of a character', async () => {
  const bytes = Buffer.concat([randomBytes(1_500_000), Buffer.from('\0\r\n\xff', 'latin1')]);
  await scratch.store.append(runRef(), 0, body(bytes.subarray(0, 700_001), bytes.subarray(700_001)));
  expect((await stored()).equals(bytes)).toBe(true);
});

test('many small pieces are gathered in order', async () => {
  const pieces = Array.from({ length: 5000 }, (_, i) => `line ${i}\n`);
  const result = await scratch.store.append(runRef(), 0, body(...pieces));
  expect(result).toEqual({ ok: true, offset: pieces.join('').length });
  expect((await stored()).toString()).toBe(pieces.join(''));
});

test('single lines go to the end at once, and behind an append under way', async () => {
  const { store } = scratch;
  store.appendLine(runRef(), Buffer.from('a\n'));
  expect(store.length(runRef())).toBe(2);
  const feed = new Feed();
  const append = store.append(runRef(), 2, feed);
  feed.give('b\n');
  store.appendLine(runRef(), Buffer.from('c\n'));
  store.appendLine(runRef(), Buffer.from('d\n'));
  feed.end();
  await append;
  expect((await stored()).toString()).toBe('a\nb\nc\nd\n');
});

test('more runs than descriptors are kept open are written all the same', async () => {
  const refs = Array.from({ length: 600 }, (_, i) => ({ ...runRef(), run: runIdOf(T0 + i, 'abcdefghijkl') }));
  for (const round of ['x', 'y']) for (const ref of refs) await scratch.put(ref, round);
  for (const ref of refs) expect((await bytesOf(scratch.store.read(ref).stream)).toString()).toBe('xy');
});

test('a viewer hears exactly the bytes stored, with their offsets, until it leaves', async () => {
  const { store } = scratch;
  const heard: [offset: number, text: string][] = [];
  await scratch.put(runRef(), 'before ');
  const leave = store.subscribe(worker, process, ({ offset, slices }) =>
    heard.push([offset, Buffer.concat(slices).toString()]),
  );
  await scratch.put(runRef(), 'seen ');
  store.appendLine(runRef(), Buffer.from('too '));
  leave();
  await scratch.put(runRef(), 'after');
  expect(heard).toEqual([
    [7, 'seen '],
    [12, 'too '],
  ]);
});

test('a disk that refuses is told with the place, and the run can go on', async () => {
  const { store } = scratch;
  await scratch.put(runRef(1), 'x');
  // A folder where the file should be: a refusal that also root gets.
  const path = join(scratch.dir, 'w1', 'api', `${runRef().run}.log`);
  mkdirSync(path);
  await expect(store.append(runRef(), 0, body('x'))).rejects.toThrow(/Could not store output of w1\/api.*at offset 0/);
  rmdirSync(path);
  expect(await store.append(runRef(), 0, body('x'))).toEqual({ ok: true, offset: 1 });
});

test('what is stored is not refused because its time could not be noted, which is told once', async () => {
  const { store } = scratch;
  mkdirSync(join(scratch.dir, 'w1', 'api', `${runRef().run}.times`), { recursive: true });
  store.appendLine(runRef(), Buffer.from('line\n'));
  expect(await store.append(runRef(), 5, body('piece\n'))).toEqual({ ok: true, offset: 11 });
  expect((await stored()).toString()).toBe('line\npiece\n');
  expect(scratch.troubles).toEqual([
    expect.stringMatching(/^when output of w1\/api, run \w+, arrived could not be noted: EISDIR/),
  ]);
});

test('after close everything is refused, and nothing was lost', async () => {
  const { store } = scratch;
  await scratch.put(runRef(), 'kept');
  await store.close();
  expect(await store.append(runRef(), 4, body('x'))).toEqual({ ok: false, offset: 4 });
  expect(() => store.appendLine(runRef(), Buffer.from('x'))).toThrow(/closed/);
  const again = await scratch.reopen();
  expect(again.length(runRef())).toBe(4);
  expect(again.lengths(worker)).toEqual({ [runRef().run]: 4 });
  expect(again.processes(worker)).toEqual(['api']);
  expect(await again.append(runRef(), 4, body('!'))).toEqual({ ok: true, offset: 5 });
});
