/** A launcher whose disk is nearly full begins no job that could not write there. */
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../../harness/launcher';
import { useWorld } from '../../harness/world';
import { canMount, smallDisk } from '../small-disk';
import { useTinyManager } from '../tiny-manager';
import { connected, ended, runWord } from './job-words';

const world = useWorld();
const managerOf = useTinyManager(world);
if (!canMount) console.warn('SKIPPED: a full disk: mounting a small filesystem needs root');
const onSmallDisk = canMount ? test : test.skip;

onSmallDisk(
  'on a disk with no room a job is not begun, and may be elsewhere; with room again the next is',
  async () => {
    const dataDir = smallDisk(world, 16);
    const manager = await managerOf();
    startLauncher(world, { managerUrl: manager.url, dataDir, flags: ['--disk-reserve', '0'] });
    await connected(manager);
    const { bavail, bsize } = statfsSync(dataDir);
    const ballast = join(dataDir, 'ballast');
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 256 * 1024));
    const trail = join(world.directory(), 'trail');
    const job = `echo >${trail}; seq 1 100000`;
    manager.job(runWord('early', job, { isNew: true }));
    expect(await ended(manager, 'early')).toMatchObject({
      outcome: 'lost',
      isHindered: true,
      why: 'the disk of its launcher is full; make room there',
    });
    expect(existsSync(trail)).toBe(false);
    rmSync(ballast);
    manager.job(runWord('late', job, { isNew: true }));
    expect(await ended(manager, 'late')).toMatchObject({ outcome: 'completed' });
  },
);
