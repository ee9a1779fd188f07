/** A data directory without a byte left: what is kept there can be stopped all the same. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { isAlive } from '../harness/leftovers';
import { useWorld } from '../harness/world';
import { canMount, smallDisk, smallExt4 } from './small-disk';
import { useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
if (!canMount) console.warn('SKIPPED: a full disk: mounting a small filesystem needs root');
const onFullDisk = canMount ? describe : describe.skip;

onFullDisk.each([
  ['tmpfs', (): string | null => smallDisk(world, 16)],
  ['ext4', (): string | null => smallExt4(world, 24)],
])('on %s', (_kind, mount) => {
  /** A process that does not end by a signal alone. Null = there is no such disk here. */
  async function keptThere() {
    const dataDir = mount();
    if (dataDir === null) return console.warn('SKIPPED: no such filesystem can be mounted here');
    const manager = await managerOf();
    const command = 'trap "" TERM; while :; do sleep 1; done';
    const flags = ['--auto-start', '--disk-reserve', '0', '--stop-timeout', '1', '--command', command];
    const launcher = startLauncher(world, { managerUrl: manager.url, dataDir, flags });
    return { manager, launcher, pid: await manager.running('w1'), disk: dataDir };
  }

  test('a stop from the manager is done and verified, and told to be written nowhere', async () => {
    const kept = await keptThere();
    if (!kept) return;
    const empty = fill(kept.disk);
    expect(await kept.manager.control({ process: 'w1', verb: 'stop' })).toMatchObject({
      ok: true,
      message: expect.stringMatching(
        /^stopped, .*; its record .* could not be written .* has not heard of this order$/,
      ),
      certificate: { left: [] },
    });
    expect(isAlive(kept.pid)).toBe(false);
    empty();
  });

  test('a restart from the manager is refused, and what runs is left alone', async () => {
    const kept = await keptThere();
    if (!kept) return;
    const empty = fill(kept.disk);
    expect(await kept.manager.control({ process: 'w1', verb: 'restart' })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^not restarted, and what runs is left alone: the disk takes nothing \(ENOSPC/),
    });
    expect(isAlive(kept.pid)).toBe(true);
    empty();
    expect(await kept.manager.control({ process: 'w1', verb: 'restart' })).toMatchObject({ ok: true });
    expect(isAlive(kept.pid)).toBe(false);
  });

  test.each(['alive', 'killed'])('--stop-all beside a launcher that is %s ends everything', async (how) => {
    const kept = await keptThere();
    if (!kept) return;
    if (how === 'killed') await kept.launcher.program.end('SIGKILL');
    const empty = fill(kept.disk);
    expect(await kept.launcher.stopAll()).toMatchObject({ code: 0 });
    expect(isAlive(kept.pid)).toBe(false);
    empty();
  });
});

/** To the last byte. @returns how to set it right */
function fill(disk: string): () => void {
  const ballast = join(disk, 'ballast');
  const fd = openSync(ballast, 'w');
  for (let size = 64 * 1024; size >= 1;) {
    try {
      if (writeSync(fd, Buffer.alloc(size)) < size) size >>= 1;
    } catch {
      size >>= 1;
    }
  }
  closeSync(fd);
  return () => rmSync(ballast);
}
