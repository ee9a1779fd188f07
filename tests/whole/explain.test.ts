/** `explain` with real processes: the cause, who, and what happens next, as people and programs ask for it. */
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { Explanation } from '../../protocol/views';
import { startLauncher } from '../harness/launcher';
import { PROCGUARD, StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const DEADLINE_MS = 30_000;
const why = (manager: StartedManager, target: string): Promise<Explanation> =>
  manager.get<Explanation>(`/api/explain/${encodeURIComponent(target)}`);
const said = ({ evidence }: Explanation): string => evidence.map(({ what }) => what).join('\n');

/** One process on one worker, with a definition of its own. */
async function started(spec: Record<string, unknown>, env: Record<string, string> = {}): Promise<StartedManager> {
  const manager = await StartedManager.start(world, { env });
  const file = join(world.directory(), 'processes.json');
  writeFileSync(file, JSON.stringify([{ name: 'w1', autoStart: true, ...spec }]));
  startLauncher(world, { managerUrl: manager.url, flags: ['--processes', file] });
  return manager;
}

test('an operator stop: who, from where, and how it was verified; on the command line too', async () => {
  const manager = await started({ command: 'sleep 1000' });
  await manager.until('it to run', 'w1', ({ state }) => state === 'running');
  expect(await why(manager, 'w1')).toMatchObject({ target: 'w1/w1', state: 'running', cause_kind: 'start' });
  await manager.command('w1', 'stop');
  const seen = await why(manager, 'w1');
  expect(seen).toMatchObject({
    state: 'stopped',
    cause_kind: 'operator',
    by: 'operator 127.0.0.1',
    cause: 'stopped by operator 127.0.0.1',
    next: null,
    advice: ['procguard start w1/w1'],
  });
  expect(said(seen)).toMatch(/operator 127\.0\.0\.1 asked to stop/);
  expect(said(seen)).toMatch(/its last stop: SIGTERM; all \d+ process(es)? gone/);

  const cli = (...words: string[]) => world.start([process.execPath, PROCGUARD, '--url', manager.url, ...words]);
  const explained = cli('explain', 'w1');
  expect((await explained.ended).code).toBe(0);
  expect(explained.output).toMatch(/why +stopped by operator 127\.0\.0\.1\n/);
  const status = cli('status', 'w1');
  expect((await status.ended).code).toBe(0);
  expect(status.output).toMatch(/why +stopped by operator 127\.0\.0\.1\n[\s\S]*known by/);
  const unknown = cli('explain', 'w2');
  expect((await unknown.ended).code).toBe(3);
});

test('a crash with its exit code, its last words, and when it is tried again', async () => {
  const manager = await started({ command: 'echo no such model; exit 3', restart: { delayMs: 60_000 } });
  await manager.until('the backoff', 'w1', ({ state }) => state === 'backoff');
  const seen = await until('its output to be stored, and its story to be told', DEADLINE_MS, async () => {
    const now = await why(manager, 'w1');
    return said(now).includes('output:') && said(now).includes('decided:') ? now : null;
  });
  expect(seen).toMatchObject({ cause_kind: 'exit', cause: expect.stringContaining('exit code 3') as string });
  expect(seen.next).toMatchObject({ what: 'restart 1 of 10' });
  expect(seen.next!.at_ms! - seen.since_ms).toBeGreaterThanOrEqual(60_000);
  expect(said(seen)).toContain('output: no such model');
  expect(said(seen)).toContain('found: exit code 3; decided: its launcher restarts it');
});

test('a spent budget', async () => {
  const manager = await started({ command: 'exit 7', restart: { delayMs: 10, maxRestarts: 2 } });
  await manager.until('it to fail', 'w1', ({ state }) => state === 'failed');
  const seen = await why(manager, 'w1');
  expect(seen).toMatchObject({ state: 'failed', cause_kind: 'budget', next: null });
  expect(seen.cause).toMatch(
    /2 restarts within 10 min is the limit \(max_restarts 2\); the last run ended with exit code 7/,
  );
});

test("a stranger's kill -9", async () => {
  const manager = await started({ command: 'sleep 1000', restart: { delayMs: 60_000 } });
  const { pid } = await manager.until('it to run', 'w1', ({ state }) => state === 'running');
  process.kill(pid!, 'SIGKILL');
  await manager.until('the backoff', 'w1', ({ state }) => state === 'backoff');
  expect(await why(manager, 'w1')).toMatchObject({
    cause_kind: 'stranger',
    by: 'somebody on its machine',
    cause: expect.stringContaining('SIGKILL') as string,
  });
});

test('a lost worker, of its process and of itself; and back', async () => {
  const manager = await StartedManager.start(world, { env: { PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT: '3' } });
  const flags = ['--auto-start', '--command', 'sleep 1000'];
  const launcher = startLauncher(world, { managerUrl: manager.url, flags });
  await manager.until('it to run', 'w1', ({ state }) => state === 'running');
  await launcher.program.end('SIGKILL');
  await manager.until('it to be unknown', 'w1', ({ state }) => state === 'unknown');
  const seen = await why(manager, 'w1');
  expect(seen).toMatchObject({ state: 'unknown', cause_kind: 'worker-lost', by: 'worker w1' });
  expect(seen.cause).toMatch(/silent since .*Z, for .* it was running/);
  expect(seen.behind).toMatchObject([{ target: 'w1', state: 'offline' }]);
  const node = await manager.get<Explanation>('/api/explain/w1?node=1');
  expect(node).toMatchObject({ target: 'w1', state: 'offline', cause_kind: 'worker-lost' });
  expect(said(node)).toContain('left alone: 1 process may well run there');
  launcher.again();
  await until('its return to be told', DEADLINE_MS, async () =>
    said(await manager.get<Explanation>('/api/explain/w1?node=1')).includes('heard again after'),
  );
});

test('an out-of-memory kill', async () => {
  const manager = await started({
    command: `node -e 'const kept = []; for (;;) kept.push(Buffer.alloc(1 << 24, 1))'`,
    limits: { memoryBytes: 64 * 2 ** 20 },
    restart: { delayMs: 60_000 },
  });
  const view = await manager.until('its end', 'w1', ({ state }) => state === 'backoff');
  const seen = await why(manager, 'w1');
  // Without a cgroup the limit is one of address space, and node ends itself.
  if (view.signal === 'SIGKILL') expect(seen).toMatchObject({ cause_kind: 'oom', by: 'the kernel' });
  else expect(seen).toMatchObject({ cause_kind: 'exit', by: 'the program' });
});

test('a failed probe: which, and what it saw', async () => {
  const alive = [{ check: { kind: 'silence', of: 'output', forMs: 300 } }];
  const manager = await started({ command: 'sleep 1000', alive, restart: { delayMs: 60_000 } });
  await manager.until('its end', 'w1', ({ state }) => state === 'backoff');
  const seen = await why(manager, 'w1');
  expect(seen).toMatchObject({ cause_kind: 'probe', by: 'its launcher' });
  expect(Number(/none for (\d+\.\d) s/.exec(seen.cause)?.[1])).toBeGreaterThanOrEqual(0.3);
});

test('disabled: who, why, and until when', async () => {
  const manager = await started({ command: 'sleep 1000' });
  await manager.until('it to run', 'w1', ({ state }) => state === 'running');
  const words = ['disable', 'w1', '--reason', 'disk swap', '--until', '2h'];
  const disable = world.start([process.execPath, PROCGUARD, '--url', manager.url, ...words]);
  expect((await disable.ended).code).toBe(0);
  const seen = await why(manager, 'w1');
  expect(seen).toMatchObject({
    state: 'stopped',
    cause_kind: 'disabled',
    by: expect.stringContaining('operator') as string,
    cause: expect.stringContaining('disk swap') as string,
    next: { what: 'it is enabled by itself, and starts, as was wanted' },
  });
  expect(seen.next!.at_ms!).toBeGreaterThan(Date.now() + 3_600_000);
});

test('a dependency that is not ready, and what lies behind it', async () => {
  const manager = await StartedManager.start(world);
  const file = join(world.directory(), 'processes.json');
  const ready = { check: { kind: 'tcp', port: 1 }, withinMs: null };
  const specs = [
    { name: 'db', command: 'sleep 1000', autoStart: true, ready },
    { name: 'api', command: 'sleep 1000', autoStart: true, dependsOn: { db: 'ready' } },
    { name: 'web', command: 'sleep 1000', autoStart: true, dependsOn: { api: 'started' } },
  ];
  writeFileSync(file, JSON.stringify(specs));
  startLauncher(world, { managerUrl: manager.url, flags: ['--processes', file] });
  const seen = await until('db to run', DEADLINE_MS, async () => {
    const now = await why(manager, 'w1/web');
    return now.behind?.some(({ target, state }) => target === 'w1/db' && state === 'running') ? now : null;
  });
  expect(seen).toMatchObject({
    state: 'waiting',
    cause_kind: 'dependency',
    by: 'w1/api',
    behind: [
      { target: 'w1/api', state: 'waiting', cause: expect.stringContaining('w1/db to be ready') as string },
      { target: 'w1/db', state: 'running', cause: expect.stringContaining('tcp 127.0.0.1:1') as string },
    ],
  });
});
