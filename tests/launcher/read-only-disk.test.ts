/** A launcher whose disk takes nothing any more goes on keeping what it keeps. */
import { SmallDisk, whyNoSmallDisks } from '../chaos/stage/small-disk';
import { startLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const obstacle = whyNoSmallDisks();
if (obstacle !== null) console.warn(`SKIPPED: a read-only disk: ${obstacle}`);

(obstacle === null ? test : test.skip)(
  'read-only in the middle of restarts: nothing ends, ends are told, and it recovers',
  async () => {
    const manager = await managerOf();
    const dataDir = world.directory();
    const disk = new SmallDisk(dataDir, 32);
    world.afterwards(async () => disk.close());
    // Without delay the next shim waits already: it is dropped, and its directory with it, when the process is stopped.
    const flags = ['--auto-start', '--restart-policy', 'always', '--restart-delay', '0', '--command', 'sleep 1000'];
    const launcher = startLauncher(world, { managerUrl: manager.url, dataDir, flags });
    const pid = await manager.running('w1');
    disk.makeReadOnly();
    expect(await manager.control({ process: 'w1', verb: 'stop' })).toMatchObject({
      ok: true,
      certificate: { left: [] },
    });
    expect(manager.ended('w1')).toMatchObject([{ exit: { signal: 'SIGTERM' } }]);
    expect(launcher.program.isRunning).toBe(true);
    disk.setRight();
    expect(await manager.control({ process: 'w1', verb: 'start' })).toMatchObject({ ok: true });
    await until('another pid', 30_000, () => {
      const state = manager.report('w1')?.state;
      return state?.kind === 'running' && state.identity.pid !== pid;
    });
  },
);
