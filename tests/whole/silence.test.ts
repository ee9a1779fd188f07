/** Frozen managers and pulled cables: the child does not notice, and nobody guesses. */
import { resolve } from 'node:path';
import { readFileSync, statSync } from 'node:fs';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { testHost, whyNoTestHosts } from '../harness/network';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const COUNTER = resolve('tests/fixtures/counter.sh');

test('with the manager frozen, the child writes on at its pace and nothing is lost', async () => {
  const manager = await StartedManager.start(world);
  const truth = `${world.directory()}/truth`;
  const command = `sh ${COUNTER} 0 0.01 | tee ${truth}`;
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', command] });
  await until('output', 10_000, async () => (await manager.output('w1')).includes('line 50'));
  const written = (): number => statSync(truth).size;
  const over = async (bytes: number): Promise<number> => {
    const [began, from] = [performance.now(), written()];
    await until('the child to write on', 20_000, () => written() >= from + bytes);
    return performance.now() - began;
  };
  const before = await over(2000);
  process.kill(manager.program.pid, 'SIGSTOP');
  try {
    const frozen = await over(2000);
    // Blocked would be for ever; the factor is for a busy machine.
    expect(frozen).toBeLessThan(before * 5);
  } finally {
    process.kill(manager.program.pid, 'SIGCONT');
  }
  await manager.command('w1', 'stop');
  await until(
    'all of it to be stored',
    10_000,
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
      env: { PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT: '2' },
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
    const cutAtMs = Date.now();
    await until('stale', 10_000, async () => (await manager.worker('w1'))?.state === 'stale');
    const staleAfterMs = Date.now() - cutAtMs;
    const unknown = await manager.until('unknown', 'w1', ({ state }) => state === 'unknown');
    const lostAfterMs = Date.now() - cutAtMs;
    // The last beat came up to a sampling interval before the cut.
    expect(staleAfterMs).toBeGreaterThan(400);
    expect(lostAfterMs).toBeGreaterThan(1400);
    expect(unknown).toMatchObject({ pid, desired: 'running' });
    expect((await manager.worker('w1'))?.state).toBe('offline');
    const { log_bytes: atTheCut } = unknown;
    process.kill(pid!, 0);
    host.heal();
    const back = await manager.until(
      'it to be itself again',
      'w1',
      ({ state, log_bytes: stored }) => state === 'running' && stored > atTheCut,
      40_000,
    );
    expect(back).toMatchObject({ pid, restart_count: 0 });
    await manager.command('w1', 'stop');
    const { log_bytes: final } = await manager.until('the stop', 'w1', ({ state }) => state === 'stopped');
    await until('all output', 10_000, async () => (await manager.output('w1')).length >= final);
    const lines = (await manager.output('w1')).trimEnd().split('\n');
    expect(lines.findIndex((line, i) => line !== `line ${i + 1}`)).toBe(-1);
    const events = (await manager.get<{ events: { kind: string }[] }>('/api/events?worker=w1')).events.map(
      ({ kind }) => kind,
    );
    expect(events).toEqual(expect.arrayContaining(['worker.stale', 'worker.lost', 'worker.returned']));
    expect(events.filter((kind) => kind === 'process.starting')).toHaveLength(1);
  },
);
