/** --stop-all ends everything and wishes nothing: what was wanted comes back with the launcher. */
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();

test('what ran is started by the next launcher, what was stopped is not; and stopping everything twice is no start', async () => {
  const manager = await StartedManager.start(world);
  const flags = ['--auto-start', '--command', 'sleep 1000'];
  const ran = startLauncher(world, { worker: 'ran', managerUrl: manager.url, flags });
  const stopped = startLauncher(world, { worker: 'stopped', managerUrl: manager.url, flags });
  for (const id of ['ran', 'stopped']) await manager.until('it to run', id, ({ state }) => state === 'running');
  await manager.command('stopped', 'stop');
  const { pid } = (await manager.process('ran'))!;
  for (const launcher of [ran, stopped, ran]) expect(await launcher.stopAll()).toMatchObject({ code: 0 });
  expect(() => process.kill(pid!, 0)).toThrow();
  for (const launcher of [ran, stopped]) {
    await launcher.program.ended;
    const next = launcher.again();
    await until('it to be connected', 10_000, () => next.program.output.includes('connected'));
  }
  const again = await manager.until(
    'it to run again',
    'ran',
    ({ state, pid: now }) => state === 'running' && now !== pid,
  );
  expect(again.why).toContain('it ran when everything was stopped');
  expect(await manager.process('stopped')).toMatchObject({ state: 'stopped', desired: 'stopped' });
});
