/** The launcher's own disk: bounded while the manager keeps up, and honest about what is lost when it cannot. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { canMount, smallDisk } from './small-disk';
import { TinyManager, useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const onSmallDisk = canMount ? test : test.skip;
const MB = 1e6;

const node = (script: string): string[] => ['--auto-start', '--', process.execPath, '-e', script];
const runOf = (manager: TinyManager): string => [...manager.offsets.keys()][0] ?? '';
const sizeOf = (launcher: StartedLauncher): number =>
  statSync(outputOf(launcher), { throwIfNoEntry: false })?.size ?? 0;
/** The output file of a launcher's one run. */
function outputOf({ dataDir }: StartedLauncher): string {
  const runs = join(dataDir, 'processes/w1/runs');
  return join(runs, (existsSync(runs) ? readdirSync(runs)[0] : undefined) ?? 'none', 'output');
}
const stored = (manager: TinyManager, key = runOf(manager)): Buffer => Buffer.concat(manager.output.get(key) ?? []);
const lost = (manager: TinyManager): number =>
  (manager.gaps.get(runOf(manager)) ?? []).reduce((sum, { from, to }) => sum + to - from, 0);
const peakRss = (pid: number): number =>
  Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

/** Writes lines of a megabyte and of few bytes, and as its last words the hash of all before. */
const BURST = `const h=require('crypto').createHash('sha256');const fs=require('fs');
const say=(b)=>{h.update(b);for(let at=0;at<b.length;)at+=fs.writeSync(1,b,at)};
for(let i=0;i<300;i++){const b=require('crypto').randomBytes(1e6);b[b.length-1]=10;say(b);say(Buffer.from('line '+i+'\\n'))}
fs.writeSync(1,h.digest('hex'));setInterval(()=>{},1e9)`;

test('300 MB of binary and of lines of a megabyte: whole, the file freed, and little memory taken', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--output-keep', '8M', ...node(BURST)],
  });
  const ends = (): boolean => /^[0-9a-f]{64}$/.test(stored(manager).subarray(-64).toString('latin1'));
  await until('the whole burst', 120_000, () => (manager.offsets.get(runOf(manager)) ?? 0) > 300 * MB && ends());
  const bytes = stored(manager);
  expect(createHash('sha256').update(bytes.subarray(0, -64)).digest('hex')).toBe(bytes.subarray(-64).toString());
  expect(manager.conflicts).toEqual([]);
  // 60 MB of it is Node; three pieces of 4 MiB are what is on its way.
  expect(peakRss(launcher.program.pid)).toBeLessThan(130 * MB);
  expect(sizeOf(launcher)).toBe(bytes.length);
  await until('the file freed', 30_000, () => statSync(outputOf(launcher)).blocks * 512 < 8 * MB);
});

test('a manager that lost what was freed here is told so, once, and gets the rest', async () => {
  const manager = await managerOf();
  const flags = ['--output-keep', '1M', '--auto-start', '--command', 'seq -w 1 400000; sleep 1000'];
  const launcher = startLauncher(world, { managerUrl: manager.url, flags });
  await until('all of it', 30_000, () => manager.offsets.get(runOf(manager)) === 2_800_000);
  const whole = stored(manager);
  await until('the head freed', 30_000, () => statSync(outputOf(launcher)).blocks * 512 <= 2 ** 20); // and no more of it is
  manager.offsets.set(runOf(manager), 1000);
  manager.output.clear();
  manager.resync();
  await until('it again', 30_000, () => manager.offsets.get(runOf(manager)) === 2_800_000);
  const [gap] = manager.gaps.get(runOf(manager)) ?? [];
  expect(gap).toMatchObject({ from: 1000, reason: 'already-freed' });
  expect(stored(manager).equals(whole.subarray(gap?.to))).toBe(true);
  // Also by the next launcher, which knows only what was written down.
  await launcher.program.end('SIGKILL');
  manager.offsets.set(runOf(manager), 0);
  manager.gaps.clear();
  launcher.again();
  await until('it once more', 30_000, () => manager.offsets.get(runOf(manager)) === 2_800_000);
  expect(manager.gaps.get(runOf(manager))).toEqual([{ from: 0, to: gap?.to, reason: 'already-freed' }]);
});

test('a file that somebody cut short is a mark, and what is written afterwards arrives', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', 'echo before; while ! [ -e go ]; do sleep 0.01; done; echo after; sleep 1000'],
    dataDir: world.directory(),
  });
  await until('the first line', 30_000, () => manager.textOf() === 'before\n');
  truncateSync(outputOf(launcher));
  // The cut is seen when the file is next looked at; a write after it must not be taken for the place it was at.
  await until('the mark', 30_000, () => manager.gaps.get(runOf(manager)));
  expect(manager.gaps.get(runOf(manager))).toEqual([{ from: 7, to: 7, reason: 'file-truncated' }]);
  expect(manager.textOf()).toBe('before\n');
});

test('a file that somebody deleted is read on through the child that holds it', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done'],
  });
  await until('some lines', 30_000, () => manager.textOf().includes('\n20\n'));
  rmSync(outputOf(launcher));
  manager.cut();
  await until('more lines', 30_000, () => manager.textOf().includes('\n200\n'));
  const lines = manager.textOf().split('\n').slice(0, -1);
  expect(lines).toEqual(lines.map((_, i) => String(i + 1)));
  expect(manager.gaps.size).toBe(0);
});

onSmallDisk('while the manager is away the reserve stays free; the oldest bytes are given up and counted', async () => {
  const disk = smallDisk(world, 64);
  const script = `const fs=require('fs');let n=0;const t=setInterval(()=>{if(n++===90)return clearInterval(t);
    for(let at=0,b=Buffer.alloc(1e6,String(n%10));at<b.length;)at+=write(b,at)},10);setInterval(()=>{},1e9);
    function write(b,at){try{return fs.writeSync(1,b,at)}catch(e){if(e.code!=='ENOSPC')throw e;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,20);return 0}}`;
  // Its port, which nobody answers at until all is written.
  const away = await TinyManager.start();
  const { url, port } = away;
  await away.close();
  const flags = ['--disk-reserve', '24M', ...node(script)];
  const launcher = startLauncher(world, { managerUrl: url, dataDir: disk, flags });
  await until('all of it written', 60_000, () => sizeOf(launcher) === 90 * MB);
  const manager = await TinyManager.start(port);
  world.afterwards(() => manager.close());
  await until('the rest of it', 60_000, () => manager.offsets.get(runOf(manager)) === 90 * MB);
  expect(lost(manager)).toBeGreaterThan(40 * MB);
  expect(stored(manager).length + lost(manager)).toBe(90 * MB);
  const digits = Buffer.concat(Array.from({ length: 90 }, (_, i) => Buffer.alloc(MB, String((i + 1) % 10))));
  expect(stored(manager).equals(digits.subarray(lost(manager)))).toBe(true);
  expect(manager.gaps.get(runOf(manager))).toMatchObject([{ from: 0, reason: 'worker-disk-full' }]);
});

onSmallDisk(
  'a full disk fails the write of the child alone; what was freed it writes on into, and nothing is lost',
  async () => {
    const manager = await managerOf();
    const disk = smallDisk(world, 16);
    // Forty megabytes through sixteen, of which none is taken before the disk is full.
    const wasFull = join(world.directory(), 'was-full');
    manager.outputRefusals.set('w1', { status: 503, body: { success: false, error: 'later', code: 'unavailable' } });
    const script = `const fs=require('fs');let full=0;function write(b){
    for(let at=0;at<b.length;)try{at+=fs.writeSync(1,b,at)}catch(e){if(e.code!=='ENOSPC')throw e;if(full++===0)fs.writeFileSync('${wasFull}','');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,20)}}
    for(let n=1;n<=40;n++)write(Buffer.alloc(1e6,String(n%10)));write(Buffer.from('full '+(full>0)));setInterval(()=>{},1e9)`;
    const flags = ['--output-keep', '4M', '--disk-reserve', '0', ...node(script)];
    startLauncher(world, { managerUrl: manager.url, dataDir: disk, flags });
    await until('the disk to be full', 30_000, () => existsSync(wasFull));
    manager.outputRefusals.clear();
    await until('its last word', 60_000, () => stored(manager).length === 40 * MB + 9);
    const digits = Buffer.concat(Array.from({ length: 40 }, (_, i) => Buffer.alloc(MB, String((i + 1) % 10))));
    expect(
      stored(manager)
        .subarray(0, 40 * MB)
        .equals(digits),
    ).toBe(true);
    expect(stored(manager).subarray(-9).toString()).toBe('full true');
    expect(manager.gaps.size).toBe(0);
  },
);
