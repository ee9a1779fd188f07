/** FailureHandler, with real workers: what it does about a lost worker, a failure, a health check. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { isAlive } from '../harness/leftovers';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const DEADLINE_MS = 30_000;
interface Recoveries {
  readonly history: { worker_id: string; stage: string; success: boolean; finding: string; duration: number }[];
}

test('a lost process runs on the worker that allows it; its old run is stopped, verified and recorded on return', async () => {
  const env = { PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT: '6', PROCGUARD_RECOVERY_TASK_REASSIGNMENT: 'true' };
  const manager = await StartedManager.start(world, { env });
  const flags = ['--auto-start', '--command', 'sleep 1000'];
  const lost = startLauncher(world, { worker: 'w1', managerUrl: manager.url, flags });
  startLauncher(world, { worker: 'w2', managerUrl: manager.url, flags: ['--labels', 'accept-reassigned=w*'] });
  startLauncher(world, { worker: 'w3', managerUrl: manager.url });
  const { pid } = await manager.until('it to run', 'w1', ({ state }) => state === 'running');
  await until(
    'the others to be there',
    DEADLINE_MS,
    async () => (await manager.worker('w2'))?.state === 'idle' && (await manager.worker('w3'))?.state === 'idle',
  );
  await lost.program.end('SIGKILL');
  const taken = await manager.until('w2 to run it', 'w2', ({ state }) => state === 'running');
  expect(taken).toMatchObject({ key: 'w2/w1', command: 'sleep 1000' });
  expect(await manager.process('w1')).toMatchObject({
    state: 'unknown',
    pid,
    why: expect.stringContaining('w2/w1') as string,
  });
  expect(await manager.process('w3')).toBeNull();
  expect(await manager.get('/api/explain/w1%2Fw1')).toMatchObject({
    cause_kind: 'superseded',
    by: 'FailureHandler',
    behind: [{ target: 'w2/w1', state: 'running' }],
  });
  process.kill(pid!, 0);

  const returned = lost.again();
  await until('the old run to be gone', DEADLINE_MS, () => {
    try {
      return !process.kill(pid!, 0);
    } catch {
      return true;
    }
  });
  const kept = await manager.until('it to be stopped on w1', 'w1', ({ state }) => state === 'stopped');
  expect(kept.certificate).toMatchObject({ left: [] });
  // The same command line with --auto-start again is no reason for a second copy.
  await returned.program.end('SIGKILL');
  const third = returned.again();
  await until('it to be connected', DEADLINE_MS, () => third.program.output.includes('connected'));
  const still = await manager.until('what it keeps to be told', 'w1', ({ state }) => state !== 'unknown');
  expect(still).toMatchObject({ state: 'stopped', why: expect.stringContaining('w2/w1') as string });
  expect(await manager.command('w1', 'start')).toMatchObject({ success: false, code: 'superseded' });
  const { events } = await manager.get<{ events: { kind: string; worker_id: string; run_id: string | null }[] }>(
    '/api/events?worker=w1',
  );
  expect(events.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['process.superseded', 'command.supersede', 'run.ended']),
  );
  expect(await manager.process('w2')).toMatchObject({ state: 'running', pid: taken.pid });
  const { history } = await manager.get<Recoveries>('/api/recovery');
  expect(history.find(({ worker_id: worker }) => worker === 'w1')).toMatchObject({
    stage: 'completed',
    success: true,
    finding: expect.stringContaining('worker w1 is lost') as string,
  });
});

test('launcher, shim and child die together: one story, which ends with the run that followed', async () => {
  const manager = await StartedManager.start(world);
  const file = join(world.directory(), 'processes.json');
  // Long enough to be in backoff when its launcher tells its table.
  const restart = { delayMs: 5000, jitter: 0 };
  writeFileSync(file, JSON.stringify([{ name: 'w1', command: 'sleep 1000', autoStart: true, restart }]));
  const first = startLauncher(world, { managerUrl: manager.url, flags: ['--processes', file] });
  const before = await manager.until('it to run', 'w1', ({ state }) => state === 'running');
  const pid = before.pid!;
  const shim = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  await first.program.end('SIGKILL');
  for (const one of [shim, pid]) process.kill(one, 'SIGKILL');
  await until('both to be gone', DEADLINE_MS, () => !isAlive(shim) && !isAlive(pid));
  const { seq } = (await manager.get<{ events: { seq: number }[] }>('/api/events?limit=1')).events.at(-1)!;
  first.again();
  await manager.until('its successor', 'w1', (now) => now.state === 'running' && now.pid !== pid);
  const told = async () => (await manager.get<Recoveries>('/api/recovery')).history;
  await until('the story to end', DEADLINE_MS, async () => (await told()).some(({ stage }) => stage === 'completed'));
  // From the end to the run after its backoff: the one that died was not taken as that.
  expect(await told()).toMatchObject([{ stage: 'completed', duration: expect.any(Number) as number }]);
  expect((await told())[0]!.duration).toBeGreaterThan(2);
  const { events } = await manager.get<{ events: { seq: number; kind: string }[] }>('/api/events?worker=w1&limit=100');
  const kinds = events
    .filter((event) => event.seq > seq && /^(process|run)\./.test(event.kind))
    .map(({ kind }) => kind);
  expect(kinds).toEqual(['process.backoff', 'run.ended', 'process.starting', 'process.running']);
});

test('stop_all_on_failure stops the others when one has failed for good', async () => {
  const manager = await StartedManager.start(world, { env: { PROCGUARD_RECOVERY_STOP_ALL_ON_FAILURE: 'true' } });
  startLauncher(world, { worker: 'w1', managerUrl: manager.url, flags: ['--auto-start', '--command', 'sleep 1000'] });
  await manager.until('it to run', 'w1', ({ state }) => state === 'running');
  startLauncher(world, {
    worker: 'w2',
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', 'sleep 0.2; exit 1', '--max-restarts', '0'],
  });
  await manager.until('the failure', 'w2', ({ state }) => state === 'failed');
  expect(await manager.until('the stop', 'w1', ({ state }) => state === 'stopped')).toMatchObject({
    desired: 'stopped',
  });
});

test('a process whose health check fails is restarted, within the budget and no further', async () => {
  const manager = await StartedManager.start(world, { env: { PROCGUARD_RECOVERY_MAX_RECOVERY_ATTEMPTS: '1' } });
  let healthy = true;
  const checked = createServer((_request, response) => response.writeHead(healthy ? 200 : 503).end());
  await once(checked.listen(0, '127.0.0.1'), 'listening');
  world.afterwards(async () => void checked.close());
  const file = join(world.directory(), 'processes.json');
  const healthCheck = {
    url: `http://127.0.0.1:${(checked.address() as AddressInfo).port}/`,
    intervalMs: 100,
    timeoutMs: 30_000,
    failuresMax: 2,
  };
  writeFileSync(file, JSON.stringify([{ name: 'w1', command: 'sleep 1000', autoStart: true, healthCheck }]));
  startLauncher(world, { worker: 'w1', managerUrl: manager.url, flags: ['--processes', file] });
  const first = await manager.until('it to be healthy', 'w1', ({ healthy: is }) => is === true);
  healthy = false;
  const second = await manager.until('a restart', 'w1', ({ state, pid }) => state === 'running' && pid !== first.pid);
  await until('the budget to be spent', DEADLINE_MS, async () => {
    const { history } = await manager.get<Recoveries>('/api/recovery');
    return history.some(({ stage }) => stage === 'failed');
  });
  expect(await manager.process('w1')).toMatchObject({ pid: second.pid, restart_count: 1 });
  healthy = true;
  await manager.until('the finding to be cleared', 'w1', ({ findings }) => findings.length === 0);
});

test('a machine short of memory, an idle process: findings, with their words', async () => {
  const env = {
    PROCGUARD_MONITORING_MEMORY_THRESHOLD: '1.0',
    PROCGUARD_MONITORING_IDLE_AFTER: '0.5',
    PROCGUARD_MONITORING_INTERVAL: '0.2',
  };
  const manager = await StartedManager.start(world, { env });
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', 'sleep 1000'] });
  const idle = await manager.until('the idle finding', 'w1', ({ notes }) => notes.length > 0);
  expect(idle.notes[0]).toMatch(/idle.*under 0\.1/);
  expect(idle.findings).toEqual([]); // a service at rest is no problem
  await until('the memory finding', DEADLINE_MS, async () =>
    (await manager.worker('w1'))?.findings[0]?.includes("machine's memory is free"),
  );
});
