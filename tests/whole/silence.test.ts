/** Frozen managers and pulled cables: the child does not notice, and nobody guesses. */
import { resolve } from 'node:path';
import { readFileSync, statSync } from 'node:fs';
import type { EventView } from '../../protocol/views';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { testHost, whyNoTestHosts } from '../harness/network';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const COUNTER = resolve('tests/fixtures/counter.sh');
const DEADLINE_MS = 60_000;
/** Of heartbeats. Long enough that neither of them is passed over by a manager that waits for a core. */
const TIMEOUT_MS = 8_000;
const eventsOf = async (manager: StartedManager): Promise<EventView[]> =>
  (await manager.get<{ events: EventView[] }>('/api/events?worker=w1')).events;

test('with the manager frozen, the child writes on at its pace and nothing is lost', async () => {
  const manager = await StartedManager.start(world);
  const truth = `${world.directory()}/truth`;
  // The same program beside it, under nobody: how fast this machine lets it be just now.
  const free = `${world.directory()}/free`;
  world.start(['sh', '-c', `exec sh ${COUNTER} 0 0.01 > ${free}`]);
  const command = `sh ${COUNTER} 0 0.01 | tee ${truth}`;
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', command] });
  await until('output', DEADLINE_MS, async () => (await manager.output('w1')).includes('line 50'));
  process.kill(manager.program.pid, 'SIGSTOP');
  try {
    const [from, freeFrom] = [statSync(truth).size, statSync(free).size];
    await until('the child to write on', DEADLINE_MS, () => statSync(truth).size >= from + 2000);
    const [written, freely] = [statSync(truth).size - from, statSync(free).size - freeFrom];
    // Blocked would be for ever; the factor is for a busy machine.
    expect(freely).toBeLessThan(written * 5);
  } finally {
    process.kill(manager.program.pid, 'SIGCONT');
  }
  await manager.command('w1', 'stop');
  await until(
    'all of it to be stored',
    DEADLINE_MS,
    async () => (await manager.output('w1')) === readFileSync(truth, 'utf8'),
  );
});

const why = whyNoTestHosts();
if (why !== null) console.warn(`SKIPPED: a pulled cable: ${why}`);
(why === null ? test : test.skip)(
  'a worker whose cable is pulled is stale, lost, unknown; and itself again without a gap',
  async () => {
    const host = testHost(1);
    world.afterwards(async () => host.close());
    const manager = await StartedManager.start(world, {
      host: '0.0.0.0',
      env: { PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT: `${TIMEOUT_MS / 1000}` },
    });
    startLauncher(world, {
      managerUrl: `http://${host.ourAddress}:${manager.port}`,
      flags: ['--auto-start', '--command', `sh ${COUNTER} 0 0.02`],
      on: host.on,
    });
    await manager.approve('w1');
    const { pid } = await manager.until(
      'it to run',
      'w1',
      ({ state, log_bytes: stored }) => state === 'running' && stored > 0,
    );
    host.cut();
    const unknown = await manager.until('unknown', 'w1', ({ state }) => state === 'unknown');
    expect(unknown).toMatchObject({ pid, desired: 'running' });
    const worker = await manager.worker('w1');
    expect(worker?.state).toBe('offline');
    const silentMs = (await eventsOf(manager)).flatMap(({ kind, at_ms: atMs }) => {
      const ms = atMs - worker!.last_contact_ms;
      return kind.startsWith('worker.') && ms > 0 ? [{ kind, ms }] : [];
    });
    const afterMs = Object.fromEntries(silentMs.map(({ kind, ms }) => [kind, ms]));
    expect(Object.keys(afterMs).sort()).toEqual(['worker.lost', 'worker.stale']);
    expect(afterMs['worker.stale']).toBeGreaterThanOrEqual(TIMEOUT_MS / 2);
    expect(afterMs['worker.lost']).toBeGreaterThanOrEqual(TIMEOUT_MS);
    const { log_bytes: atTheCut } = unknown;
    process.kill(pid!, 0);
    host.heal();
    const back = await manager.until(
      'it to be itself again',
      'w1',
      ({ state, log_bytes: stored }) => state === 'running' && stored > atTheCut,
      60_000,
    );
    expect(back).toMatchObject({ pid, restart_count: 0 });
    await manager.command('w1', 'stop');
    const { log_bytes: final } = await manager.until('the stop', 'w1', ({ state }) => state === 'stopped');
    await until('all output', DEADLINE_MS, async () => (await manager.output('w1')).length >= final);
    const lines = (await manager.output('w1')).trimEnd().split('\n');
    expect(lines.findIndex((line, i) => line !== `line ${i + 1}`)).toBe(-1);
    const events = (await eventsOf(manager)).map(({ kind }) => kind);
    expect(events).toEqual(expect.arrayContaining(['worker.stale', 'worker.lost', 'worker.returned']));
    expect(events.filter((kind) => kind === 'process.starting')).toHaveLength(1);
  },
);
