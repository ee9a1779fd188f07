/** DESIGN promise 4: every byte arrives once, whatever happens to the line. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { TinyManager, useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const hash = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
const lastLine = (manager: TinyManager): string => manager.textOf().trimEnd().split('\n').at(-1) ?? '';
const whole = (manager: TinyManager): Promise<boolean> =>
  until('the whole output', 30_000, () => {
    const [ended] = manager.ended('w1');
    return ended !== undefined && manager.offsets.get(ended.run) === ended.outputBytes;
  });

test('binary, without a last newline, larger than any piece, and the tail of a program that ends at once', async () => {
  const manager = await managerOf();
  const script = `const b=require('crypto').createHash('sha256');let left=40;const f=()=>{while(left-->0){const p=require('crypto').randomBytes(1e6);b.update(p);require('fs').writeSync(1,p)}};f();require('fs').writeSync(2,b.digest('hex'))`;
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--', process.execPath, '-e', script] });
  await whole(manager);
  const run = manager.ended('w1')[0]?.run;
  const bytes = Buffer.concat((run && manager.output.get(run)) ?? []);
  expect(bytes.length).toBe(40e6 + 64);
  expect(hash(bytes.subarray(0, 40e6))).toBe(bytes.subarray(40e6).toString());
  expect(manager.conflicts).toEqual([]);
});

test('a lone line is on its way at once', async () => {
  const manager = await managerOf();
  const dir = world.directory();
  const command = 'n=1; while :; do until [ -e $n ]; do sleep 0.02; done; date +%s%3N; n=$((n + 1)); done';
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--working-dir', dir, '--command', command],
  });
  // Each is written a while after the last one came, so a poll would be late for all of them; a busy machine is for some.
  const tookMs: number[] = [];
  for (let n = 1; n <= 10; n++) {
    await new Promise((done) => setTimeout(done, 100));
    writeFileSync(join(dir, String(n)), '');
    const stamp = await until(
      'the line',
      30_000,
      () => manager.textOf().split('\n')[n] !== undefined && lastLine(manager),
    );
    tookMs.push(Date.now() - Number(stamp));
  }
  expect(Math.min(...tookMs)).toBeLessThan(500); // 5 ms on a quiet machine
});

test('the connection cut again and again under load: nothing missing, nothing twice', async () => {
  let manager = await managerOf();
  const { port } = manager;
  const lines = 200_000;
  const command = `seq 1 ${lines / 2}; sleep 0.7; seq ${lines / 2 + 1} ${lines}`;
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', command] });
  const kept = { offsets: manager.offsets, output: manager.output, knows: manager.knows };
  for (let cut = 0; cut < 4; cut++) {
    await until('some output', 30_000, () => manager.offsets.size > 0);
    await manager.close();
    manager = await TinyManager.start(port);
    // The same store behind a new program, as after a restart of a real manager.
    for (const [run, offset] of kept.offsets) manager.offsets.set(run, offset);
    for (const [run, parts] of kept.output) manager.output.set(run, parts);
    for (const worker of kept.knows) manager.knows.add(worker);
    Object.assign(kept, { offsets: manager.offsets, output: manager.output, knows: manager.knows });
  }
  const last = manager;
  world.afterwards(() => last.close());
  await whole(last);
  expect(last.textOf()).toBe(Array.from({ length: lines }, (_, n) => `${n + 1}\n`).join(''));
});

test('the manager says where it stands, and is believed: less after a restored backup', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', 'seq 1 1000; sleep 1000'] });
  const run = await until('the output', 30_000, () => [...manager.offsets].find(([, offset]) => offset === 3893)?.[0]);
  manager.offsets.set(run, 100);
  manager.output.set(run, [Buffer.concat(manager.output.get(run) ?? []).subarray(0, 100)]);
  manager.resync();
  await until('it again', 30_000, () => manager.offsets.get(run) === 3893);
  expect(manager.textOf()).toBe(Array.from({ length: 1000 }, (_, n) => `${n + 1}\n`).join(''));
});

test('a loud process does not silence a quiet one', async () => {
  const manager = await managerOf();
  manager.countOnly = true;
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', 'head -c 300000000 /dev/zero; sleep 1000'],
  });
  await manager.running('w1');
  manager.send({
    kind: 'define',
    id: 'd',
    by: 'test',
    why: '',
    start: true,
    spec: { name: 'quiet', command: 'echo hello; sleep 1000', workingDir: null },
  } as never);
  const quiet = await until('the quiet run', 30_000, () => {
    const state = manager.report('quiet')?.state;
    return state?.kind === 'running' ? state.run : undefined;
  });
  await until('its line', 30_000, () => manager.offsets.get(quiet) === 6);
});
