/** RemoteGPU's agent as its guide starts it: from its file, alone and without a network. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAUNCHER } from '../../harness/launcher';
import { quietPort } from '../../harness/quiet-port';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { startAgent } from './agent';
import { useTinyManager } from '../tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

const fileWith = (text: string): string => {
  const file = join(world.directory(), 'agent.yaml');
  writeFileSync(file, text);
  return file;
};

test('the sample, as it is shipped but for where it writes: alone, with its slots, and says what has no effect', async () => {
  const file = fileWith(readFileSync('configs/agent.yaml', 'utf8'));
  const agent = await startAgent(world, { flags: ['--config', file] });
  await agent.submit({ id: 'local-task-001', command: 'echo $PROCGUARD_PROCESS ${AGENT_TOKEN-none}', priority: 1 });
  expect((await agent.reaches('local-task-001', 'completed')).stdout).toBe('local-task-001 none\n');
  expect((await agent.ask('GET', '/api/queue/status')).data).toEqual({ pending: 0, running: 0, capacity: 4 });
  expect(agent.program.output).toContain('no manager is configured: this launcher works alone');
  expect(agent.program.output).toContain('server.timeout, poll.interval, poll.batch_size');
});

test('the file alone does too: its port, its directory, its slots, and how much is kept of what a task wrote', async () => {
  const cwd = world.directory();
  const port = await quietPort();
  const file = fileWith(
    `port: ${port}\ndb_path: ${join(cwd, 'lib/tasks.db')}\nmax_workers: 3\nlimits: { max_output_size: 1000 }\n`,
  );
  const words = [process.execPath, LAUNCHER, '--config', file];
  world.afterwards(async () => void (await world.start([...words, '--stop-all'], { cwd }).ended));
  world.start(words, { cwd });
  const ask = async (path: string, body?: object): Promise<{ readonly data: Record<string, unknown> }> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return (await (await fetch(`http://127.0.0.1:${port}/api${path}`, init)).json()) as never;
  };
  const { data } = await until('it to answer', 30_000, () => ask('/queue/status').catch(() => null));
  expect(data).toEqual({ pending: 0, running: 0, capacity: 3 });
  expect(readdirSync(join(cwd, 'lib'))).toContain('lock');
  await ask('/tasks', { id: 't', command: 'printf "%05000d" 0' });
  const task = await until('its end', 30_000, async () => {
    const { data: now } = await ask('/tasks/t');
    return now['status'] === 'completed' ? now : null;
  });
  expect(String(task['stdout']).length).toBeLessThanOrEqual(1000);
  expect(task['stdout']).toMatch(/^0+\n.*bytes.*\n0+$/);
});

test('variables alone make the whole agent: each of them has its effect, and none is handed on to a task', async () => {
  const manager = await managerOf();
  const cwd = world.directory();
  const dataDir = join(cwd, 'lib');
  const port = await quietPort();
  const env = {
    AGENT_PORT: String(port),
    AGENT_DB_PATH: join(dataDir, 'tasks.db'),
    AGENT_MAX_WORKERS: '2',
    SERVER_URL: manager.url,
    AGENT_ID: 'agent-of-variables',
    MACHINE_ID: 'machine-7',
    AGENT_TOKEN: 'wt_of_variables',
  };
  const program = world.start([process.execPath, LAUNCHER], { cwd, env });
  world.afterwards(
    async () => void (await world.start([process.execPath, LAUNCHER, '--stop-all'], { cwd, env }).ended),
  );
  await until('it to be connected', 30_000, () => manager.identity !== null);
  expect(manager.identity).toMatchObject({
    worker: 'agent-of-variables',
    labels: { machine_id: 'machine-7' },
    slots: 2,
    token: 'wt_of_variables',
  });
  expect(readdirSync(dataDir)).toContain('lock');
  const at = `http://127.0.0.1:${port}/api`;
  const ask = async (path: string, body?: object): Promise<{ readonly data: Record<string, unknown> }> => {
    const reply = await fetch(at + path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
    return (await reply.json()) as { readonly data: Record<string, unknown> };
  };
  expect((await ask('/queue/status')).data).toEqual({ pending: 0, running: 0, capacity: 2 });
  await ask('/tasks', { id: 't', command: 'env' });
  const { stdout } = await until('its end', 30_000, async () => {
    const { data } = await ask('/tasks/t');
    return data['status'] === 'completed' ? data : null;
  });
  expect(stdout).not.toContain('wt_of_variables');
  expect(program.isRunning).toBe(true);
});

test('a rejected command fails at once, with its reason, and is never tried again', async () => {
  const file = fileWith("security: { allowed_commands: [uname], blocked_patterns: ['rm -rf /'] }\nmax_workers: 1\n");
  const agent = await startAgent(world, { flags: ['--config', file] });
  const rejected = await agent.submit({ id: 'no', command: 'cat', args: ['/etc/passwd'], max_retries: 3 });
  expect(rejected).toMatchObject({ status: 'failed', exit_code: -1, retry_count: 0, started_at: null });
  expect(rejected.error).toMatch(/^command rejected: refused by security\.allowed_commands/);
  expect((await agent.submit({ command: 'uname', args: ['rm -rf /'] })).error).toMatch(
    /^command rejected: .*blocked_patterns/,
  );
  // As the guide writes it: a line, with a program of the list.
  await agent.submit({ id: 'yes', command: 'uname -s' });
  expect((await agent.reaches('yes', 'completed')).stdout).toBe('Linux\n');
});

test('a manager learns of its launcher, with labels and slots, and nothing of its local tasks', async () => {
  const manager = await managerOf();
  const file = fileWith(`server: { url: "${manager.url}", machine_id: machine-001 }\nmax_workers: 3\n`);
  const agent = await startAgent(world, { flags: ['--config', file, '--auto-start', '--command', 'sleep 1000'] });
  await manager.running('agent-001');
  await agent.submit({ id: 'private', command: 'echo private' });
  await agent.reaches('private', 'completed');
  await agent.submit({ id: 'long', command: 'sleep 1000' });
  await agent.reaches('long', 'running');
  await manager.control({ process: 'agent-001', verb: 'restart' });
  // Also after a sync, in which everything is told.
  await agent.program.end('SIGTERM');
  const syncs = manager.syncs.length;
  await agent.again();
  await until('another sync', 30_000, () => manager.syncs.length > syncs);
  await manager.running('agent-001');
  const told = JSON.stringify([manager.facts, manager.syncs, manager.beats, [...manager.output.keys()]]);
  expect(told).toContain('agent-001');
  expect(told).not.toMatch(/private|long/);
});

test('a port that is taken is told at once, and nothing was begun', async () => {
  const agent = await startAgent(world);
  const dataDir = world.directory();
  const words = ['--data-dir', dataDir, '--local-api', String(agent.port), '--auto-start', '--command', 'sleep 1000'];
  const second = world.start([process.execPath, LAUNCHER, ...words], { cwd: dataDir });
  expect((await second.ended).code).toBe(2);
  expect(second.output).toMatch(/the local API cannot listen on http:\/\/127\.0\.0\.1:\d+ \(.*EADDRINUSE/);
});

test('it is not offered to a network', async () => {
  const dir = world.directory();
  const program = world.start([process.execPath, LAUNCHER, '--local-api', '0.0.0.0:8090'], { cwd: dir });
  expect((await program.ended).code).toBe(2);
  expect(program.output).toContain('would listen on 0.0.0.0, where other machines could run programs here');
});
