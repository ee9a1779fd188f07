/** A disk that is soon full: a filesystem in memory of its own, mounted for one test. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { World } from '../harness/world';

/** Mounting takes root, or a user namespace with root in it, as the tests of networks do. */
export const canMount = process.getuid?.() === 0;

/** @returns its directory, unmounted after the test */
export function smallDisk(world: World, megabytes: number): string {
  const path = world.directory();
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  if (status !== 0) throw new Error(`no small disk: ${String(stderr)}`);
  world.afterwards(async () => {
    // Lazily: what still runs on it is ended after this.
    await Promise.resolve(spawnSync('umount', ['-l', path]));
  });
  return path;
}

/**
 * The same as ext4, on which also directories and names take room.
 * @returns null where that cannot be had: it takes mkfs.ext4 and a loop device
 */
export function smallExt4(world: World, megabytes: number): string | null {
  const [path, image] = [world.directory(), join(world.directory(), 'image')];
  const run = (...[program = '', ...words]: string[]): boolean => spawnSync(program, words).status === 0;
  if (!run('truncate', '-s', `${megabytes}M`, image) || !run('mkfs.ext4', '-q', '-m', '0', image)) return null;
  if (!run('mount', '-o', 'loop', image, path)) return null;
  world.afterwards(async () => void (await Promise.resolve(run('umount', '-l', path))));
  return path;
}
