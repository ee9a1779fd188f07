/** The join line on one machine: what it installs, starts, keeps, refuses and takes away again. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { SubmitReply, WaitReply } from '../../protocol/jobs-http';
import { LAUNCHER } from '../harness/launcher';
import { isAlive } from '../harness/leftovers';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { flippingProxy } from './flipping-proxy';
import { JoiningMachine } from './joining-machine';
import { filesWith } from './places';

const CONTAINER_RUN = join(dirname(LAUNCHER), 'container-run.js');
const world = useWorld();
let manager: StartedManager;
let machine: JoiningMachine;
let line: string;
beforeEach(async () => {
  manager = await StartedManager.start(world);
  machine = new JoiningMachine(world);
  line = `curl -fsSL ${manager.url}/join | sh -s --`;
});

const runningPid = async (): Promise<number> => {
  const { pid } = await manager.until('w1 to run', 'w1', ({ state }) => state === 'running');
  if (pid === null) throw new Error('it runs without a pid');
  return pid;
};

test('a machine becomes a worker; the same line again renews the launcher alone; --uninstall takes it away alone', async () => {
  const joined = await machine.type(
    `${line} --worker-id w1 --auto-start --command "echo it\\'s \\"here\\": \\$PWD; exec sleep 1000"`,
  );
  expect(joined).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^launcher of worker w1, pid \d+, connected to http:/) as string,
  });
  expect(joined.output).toContain(`${machine.home}/workers/w1`);
  const [child, launcher] = [await runningPid(), machine.launcherPid('w1')];
  // Nothing of the command was rewritten on its way, and it runs where the line was typed.
  await until('its words', 60_000, async () => (await manager.output('w1')).includes(`it's here: ${machine.cwd}`));

  const again = await machine.type(`${line} --worker-id w1`);
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining('connected to') as string });
  expect(machine.launcherPid('w1')).not.toBe(launcher);
  expect(isAlive(launcher ?? 0)).toBe(false);
  expect(await runningPid()).toBe(child);
  expect(isAlive(child)).toBe(true);

  const removed = await machine.type(`${line} --worker-id w1 --uninstall`);
  expect(removed).toMatchObject({
    code: 0,
    output: expect.stringContaining(`still running: w1: running, pid ${child}`) as string,
  });
  expect(isAlive(child)).toBe(true);
  expect(machine.launcherPid('w1')).toBeNull();
  expect(readdirSync(machine.home).sort()).toEqual(['logs', 'workers']);
});

test('--uninstall --stop-all stops what it keeps first', async () => {
  await machine.type(`${line} --worker-id w1 --auto-start -- sleep 1000`);
  const child = await runningPid();
  const removed = await machine.type(`${line} --worker-id w1 --uninstall --stop-all`);
  expect(removed).toMatchObject({ code: 0, output: expect.stringContaining('everything is gone') as string });
  expect(isAlive(child)).toBe(false);
  expect(await machine.type(`${line} --worker-id w1 --uninstall`)).toMatchObject({
    code: 1,
    output: expect.stringContaining('no worker w1 was joined') as string,
  });
});

test('a changed bundle is refused, and nothing is left behind', async () => {
  const port = await flippingProxy(world, manager.url);
  const refused = await machine.type(`curl -fsSL http://127.0.0.1:${port}/join | sh -s -- --worker-id w1`);
  expect(refused).toMatchObject({
    code: 1,
    output: expect.stringMatching(/what came is not what the manager announced.*Nothing was installed/) as string,
  });
  expect(machine.installed()).toEqual([]);
  expect(await manager.worker('w1')).toBeUndefined();
});

test('a changed bundle does not take the place of the one that runs', async () => {
  await machine.type(`${line} --worker-id w1`);
  const [before, launcher] = [readFileSync(join(machine.home, 'launcher.js')), machine.launcherPid('w1')];
  const port = await flippingProxy(world, manager.url);
  expect(await machine.type(`curl -fsSL http://127.0.0.1:${port}/join | sh -s -- --worker-id w1`)).toMatchObject({
    code: 1,
  });
  expect(readFileSync(join(machine.home, 'launcher.js')).equals(before)).toBe(true);
  expect(machine.launcherPid('w1')).toBe(launcher);
});

test('it has the whole launcher, and containers can be run on it', async () => {
  await machine.type(`${line} --worker-id w1 --slots 1`);
  expect(readFileSync(join(machine.home, 'container-run.js'))).toEqual(readFileSync(CONTAINER_RUN));
  await until('the worker', 60_000, async () => (await manager.worker('w1'))?.state === 'idle');
  // No engine is at this address, which is for the program to say: it was placed, begun, and the program ran.
  const body = JSON.stringify({ command: 'true', container: { image: 'nowhere.invalid/x' } });
  const { job_id: id, warnings } = (await (
    await fetch(`${manager.url}/api/jobs`, { method: 'POST', body })
  ).json()) as SubmitReply;
  expect(warnings).toEqual([]);
  const { job } = await manager.get<WaitReply>(`/api/jobs/${id}/wait?timeout=120`);
  expect(job).toMatchObject({ state: 'failed', exit_code: 125 });
});

test('a changed program that keeps containers is refused as a changed launcher is', async () => {
  const port = await flippingProxy(world, manager.url, '/join/container-run.js');
  const refused = await machine.type(`curl -fsSL http://127.0.0.1:${port}/join | sh -s -- --worker-id w1`);
  expect(refused).toMatchObject({
    code: 1,
    output: expect.stringMatching(/container-run\.js: what came is not what the manager announced/) as string,
  });
  expect(machine.installed()).toEqual([]);
});

test('a script that came by half does nothing', async () => {
  const script = await (await fetch(`${manager.url}/join`)).text();
  const ends = Array.from({ length: 60 }, (_, part) => Math.floor((script.length * part) / 60));
  for (const end of [...ends, ...Array.from({ length: 30 }, (_, left) => script.trimEnd().length - 1 - left)]) {
    spawnSync('sh', ['-s', '--', '--worker-id', 'w1'], {
      input: script.slice(0, end),
      cwd: machine.cwd,
      env: { ...process.env, PROCGUARD_HOME: machine.home },
    });
    expect([end, machine.installed()]).toEqual([end, []]);
  }
});

test.each([
  ['--worker-id "a b"', 1, /the worker id a b may hold letters/],
  ['--worker-id w1 --token "a b"', 1, /the token is none/],
  ['--worker-id w1 --wat 5', 2, /unknown option '--wat'/],
  ['--worker-id w1 --restart-policy sometimes', 2, /must be one of always, on-failure, never/],
  ['--worker-id', 1, /--worker-id needs a value/],
  ['w1', 1, /w1 is no flag/],
  ['--stop-all', 1, /--stop-all belongs to --uninstall/],
  ['--node /bin/true', 1, /\/bin\/true is no Node that runs here/],
  ['--manager-url http://127.0.0.1:1', 1, /ECONNREFUSED.*Nothing was installed/],
])('%s is refused, and nothing is left behind', async (flags, code, sentence) => {
  expect(await machine.type(`${line} ${flags}`)).toMatchObject({
    code,
    output: expect.stringMatching(sentence) as string,
  });
  expect(machine.installed()).toEqual([]);
});

test('where there is no Node, it says how to get one', async () => {
  const without = world.directory();
  for (const name of readdirSync('/usr/bin').filter((file) => !/^(node|npm|npx)/.test(file)))
    symlinkSync(join('/usr/bin', name), join(without, name));
  const refused = await machine.type(`${line} --worker-id w1`, { PATH: without });
  expect(refused).toMatchObject({
    code: 1,
    output: expect.stringMatching(/Node 20\.19 or newer is needed here, and there is none.*--node PATH/) as string,
  });
  expect(machine.installed()).toEqual([]);
  const named = await machine.type(`${line} --worker-id w1 --node ${process.execPath}`, { PATH: without });
  expect(named).toMatchObject({ code: 0, output: expect.stringContaining('connected to') as string });
});

/** As a program asks that writes its own Host. */
const asked = (path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    request(manager.url + path, { headers }, (reply) => {
      let body = '';
      reply.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });

test('nothing of a request is run by a shell', async () => {
  expect(await asked('/join', { host: 'manager.localhost:5000' })).toMatchObject({
    status: 200,
    body: expect.stringContaining("MANAGER='http://manager.localhost:5000'") as string,
  });
  for (const host of ["'$(id)'.localhost", '$(id).localhost', '`id`.localhost', "';id;'.localhost"])
    expect((await asked('/join', { host })).status).toBe(400);
  expect((await asked('/join', { host: 'foreign.example' })).status).toBe(403);
});

test.each([
  ['launcher.js', LAUNCHER, 'BUNDLE_SHA256'],
  ['container-run.js', CONTAINER_RUN, 'CONTAINER_RUN_SHA256'],
])(
  '%s is what was built, packed where that is wished, and asked for again without being sent again',
  async (name, file, announced) => {
    const url = `${manager.url}/join/${name}`;
    const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    const wanted = sum(readFileSync(file));
    expect(await (await fetch(`${manager.url}/join`)).text()).toContain(`\n${announced}='${wanted}'\n`);
    const plain = spawnSync('curl', ['-s', url], { maxBuffer: 2 ** 26 }).stdout;
    const packed = spawnSync('curl', ['-s', '-H', 'accept-encoding: gzip', url], { maxBuffer: 2 ** 26 }).stdout;
    expect([sum(plain), sum(gunzipSync(packed))]).toEqual([wanted, wanted]);
    expect(packed.length).toBeLessThan(plain.length / 3);
    const { headers } = await fetch(url);
    const again = spawnSync('curl', ['-si', '-H', `if-none-match: ${headers.get('etag')}`, url], { encoding: 'utf8' });
    expect(again.stdout).toMatch(/^HTTP\/1\.1 304 [\s\S]*\r\n\r\n$/);
  },
);

test('a token is in no command line that lives on, in no file that others read, and in no child', async () => {
  await machine.type(`${line} --worker-id w1 --auto-start -- env`, { WORKER_TOKEN: 'wt_notknownhere' });
  const file = join(machine.home, 'joined/w1/token.env');
  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['WORKER_TOKEN=wt_notknownhere\n', 0o600]);
  expect(filesWith('wt_notknownhere', machine.home)).toEqual([file]);
});
