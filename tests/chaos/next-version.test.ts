/**
 * Mixed versions talk: what a next version adds to the words (fields, events, kinds of commands) is passed over by this
 * one, in both directions; and a version that cannot be understood is told so in a sentence, not by silence.
 */
import type { ProcessView } from '../../protocol/views';
import { LIMITS } from '../../protocol/limits';
import { ScriptedLauncher } from '../api/scripted-launcher';
import { RUN, running } from '../harness/launcher-words';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager } from '../launcher/tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
/** What nobody knows yet. */
const NOVEL = { novel: { deep: [1, 2, 3] } };

test('a launcher of the next version with this manager', async () => {
  const manager = await StartedManager.start(world);
  const launcher = new ScriptedLauncher(manager.url, 'w1', NOVEL as never);
  world.afterwards(async () => launcher.close());
  expect((await launcher.register()).status).toBe(200);
  await launcher.connect();
  const state = { ...running(4711), ...NOVEL };
  expect(await launcher.sync(state, [RUN])).toMatchObject({ outputBytes: {} });
  launcher.say('mood', NOVEL);
  launcher.say('beat', { atMs: 0, machine: null, usage: [], ...NOVEL });
  const report = { ...launcher.report(state), ...NOVEL, restarts: 5 };
  const seq = launcher.tell({ kind: 'process.changed', report, ...NOVEL } as never);
  await launcher.until(() => launcher.acked === seq);
  expect(launcher.isConnected).toBe(true);
  const { processes } = await manager.get<{ processes: ProcessView[] }>('/api/workers/w1/processes');
  expect(processes[0]).toMatchObject({ state: 'running', pid: 4711, restart_count: 5 });
});

test('a manager of the next version with this launcher', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', 'sleep 1000'],
  });
  const pid = await manager.running('w1');
  manager.begin({ kind: 'sing', process: 'w1', ...NOVEL } as never);
  await until('the launcher to say that it does not know that', 30_000, () =>
    launcher.program.output.includes('not understood'),
  );
  expect(manager.isConnected).toBe(true);
  const stop = { kind: 'control', process: 'w1', verb: 'stop', ...NOVEL } as const;
  expect(await manager.order(stop as never)).toMatchObject({ ok: true, certificate: { left: [] } });
  expect(pid).toBeGreaterThan(0);
});

test('a version that this manager cannot read is told so', async () => {
  const manager = await StartedManager.start(world);
  const launcher = new ScriptedLauncher(manager.url, 'w1', { protocol: LIMITS.protocolVersion + 1 });
  const refused = await launcher.register();
  expect(refused.status).toBe(426);
  expect(await refused.json()).toMatchObject({
    code: 'protocol_mismatch',
    error: expect.stringContaining('install the same version on both'),
  });
});
