/** What a process reads, and where it writes when its output is split. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const NEVER = { when: 'never' } as const;

test('nothing, a file, a text with everything in it that a shell might mind', async () => {
  const manager = await managerOf();
  const place = world.directory();
  writeFileSync(join(place, 'in.txt'), 'from a file\n');
  startLauncher(world, { managerUrl: manager.url });
  const base = { command: ['cat'], workingDir: place, restart: NEVER };
  await manager.define({ ...base, name: 'a' });
  await until('its end', 30_000, () => manager.ended('a')[0]?.exit.exitCode === 0);
  expect(manager.textOf()).toBe('');
  await manager.define({ ...base, name: 'b', stdin: { kind: 'file', path: 'in.txt' } });
  await until('the file', 30_000, () => manager.textOf() === 'from a file\n');
  const text = `'quotes' "$HOME" \`x\`\\\n#end\n\x1b[0m ä€\n`;
  await manager.define({ ...base, name: 'c', stdin: { kind: 'text', text } });
  await until('the text', 30_000, () => manager.textOf() === `from a file\n${text}`);
});

test('the text is for its owner only, and every run reads it from the beginning', async () => {
  const manager = await managerOf();
  const { dataDir } = startLauncher(world, { managerUrl: manager.url });
  await manager.define({
    name: 'a',
    command: 'read word; echo $word; test $word = none',
    stdin: { kind: 'text', text: 'secret\n' },
    restart: { when: 'on-failure', delayMs: 0, maxRestarts: 2 },
  });
  await until('three runs', 30_000, () => manager.textOf() === 'secret\n'.repeat(3));
  const { run } = await until('the end of the first', 30_000, () => manager.ended('a')[0]);
  expect(statSync(join(dataDir, 'processes', 'a', 'runs', run, 'stdin')).mode & 0o777).toBe(0o600);
});

test('a FIFO: it begins before anybody writes, and reads what comes', async () => {
  const manager = await managerOf();
  const fifo = join(world.directory(), 'fifo');
  expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
  startLauncher(world, { managerUrl: manager.url });
  await manager.define({ name: 'a', command: ['cat'], stdin: { kind: 'file', path: fifo } });
  await manager.running('a');
  for (const word of ['one\n', 'two\n']) {
    writeFileSync(fifo, word);
    await until(word, 30_000, () => manager.textOf().endsWith(word));
  }
  expect(await manager.control({ process: 'a', verb: 'stop' })).toMatchObject({ ok: true, certificate: { left: [] } });
});

test.each(['missing', '.'])('a stdin that cannot be read (%s) is a birth that did not happen', async (name) => {
  const manager = await managerOf();
  const path = join(world.directory(), name);
  startLauncher(world, { managerUrl: manager.url });
  expect(await manager.define({ name: 'a', command: ['cat'], stdin: { kind: 'file', path } })).toMatchObject({
    ok: false,
    message: expect.stringContaining(`its stdin ${path} cannot be read; create it, or correct stdin`) as string,
  });
  expect(manager.report('a')?.state.kind).toBe('failed');
});

test('split: stderr is a file of its own; merged: one file has both, in order', async () => {
  const manager = await managerOf();
  const { dataDir } = startLauncher(world, { managerUrl: manager.url });
  const base = { command: 'echo out; echo err >&2; echo more', restart: NEVER };
  await manager.define({ ...base, name: 'a', output: 'split' });
  await manager.define({ ...base, name: 'b' });
  await until('both ends', 30_000, () => manager.ended('a').length + manager.ended('b').length === 2);
  const fileOf = (process: string, file: string): string =>
    readFileSync(join(dataDir, 'processes', process, 'runs', manager.ended(process)[0]?.run ?? '', file), 'utf8');
  expect(fileOf('a', 'output')).toBe('out\nmore\n');
  expect(fileOf('a', 'errors')).toBe('err\n');
  expect(fileOf('b', 'output')).toBe('out\nerr\nmore\n');
  expect(() => fileOf('b', 'errors')).toThrow();
});
