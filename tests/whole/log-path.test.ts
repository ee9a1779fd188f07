/** From the child's write to whoever reads it: whole, bounded, and honest about what is missing. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SearchLine } from '../../protocol/http';
import type { LogRunView } from '../../protocol/views';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { canMount, smallDisk } from '../launcher/small-disk';

const world = useWorld();
const onSmallDisk = canMount ? test : test.skip;
const MB = 1e6;
const DEADLINE_MS = 60_000;

const runsOf = async (manager: StartedManager, process = 'w1', query = ''): Promise<LogRunView[]> =>
  (await manager.get<{ runs: LogRunView[] }>(`/api/logs/w1/${process}${query}`)).runs;
async function bytesOf(manager: StartedManager, run: string, query = '', process = 'w1'): Promise<Buffer> {
  const headers = { 'accept-encoding': 'identity' };
  const answer = await fetch(`${manager.url}/api/logs/w1/${process}/${run}${query}`, { headers });
  return Buffer.from(await answer.arrayBuffer());
}
const node = (script: string): string[] => ['--auto-start', '--', process.execPath, '-e', script];
const peakRss = (pid: number): number =>
  Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
function outputOf({ dataDir }: StartedLauncher): string {
  const found = readdirSync(dataDir, { recursive: true, encoding: 'utf8' });
  return join(dataDir, found.find((name) => /\/\d{13}[a-z2-7]{12}\/output$/.test(name)) ?? 'none');
}

test('300 MB of binary and of lines of a megabyte arrive whole; nobody takes much memory', async () => {
  const manager = await StartedManager.start(world);
  const script = `const h=require('crypto').createHash('sha256');const fs=require('fs');
    const say=(b)=>{h.update(b);for(let at=0;at<b.length;)at+=fs.writeSync(1,b,at)};
    for(let i=0;i<300;i++){const b=require('crypto').randomBytes(1e6);b[b.length-1]=10;say(b)}fs.writeSync(1,h.digest('hex'))`;
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: node(script) });
  const run = await until('all of it', 180_000, async () =>
    (await runsOf(manager)).find(({ bytes }) => bytes === 300 * MB + 64),
  );
  const bytes = await bytesOf(manager, run.run_id);
  expect(
    createHash('sha256')
      .update(bytes.subarray(0, 300 * MB))
      .digest('hex'),
  ).toBe(bytes.subarray(-64).toString());
  expect(run).toMatchObject({ begin: 0, stored_bytes: 300 * MB + 64 });
  expect(peakRss(launcher.program.pid)).toBeLessThan(150 * MB);
  expect(peakRss(manager.program.pid)).toBeLessThan(250 * MB);
}, 300_000);

test('a split run: two streams, each whole, and shown together', async () => {
  const manager = await StartedManager.start(world);
  const file = join(world.directory(), 'processes.json');
  const command = 'echo out 1; echo err 1 >&2; echo out 2; echo err 2 >&2; sleep 1000';
  writeFileSync(file, JSON.stringify([{ name: 'both', command, output: 'split', autoStart: true }]));
  startLauncher(world, { managerUrl: manager.url, flags: ['--processes', file] });
  const [errors] = await until('both streams', DEADLINE_MS, async () => {
    const [out] = await runsOf(manager, 'both');
    const found = await runsOf(manager, 'both', '?stream=stderr');
    return out?.bytes === 12 && found[0]?.bytes === 12 ? found : null;
  });
  const run = errors?.run_id ?? '';
  expect(errors?.stream).toBe('stderr');
  expect(String(await bytesOf(manager, run, '', 'both'))).toBe('out 1\nout 2\n');
  expect(String(await bytesOf(manager, run, '?stream=stderr', 'both'))).toBe('err 1\nerr 2\n');
  const { logs } = await manager.get<{ logs: string[] }>('/api/workers/w1/logs?process=both');
  expect(logs.map((line) => line.replace(/^\[.*?\] /, '')).sort()).toEqual(
    ['[STDERR] err 1', '[STDERR] err 2', '[STDOUT] out 1', '[STDOUT] out 2'], // prettier-ignore
  );
});

test('a search over processes comes as JSON lines and ends with whether it is complete', async () => {
  const manager = await StartedManager.start(world);
  const file = join(world.directory(), 'processes.json');
  const says = (name: string) => ({ name, command: `seq -f '${name} %g' 20000; sleep 1000`, autoStart: true });
  writeFileSync(file, JSON.stringify([says('a'), says('b')]));
  startLauncher(world, { managerUrl: manager.url, flags: ['--processes', file] });
  const search = async (body: object): Promise<SearchLine[]> => {
    const answer = await fetch(`${manager.url}/api/logs/search`, { method: 'POST', body: JSON.stringify(body) });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(text);
    return text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as SearchLine); // prettier-ignore
  };
  const whole = { end: true, complete: true, hits: 4 };
  await until('all of it', DEADLINE_MS, async () => {
    const found = await search({ selector: ['a', 'b'], q: ' (1999|20000)$', regex: true }).catch(() => []);
    return JSON.stringify(found.at(-1)) === JSON.stringify(whole);
  });
  const found = await search({ selector: 'all', q: ' 20000' });
  expect(
    found
      .map((line) => ('end' in line ? line : [line.key, line.line, line.stream]))
      .slice(0, 2)
      .sort(),
  ).toEqual([
    ['w1/a', 'a 20000', 'stdout'],
    ['w1/b', 'b 20000', 'stdout'],
  ]);
  expect((await search({ selector: 'a', q: 'a', limit: 5 })).at(-1)).toEqual({ end: true, complete: false, hits: 5 });
  await expect(search({ selector: 'a', q: '(', regex: true })).rejects.toThrow(/cannot be read/);
});

test('a range by line, and a large one packed for the way', async () => {
  const manager = await StartedManager.start(world);
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', 'seq -w 1 300000; sleep 1000'],
  });
  const run = await until('all of it', DEADLINE_MS, async () =>
    (await runsOf(manager)).find(({ bytes }) => bytes === 2_100_000),
  );
  expect(String(await bytesOf(manager, run.run_id, '?line=1000&lines=2'))).toBe('001000\n001001\n');
  // fetch asks for gzip by itself, and undoes it.
  const answer = await fetch(`${manager.url}/api/logs/w1/w1/${run.run_id}`);
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect((await answer.arrayBuffer()).byteLength).toBe(2_100_000);
});

test('a file cut short is a mark in the run, in the lines and in the download', async () => {
  const manager = await StartedManager.start(world);
  const go = join(world.directory(), 'go');
  const command = `echo before; while ! [ -e ${go} ]; do sleep 0.01; done; echo after; sleep 1000`;
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', command] });
  await until('the first line', DEADLINE_MS, async () => (await runsOf(manager))[0]?.bytes === 7);
  truncateSync(outputOf(launcher));
  await until('the mark', DEADLINE_MS, async () => (await runsOf(manager))[0]?.gaps);
  writeFileSync(go, '');
  const run = await until('the next line', DEADLINE_MS, async () =>
    (await runsOf(manager)).find(({ bytes }) => bytes === 13),
  );
  expect(run).toMatchObject({ stored_bytes: 13, gaps: [{ from: 7, to: 7, reason: 'file-truncated' }] });
  const said = '--- at least 0 bytes missing here: the output file was cut short on the worker ---';
  expect(await manager.output('w1')).toBe(`before\n${said}\nafter\n`);
});

onSmallDisk("the manager's disk is full: the launcher holds what is refused, and nothing is lost", async () => {
  const disk = smallDisk(world, 48);
  const manager = await StartedManager.start(world, { dataDir: disk, env: { PROCGUARD_LOGS_RESERVE: '8M' } });
  const ballast = join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc(30 * 1024 * 1024));
  const script = `for(let n=1;n<=20;n++)for(let at=0,b=Buffer.alloc(1e6,String(n%10));at<b.length;)at+=require('fs').writeSync(1,b,at);setInterval(()=>{},1e9)`;
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: node(script) });
  await until('a refusal', DEADLINE_MS, () => /short of its reserve/.test(launcher.program.output));
  const { bavail, bsize } = statfsSync(disk);
  // A piece of 8 MiB may have been under way when it was last looked at.
  expect(bavail * bsize).toBeGreaterThan(0);
  expect((await runsOf(manager))[0]?.bytes ?? 0).toBeLessThan(20 * MB);
  rmSync(ballast);
  const run = await until('the rest', DEADLINE_MS, async () =>
    (await runsOf(manager)).find(({ bytes }) => bytes === 20 * MB),
  );
  const digits = Buffer.concat(Array.from({ length: 20 }, (_, i) => Buffer.alloc(MB, String((i + 1) % 10))));
  expect((await bytesOf(manager, run.run_id)).equals(digits)).toBe(true);
});
