/** Starting and stopping, with real programs, seen from the manager's side. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { isAlive } from '../harness/leftovers';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const fixture = (name: string): string => resolve('tests/fixtures', name);

test('a command starts, its output arrives, and a stop is answered when it is gone', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', `${fixture('counter.sh')} 0`] });
  const pid = await manager.running('w1');
  await until('three lines', 30_000, () => manager.textOf().startsWith('line 1\nline 2\nline 3\n'));
  const stopped = await manager.control({ process: 'w1', verb: 'stop' });
  expect(stopped).toMatchObject({ ok: true, certificate: { left: [], exit: { signal: 'SIGTERM' } } });
  expect(isAlive(pid)).toBe(false);
  expect(manager.report('w1')).toMatchObject({ desired: 'stopped', state: { kind: 'stopped' }, restarts: 0 });
  expect(manager.ended('w1')).toHaveLength(1);
  expect(await manager.control({ process: 'w1', verb: 'stop' })).toMatchObject({
    ok: true,
    message: 'already stopped',
  });
});

test('without --auto-start it waits for a start; a running one is not started twice; a restart gives a new pid', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url, flags: ['--command', 'sleep 1000'] });
  await until('the first report', 30_000, () => manager.syncs[0]?.processes[0]?.report.state.kind === 'stopped');
  const started = await manager.control({ process: 'w1', verb: 'start' });
  const pid = await manager.running('w1');
  expect(started).toMatchObject({ ok: true, message: `running, pid ${pid}` });
  expect(await manager.control({ process: 'w1', verb: 'start' })).toMatchObject({
    ok: true,
    message: `already running, pid ${pid}`,
  });
  const restarted = await manager.control({ process: 'w1', verb: 'restart' });
  expect(restarted).toMatchObject({ ok: true, certificate: { left: [] } });
  expect(await manager.running('w1')).not.toBe(pid);
  expect(manager.report('w1')).toMatchObject({ restarts: 1 });
});

test('a string is read by a shell exactly as written; a list of words reaches the program as it is', async () => {
  const manager = await managerOf();
  const shell = `for i in 1 2; do echo "$i  * $HOME_OF"; done | tr 1 X; python_is_not_added='yes'; echo $python_is_not_added`;
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--env', '{"HOME_OF":"me"}', '--command', shell],
  });
  await until('its end', 30_000, () => manager.report('w1')?.state.kind === 'exited');
  await until('its output', 30_000, () => manager.textOf() === 'X  * me\n2  * me\nyes\n');

  const words = [
    '--worker-id',
    'w2',
    '--',
    process.execPath,
    '-e',
    'console.log(process.argv.slice(1))',
    'a b',
    '$HOME',
    '',
  ];
  startLauncher(world, { worker: 'w2', managerUrl: manager.url, flags: ['--auto-start', ...words] });
  await until('its end', 30_000, () => manager.report('w2')?.state.kind === 'exited');
  await until('its words', 30_000, () => manager.textOf().endsWith(`[ 'a b', '$HOME', '' ]\n`));
});

test('the child is told who it is, and the launcher keeps its token to itself', async () => {
  const manager = await managerOf();
  const { dataDir } = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', 'env; pwd'],
    env: { WORKER_TOKEN: 'the-token-itself', FROM_OUTSIDE: 'kept' },
  });
  const { run, outputBytes } = await until('its end', 30_000, () => manager.ended('w1')[0]);
  await until('its output', 30_000, () => manager.offsets.get(run) === outputBytes);
  const text = manager.textOf();
  for (const line of [
    'WORKER_ID=w1',
    'PROCGUARD_WORKER_ID=w1',
    'PROCGuard_WORKER_ID=w1',
    'PROCGUARD_PROCESS=w1',
    `PROCGUARD_RUN_ID=${run}`,
    `PROCGUARD_URL=${manager.url}`,
    `PROCGuard_URL=${manager.url}`,
    'FROM_OUTSIDE=kept',
  ])
    expect(text.split('\n')).toContain(line);
  expect(text).not.toContain('the-token-itself');
  expect(readFileSync(join(dataDir, 'processes/w1/record.jsonl'), 'utf8')).not.toContain('the-token-itself');
});

test('a variable that no shell could hold reaches the program too', async () => {
  const manager = await managerOf();
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--env', '{"odd.name":"1 2"}', '--', 'env'],
  });
  await until('its output', 30_000, () => manager.textOf().split('\n').includes('odd.name=1 2'));
});

test('signals reach the child with their default meaning', async () => {
  const manager = await managerOf();
  const script = 'grep -E "^Sig(Ign|Blk)" /proc/self/status; kill -INT $$; echo not reached';
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--restart-policy', 'never', '--command', script],
  });
  await manager.inState('w1', 'failed');
  const { exit } = await until('its end', 30_000, () => manager.ended('w1')[0]);
  expect(exit).toMatchObject({ exitCode: null, signal: 'SIGINT' });
  await until('its output', 30_000, () => manager.textOf().includes('SigIgn'));
  expect(manager.textOf()).toMatch(/SigBlk:\s+0{16}\nSigIgn:\s+0{16}\n/);
});

test.each([
  ['no-such-program --x', 'there is no program "no-such-program" in PATH'],
  ['./not/there.sh', 'there is no executable file'],
])('%j cannot be started, and the report says why', async (command, sentence) => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url, flags: ['--command', command] });
  await until('the connection', 30_000, () => manager.isConnected && manager.syncs.length > 0);
  const result = await manager.control({ process: 'w1', verb: 'start' });
  expect(result.ok).toBe(false);
  expect(result.message).toContain(sentence);
  expect(manager.report('w1')).toMatchObject({ state: { kind: 'failed', exit: null } });
});

test('a missing working directory is named', async () => {
  const manager = await managerOf();
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--working-dir', '/no/such/dir', '--command', 'true'],
  });
  await until('the failure', 30_000, () => manager.report('w1')?.state.kind === 'failed');
  expect(manager.report('w1')?.state.why).toContain('the working directory /no/such/dir does not exist');
});

test('an unknown process is answered with the known ones, a repeated command with the same answer', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url, flags: ['--command', 'sleep 1000'] });
  await until('the connection', 30_000, () => manager.syncs.length > 0);
  expect((await manager.control({ process: 'w9', verb: 'start' })).message).toBe(
    'this worker has no process "w9"; it has: w1',
  );
  const command = { kind: 'control', id: 'same', process: 'w1', verb: 'start', by: 'test', why: '' };
  manager.send(command as never);
  const first = await manager.answer('same');
  manager.send(command as never);
  await until(
    'the second answer',
    30_000,
    () => manager.facts.filter((f) => f.kind === 'command.done' && f.id === 'same').length === 2,
  );
  expect(await manager.answer('same')).toEqual(first);
  expect(manager.facts.filter(({ kind }) => kind === 'run.started')).toHaveLength(1);
});

test('processes from a file: each its own, with pid file and health check', async () => {
  const manager = await managerOf();
  const directory = world.directory();
  const file = join(directory, 'processes.json');
  const pidFile = join(directory, 'a.pid');
  const specs = [
    {
      name: 'a',
      command: 'sleep 1000',
      autoStart: true,
      pidFile,
      healthCheck: { url: `${manager.url}/x`, intervalMs: 100, failuresMax: 2 },
    },
    { name: 'b', command: 'sleep 1000' },
  ];
  writeFileSync(file, JSON.stringify(specs));
  startLauncher(world, { managerUrl: manager.url, flags: ['--processes', file] });
  const pid = await manager.running('a');
  await until('the pid file', 30_000, () => textIn(pidFile) === `${pid}\n`);
  const usage = await until('a failed health check', 30_000, () =>
    manager.beats.flatMap(({ usage }) => usage).find(({ name, healthy }) => name === 'a' && healthy === false),
  );
  expect(usage.healthError).toMatch(/^\d+ health checks in a row failed: http.*\/x answered 404: .*no such path/);
  expect(usage.processes).toBe(1);
  expect(usage.rssBytes).toBeGreaterThan(100_000);
  expect(manager.syncs[0]?.processes.map(({ spec }) => spec.name)).toEqual(['a', 'b']);
  await manager.control({ process: 'a', verb: 'kill' });
  expect(existsSync(pidFile)).toBe(false);
});
