/** start_manager.sh and start_worker.sh as a user calls them: real programs, real pid files, every way to end them. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { certificateFiles } from '../trust/tls/tls-here';
import { isAlive, MARK } from '../harness/leftovers';
import { quietPort } from '../harness/quiet-port';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const ROOT = join(__dirname, '../..');
const [MANAGER, WORKER] = [join(ROOT, 'start_manager.sh'), join(ROOT, 'start_worker.sh')];
const CONFIG = 'web: {host: 127.0.0.1, port: 0}\n';
const STARTED_MS = 60_000;
// Each script is a dozen programs, and a test a dozen scripts.
jest.setTimeout(240_000);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const world = useWorld();
const environment = { ...process.env, [MARK]: world.id };
let home: string;
let data: string;
beforeEach(() => {
  home = realpathSync(world.directory());
  data = join(home, 'data');
  world.afterwards(async () => {
    if (existsSync(data)) await manager(CONFIG, '--stop', '--all');
  });
});

/** Called from a directory of the user's own, not from the repository. */
function run(script: string, ...flags: string[]): Promise<Ended> {
  return runIn(environment, script, ...flags);
}

function runIn(env: NodeJS.ProcessEnv, script: string, ...flags: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(script, flags, { cwd: home, env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

function manager(config: string, ...flags: string[]): Promise<Ended> {
  writeFileSync(join(home, 'procguard.yaml'), config);
  return run(MANAGER, '--config', 'procguard.yaml', '--data-dir', 'data', ...flags);
}

const worker = (id: string, ...flags: string[]): Promise<Ended> =>
  run(WORKER, '--worker-id', id, '--data-dir', `workers/${id}`, ...flags);

/** Resolves once a script says so: what a program has begun may not be done yet. */
const untilSays = (asked: () => Promise<Ended>, words: string): Promise<true> =>
  until(`it to say ${words}`, STARTED_MS, async () => (await asked()).stdout.includes(words));

/** Resolves once the manager knows the process as running. */
const untilKnown = (pid: number): Promise<true> =>
  until('the manager to know the worker', STARTED_MS, async () => {
    const url = textIn(join(data, 'manager.url')).trim();
    return url !== '' && (await (await fetch(`${url}api/workers`)).text()).includes(`"pid":${pid}`);
  });

const pidIn = (text: string): number => Number(/pid (\d+)/.exec(text)?.[1]);
const dashboardIn = (text: string): string => /^dashboard: (\S+)$/m.exec(text)?.[1] ?? '';

/** Two lines of shell that write down their own pid and live until they are ended. */
const sleeper = (id: string): string => `${CONFIG}
workers:
  - worker_id: ${id}
    command: echo $$ > '${join(home, id)}.pid'; exec sleep 1000
`;
function sleeperPid(id: string): Promise<number> {
  const file = join(home, `${id}.pid`);
  return until(`the pid of ${id}`, STARTED_MS, () => Number(textIn(file)) || null);
}

describe('start_manager.sh', () => {
  test('--daemon returns when the manager answers; --status and --stop know it', async () => {
    const started = await manager(CONFIG, '--daemon');
    expect(started).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^dashboard: http:\/\/127\.0\.0\.1:\d+\/$/m),
    });
    const url = dashboardIn(started.stdout);
    expect((await fetch(`${url}healthz`)).status).toBe(200);

    const status = await manager(CONFIG, '--status');
    expect(status).toMatchObject({ code: 0, stdout: `manager: running (pid ${pidIn(status.stdout)}), ${url}\n` });
    const again = await manager(CONFIG, '--daemon');
    expect([again.code, dashboardIn(again.stdout)]).toEqual([0, url]);
    expect(again.stderr).toContain(`running already (pid ${pidIn(status.stdout)})`);

    expect(await manager(CONFIG, '--stop')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`manager stopped (pid ${pidIn(status.stdout)})`),
    });
    expect(isAlive(pidIn(status.stdout))).toBe(false);
    expect(await manager(CONFIG, '--status')).toMatchObject({ code: 3, stdout: 'manager: not running\n' });
    expect(await manager(CONFIG, '--stop')).toMatchObject({ code: 0, stdout: 'manager is not running\n' });
  });

  test('--ssl: it answers, and the local launcher trusts its authority; the same with certificates that were given', async () => {
    const config = sleeper('train');
    const port = String(await quietPort());
    const started = await manager(config, '--daemon', '--ssl', '--port', port);
    expect(started).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^dashboard: https:\/\/127\.0\.0\.1:\d+\/$/m),
    });
    const connected = (): boolean => {
      const out = textIn(join(data, 'workers/local/launcher.out'));
      return out.includes(`connected to ${dashboardIn(started.stdout).replace(/\/$/, '')}`);
    };
    await until('the local launcher to be connected', STARTED_MS, connected);
    const pid = await sleeperPid('train');
    await manager(config, '--stop');

    // As made out for another name, by an authority that this machine does not know.
    const files = await certificateFiles(home, { names: { dns: ['guard.example'], ip: [] } });
    const words = ['--ssl', '--ssl-key', files.keyFile, '--ssl-cert', 'server.pem', '--port', port];
    expect((await manager(config, '--daemon', ...words)).code).toBe(0);
    await until('the local launcher to be connected again', STARTED_MS, connected);
    expect(await sleeperPid('train')).toBe(pid);
    expect(isAlive(pid)).toBe(true);
  });

  test('two started at once are one manager', async () => {
    const both = await Promise.all([manager(CONFIG, '--daemon'), manager(CONFIG, '--daemon')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const urls = both.map(({ stdout }) => dashboardIn(stdout));
    expect(urls[0]).toMatch(/^http/);
    expect(urls[1]).toBe(urls[0]);
  });

  test('a port in use is said, and the exit code is 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const started = await manager(CONFIG, '--daemon', '--port', String(port));
    taken.close();
    expect(started.code).toBe(1);
    expect(started.stderr).toContain(`port ${port} is in use by another program`);
    expect((await manager(CONFIG, '--status')).code).toBe(3);
  });

  test('a wrong configuration is told with its line, and nothing is started', async () => {
    expect(await manager('web:\n  prot: 1\n', '--daemon')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('procguard.yaml:2: web.prot is not a known key; did you mean port?'),
    });
    expect(existsSync(data)).toBe(false);
  });

  test.each(['--wat', '--port', '--all'])('%s alone is refused with code 2', async (flag) => {
    expect(await run(MANAGER, flag)).toMatchObject({ code: 2, stderr: expect.stringContaining('--help') });
  });

  test('--stop never signals a stranger who got the pid', async () => {
    const stranger = spawn('sleep', ['1000']);
    mkdirSync(data);
    writeFileSync(join(data, 'manager.pid'), `${stranger.pid} 1\n`);
    expect(await manager(CONFIG, '--stop')).toMatchObject({ code: 0, stdout: 'manager is not running\n' });
    expect(isAlive(stranger.pid as number)).toBe(true);
    stranger.kill();
  });

  test('the configuration’s workers outlive the manager, and --stop --all proves their end', async () => {
    const config = sleeper('train');
    await manager(config, '--daemon');
    const pid = await sleeperPid('train');
    await untilKnown(pid);
    const stopped = await manager(config, '--stop');
    expect(stopped.stdout).toContain('./start_manager.sh --stop --all');
    expect(isAlive(pid)).toBe(true);

    expect((await manager(config, '--daemon')).code).toBe(0);
    expect(await sleeperPid('train')).toBe(pid);
    expect((await manager(config, '--status')).stdout).toMatch(
      /^local launcher: running \(pid \d+\)\nmanager: running/,
    );

    const all = await manager(config, '--stop', '--all');
    expect(all).toMatchObject({ code: 0, stdout: expect.stringMatching(/train: stopped.*verified by/) });
    expect(isAlive(pid)).toBe(false);
    expect((await manager(config, '--status')).stdout).toBe('manager: not running\n');
  });

  test('a changed configuration reaches the local launcher with the next start', async () => {
    await manager(sleeper('one'), '--daemon');
    const one = await sleeperPid('one');
    await manager(sleeper('one'), '--stop');
    const both = `${sleeper('one')}${sleeper('two').split('workers:\n')[1] ?? ''}`;
    await manager(both, '--daemon');
    await sleeperPid('two');
    expect(await sleeperPid('one')).toBe(one);
    expect(isAlive(one)).toBe(true);
  });

  test('in the foreground Ctrl-C ends the manager alone, and says what runs on and how to end it', async () => {
    writeFileSync(join(home, 'procguard.yaml'), sleeper('train'));
    const flags = ['--config', 'procguard.yaml', '--data-dir', 'data'];
    const shown = spawn(MANAGER, flags, { cwd: home, env: environment, detached: true });
    const said = collect(shown);
    const pid = await sleeperPid('train');
    await untilKnown(pid);
    // What a terminal does on Ctrl-C: to the whole foreground process group.
    process.kill(-(shown.pid as number), 'SIGINT');
    const code = await new Promise<number | null>((resolve) => shown.once('close', resolve));
    expect(code).toBe(0);
    expect(said()).toMatch(/^dashboard: http/m);
    expect(said()).toContain(`left running: local/train (pid ${pid})`);
    expect(said()).toContain('./start_manager.sh --stop --all');
    expect(isAlive(pid)).toBe(true);
  });
});

describe('start_worker.sh', () => {
  test('--daemon returns when it has reached the manager; the command runs where the user stands', async () => {
    const url = dashboardIn((await manager(CONFIG, '--daemon')).stdout);
    const flags = ['--manager-url', url, '--auto-start', '--command', 'pwd > here; echo $$ > w1.pid; exec sleep 1000'];
    const started = await worker('w1', '--daemon', ...flags);
    expect(started).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^launcher of worker w1, pid \d+, connected to /),
    });
    const pid = await sleeperPid('w1');
    expect(readFileSync(join(home, 'here'), 'utf8').trim()).toBe(home);
    await untilSays(() => worker('w1', '--status'), `running, pid ${pid}`);
    expect((await worker('w1', '--status')).code).toBe(0);

    const stopped = await worker('w1', '--stop');
    expect(stopped.stdout).toMatch(
      new RegExp(`stopped \\(pid ${pidIn(started.stdout)}\\)\nstill running: w1: running, pid ${pid}`),
    );
    expect(isAlive(pid)).toBe(true);
    expect((await worker('w1', '--status')).code).toBe(3);

    expect(await worker('w1', '--daemon', ...flags)).toMatchObject({ code: 0 });
    expect(await worker('w1', '--stop-all')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ok {3}w1: .*verified by/m),
    });
    expect(isAlive(pid)).toBe(false);
    await worker('w1', '--stop');
  });

  test('a launcher that is slow to begin is waited for', async () => {
    const url = dashboardIn((await manager(CONFIG, '--daemon')).stdout);
    const programs = join(home, 'programs');
    mkdirSync(programs);
    // The launcher alone: whoever asks how it is has no reason to be slow.
    const slow = `case "$*" in *--status*) ;; *'procguard.js worker'*) sleep 7 ;; esac\nexec '${process.execPath}' "$@"`;
    writeFileSync(join(programs, 'node'), `#!/bin/sh\n${slow}\n`, { mode: 0o755 });
    const env = { ...environment, PATH: `${programs}:${process.env['PATH'] ?? ''}` };
    const flags = ['--worker-id', 'late', '--data-dir', 'workers/late', '--manager-url', url, '--command', 'true'];
    expect(await runIn(env, WORKER, '--daemon', ...flags)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^launcher of worker late, pid \d+, connected to /),
    });
    expect((await worker('late', '--stop')).code).toBe(0);
  });

  test('a manager that is not there is waited for', async () => {
    const started = await worker('w2', '--daemon', '--manager-url', 'http://127.0.0.1:1', '--command', 'sleep 1000');
    expect(started).toMatchObject({ code: 0, stdout: expect.stringContaining('waiting for the manager') });
    expect((await worker('w2', '--stop')).code).toBe(0);
  });

  test('--config: the file says who it is; --check, --reload, --status, --stop and --stop-all find it by that', async () => {
    const write = (...names: string[]): void =>
      writeFileSync(
        join(home, 'worker.yaml'),
        `worker_id: boxed\nmanager_url: http://127.0.0.1:1\ndata_dir: state\nprocesses:\n${names
          .map((name) => `  - {name: ${name}, command: 'echo $$ > ${name}.pid; exec sleep 1000'}\n`)
          .join('')}`,
      );
    const boxed = (...flags: string[]): Promise<Ended> => run(WORKER, '--config', 'worker.yaml', ...flags);
    write('one');
    expect(await boxed('--check')).toMatchObject({ code: 0, stdout: expect.stringContaining('ok, 1 process') });
    expect(await boxed('--daemon')).toMatchObject({ code: 0, stdout: expect.stringContaining('worker boxed') });
    const one = await sleeperPid('one');
    expect(existsSync(join(home, 'state', 'worker.pid'))).toBe(true);
    await untilSays(() => boxed('--status'), `running, pid ${one}`);
    expect((await boxed('--status')).code).toBe(0);

    write('one', 'two');
    expect(await boxed('--reload')).toMatchObject({ code: 0, stdout: expect.stringContaining('reads ') });
    const two = await sleeperPid('two');
    expect([one, two].map(isAlive)).toEqual([true, true]);
    writeFileSync(join(home, 'worker.yaml'), 'data_dir: state\nprocess: []\n');
    expect(await boxed('--reload')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('worker.yaml:2:1: process is not'),
    });

    // A mistake of now keeps nobody from asking and ending what runs.
    writeFileSync(join(home, 'worker.yaml'), 'worker_id: boxed\ndata_dir: state\nca_fingerprint:\n');
    expect(await boxed('--status')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`running, pid ${two}`),
      stderr: expect.stringContaining('worker.yaml:3:'),
    });
    expect((await boxed('--stop')).stdout).toContain(`still running: one: running, pid ${one}`);
    expect(await boxed('--stop-all')).toMatchObject({ code: 0, stdout: expect.stringContaining('everything is gone') });
    expect([one, two].map(isAlive)).toEqual([false, false]);
  });

  test('--security: a path of the caller; --reload reads it again, and --stop-all does without it', async () => {
    const ruled = (...flags: string[]): Promise<Ended> => worker('ruled', '--security', 'rules.yaml', ...flags);
    const write = (rules: object): void => writeFileSync(join(home, 'rules.yaml'), JSON.stringify({ security: rules }));
    write({ allowed_commands: ['sleep'] });
    expect(await ruled('--daemon')).toMatchObject({ code: 0 });
    expect((await ruled('--status')).stdout).toContain(`allowed_commands (1) of ${join(home, 'rules.yaml')}`);
    write({ allowed_commands: ['sleep', 'true'] });
    expect(await ruled('--reload')).toMatchObject({ code: 0 });
    await untilSays(() => ruled('--status'), 'allowed_commands (2)');
    writeFileSync(join(home, 'rules.yaml'), '');
    expect(await ruled('--stop-all')).toMatchObject({ code: 0 });
  });

  test('--reload puts rules in force that refuse what the own file defines, and names it; not those that are mistaken', async () => {
    const write = (rules: string): void =>
      writeFileSync(
        join(home, 'strict.yaml'),
        `worker_id: strict\nmanager_url: http://127.0.0.1:1\ndata_dir: strict\nsecurity: ${rules}\nprocesses:\n` +
          `  - {name: strict, command: sleep 1000}\n`,
      );
    const strict = (...flags: string[]): Promise<Ended> => run(WORKER, '--config', 'strict.yaml', ...flags);
    write('{ allowed_commands: [sleep] }');
    expect(await strict('--daemon')).toMatchObject({ code: 0 });
    write('{ alowed_commands: [] }');
    expect(await strict('--reload')).toMatchObject({ code: 2, stderr: expect.stringContaining('alowed_commands') });
    expect(await strict('--check')).toMatchObject({ code: 2, stderr: expect.not.stringContaining('not found') });
    write('{ allowed_commands: [env, id] }');
    expect(await strict('--reload')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/strict\.yaml:.* the process strict is refused by[^]*runs on where it runs/),
    });
    await untilSays(() => strict('--status'), 'allowed_commands (2)');
    expect(await strict('--stop-all')).toMatchObject({ code: 0 });
  });

  test('a wrong flag is told and the exit code is not 0', async () => {
    const started = await worker('w3', '--daemon', '--heartbeat-interval', 'soon');
    expect(started).toMatchObject({ code: 1, stderr: expect.stringContaining('--heartbeat-interval "soon"') });
    expect(await run(WORKER, '--daemn')).toMatchObject({ code: 2 });
  });
});

function collect({ stdout, stderr }: ChildProcess): () => string {
  let text = '';
  for (const stream of [stdout, stderr]) stream?.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  return () => text;
}
