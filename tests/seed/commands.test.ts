/**
 * Every command line and every curl of seed 002, as written there. Only the port differs (localhost:5000 may be taken
 * here), `/path/to/project` is a directory that exists, and `python -m procguard.*` is `npx procguard *`.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMarked, isAlive } from '../harness/leftovers';
import type { Program } from '../harness/program';
import { quietPort } from '../harness/quiet-port';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { checkoutCopy } from './checkout-copy';

const DEADLINE_MS = 60_000;
const world = useWorld();
let copy: string;
let environment: Record<string, string>;
let port: number;

beforeEach(async () => {
  copy = checkoutCopy(world);
  port = await quietPort();
  environment = {
    PATH: `${pythonStub()}:${process.env['PATH'] ?? ''}`,
    PROCGUARD_WEB_PORT: String(port),
    // npx shall find what is here, and ask nobody.
    npm_config_offline: 'true',
    npm_config_yes: 'false',
    npm_config_update_notifier: 'false',
  };
  world.afterwards(endEverything);
});

/** There need be no Python here; what it is given and where it runs is what counts. */
function pythonStub(): string {
  const directory = join(copy, 'stub');
  mkdirSync(directory);
  writeFileSync(join(directory, 'python'), '#!/bin/sh\necho "python got [$*] in $PWD"\nexec sleep 1000\n');
  chmodSync(join(directory, 'python'), 0o755);
  return directory;
}

const here = (line: string): string => line.replaceAll('localhost:5000', `localhost:${port}`);
/** A line that goes on, typed in the checkout. */
const type = (line: string): Program => world.start(['sh', '-c', here(line)], { cwd: copy, env: environment });
/** A line that ends. */
async function typed(line: string): Promise<{ code: number | null; output: string }> {
  const program = type(line);
  const { code } = await program.ended;
  return { code, output: program.output };
}

async function endEverything(): Promise<void> {
  await typed('./start_worker.sh --worker-id worker1 --stop-all');
  await typed('./start_manager.sh --config configs/procguard_config.yaml --stop --all');
  for (const { pid, command } of findMarked(world.id))
    if (/procguard(\.js)? (manager|worker)/.test(command)) process.kill(pid, 'SIGTERM');
}

const hasCurl = spawnSync('curl', ['--version']).status === 0;
/** The JSON that a curl line prints. Without curl the same request is made by hand. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- looked into by the tests
async function curl(line: string): Promise<any> {
  if (hasCurl) return JSON.parse((await typed(line.replace('curl', 'curl -s'))).output);
  const [, url = ''] = /(http:\S+)/.exec(here(line)) ?? [];
  const [, body] = /-d '(.*)'/.exec(line) ?? [];
  const request = body === undefined ? {} : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
  return (await fetch(url, request)).json();
}

const managerIsUp = () =>
  until('the manager to answer', DEADLINE_MS, async () =>
    fetch(`http://localhost:${port}/healthz`).then(
      (reply) => reply.ok,
      () => false,
    ),
  );
interface Row {
  status: string;
  pid: number | null;
  command: string;
  working_dir: string;
  restart_count: number;
}
const worker1 = (): Promise<Row> =>
  until('worker1 among the remote workers', DEADLINE_MS, async () => {
    const all = (await curl('curl http://localhost:5000/api/remote-workers')) as Record<string, Row>;
    return all['worker1']?.status === 'connecting' ? null : all['worker1'];
  });
const saidByPython = (): Promise<string> =>
  until('the words of python', DEADLINE_MS, async () => {
    const { logs } = (await curl('curl http://localhost:5000/api/remote-workers/worker1/logs')) as { logs: string[] };
    return logs.find((line) => line.includes('python got'));
  });
const command = (word: string): Promise<object> =>
  curl(
    `curl -X POST http://localhost:5000/api/workers/worker1/command -H "Content-Type: application/json" -d '{"command": "${word}"}'`,
  );

test('方式二 and 方式一: manager and worker in the foreground, and every way to control it', async () => {
  const manager = type('chmod +x start_manager.sh\n./start_manager.sh --config configs/procguard_config.yaml');
  await managerIsUp();
  const launcher = type(`chmod +x start_worker.sh
./start_worker.sh \\
    --worker-id worker1 \\
    --manager-url http://localhost:5000 \\
    --command "python train.py --epochs 100"`);
  // Registered, and waiting for the word.
  expect(await worker1()).toMatchObject({ status: 'stopped', pid: null, command: 'python train.py --epochs 100' });

  expect(await command('start')).toMatchObject({ success: true, status: 'done' });
  const first = await worker1();
  expect(first).toMatchObject({ status: 'running', pid: expect.any(Number), working_dir: copy });
  // Nothing was rewritten on its way to the program, and it runs where the launcher was called.
  expect(await saidByPython()).toMatch(
    new RegExp(`^\\[\\d\\d:\\d\\d:\\d\\d\\] \\[STDOUT\\] python got \\[train.py --epochs 100\\] in ${copy}$`),
  );

  expect(await command('restart')).toMatchObject({ success: true, status: 'done' });
  const second = await worker1();
  expect(second).toMatchObject({ status: 'running', restart_count: 1 });
  expect(second.pid).not.toBe(first.pid);
  expect(isAlive(first.pid as number)).toBe(false);

  expect(await command('stop')).toMatchObject({ success: true, status: 'done' });
  expect(await worker1()).toMatchObject({ status: 'stopped', pid: null });
  expect(isAlive(second.pid as number)).toBe(false);

  await command('start');
  const third = await worker1();
  expect(await command('kill')).toMatchObject({ success: true, status: 'done' });
  expect(await worker1()).toMatchObject({ status: 'stopped', pid: null });
  expect(isAlive(third.pid as number)).toBe(false);

  // logging.file and its format, state.state_file, and the launcher's log where the notes say it is.
  expect(readFileSync(join(copy, 'logs/procguard.log'), 'utf8')).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - procguard[.\w]* - INFO - /m,
  );
  await until('the state file to name the worker', DEADLINE_MS, () => {
    const file = join(copy, 'data/procguard_state.yaml');
    return existsSync(file) && readFileSync(file, 'utf8').includes('worker1');
  });
  expect(readFileSync(join(copy, 'logs/worker-worker1.log'), 'utf8')).toContain('worker1');
  expect([manager.isRunning, launcher.isRunning]).toEqual([true, true]);
});

test('方式三 and 方式二: the manager as a daemon, the worker by environment variables', async () => {
  const started = await typed('./start_manager.sh --config configs/procguard_config.yaml --daemon');
  expect(started).toMatchObject({ code: 0, output: expect.stringContaining(`http://localhost:${port}/`) });
  const project = realpathSync(world.directory());
  type(`export WORKER_ID=worker1
export MANAGER_URL=http://localhost:5000
export COMMAND="python train.py --epochs 100"
export WORKING_DIR=${project}
./start_worker.sh`);
  expect(await worker1()).toMatchObject({ command: 'python train.py --epochs 100', working_dir: project });
  expect(await command('start')).toMatchObject({ success: true });
  expect(await saidByPython()).toContain(`python got [train.py --epochs 100] in ${project}`);
});

test('方式一 and 方式三: both programs without a script', async () => {
  type('npx procguard manager --config configs/procguard_config.yaml');
  await managerIsUp();
  type(`npx procguard worker \\
    --worker-id worker1 \\
    --manager-url http://localhost:5000 \\
    --command "python train.py"`);
  expect(await worker1()).toMatchObject({ status: 'stopped', command: 'python train.py' });
  expect(await command('start')).toMatchObject({ success: true, status: 'done' });
  expect(await saidByPython()).toContain('python got [train.py] in');
});

test('多机部署: the paths and flags of several machines pass as they are', async () => {
  type('./start_manager.sh --config configs/procguard_config.yaml');
  await managerIsUp();
  type(`./start_worker.sh \\
    --worker-id worker1 \\
    --manager-url http://127.0.0.1:${port} \\
    --command "python /path/to/train.py --model resnet50"`);
  await worker1();
  await command('start');
  expect(await saidByPython()).toContain('python got [/path/to/train.py --model resnet50]');
});
