/** --status only looks: it is never in the way of a launcher that starts. */
import { resolve } from 'node:path';
import { LAUNCHER, startLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();

test('a launcher starts while others look, and is seen by those who look later', async () => {
  const dataDir = world.directory();
  const look = () => world.start([process.execPath, LAUNCHER, '--worker-id', 'w1', '--data-dir', dataDir, '--status']);
  const looking = Array.from({ length: 6 }, look);
  const launcher = startLauncher(world, {
    managerUrl: 'http://127.0.0.1:1',
    dataDir,
    flags: ['--command', `cat ${resolve('package.json')}`],
  });
  looking.push(...Array.from({ length: 3 }, look));
  for (const one of looking) expect(await one.ended).toEqual({ code: 0, signal: null });
  await until('it to be seen', 30_000, async () => {
    const one = look();
    await one.ended;
    return one.output.includes(`pid ${launcher.program.pid}`);
  });
  expect(launcher.program.isRunning).toBe(true);
});
