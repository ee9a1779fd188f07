/** A disk that is soon full: a filesystem in memory of its own, mounted for one test. */
import { spawnSync } from 'node:child_process';
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
