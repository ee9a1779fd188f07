/**
 * A directory of a run's own: made empty before its birth, its user's alone, and removed with all in it once its tree was
 * verified gone. In /var/tmp and not in the data directory, which no other user may enter, and not in /tmp, which often is
 * memory.
 */
import { chownSync, lstatSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../../protocol/ids';
import type { Becoming } from './become-user';

const BASE = join('/var/tmp', `procguard-${process.getuid?.() ?? 'user'}`);

export const privateDirectoryOf = (run: RunId): string => join(BASE, run);

/** Throws a sentence, with the code of the system's error. */
export function makePrivateDirectory(run: RunId, as: Exclude<Becoming, { kind: 'refused' }>): string {
  const path = privateDirectoryOf(run);
  try {
    mkdirSync(BASE, { recursive: true, mode: 0o711 });
    // Everybody may write in /var/tmp: what stands there under our name must be ours.
    const base = lstatSync(BASE);
    if (!base.isDirectory() || base.uid !== process.getuid?.())
      throw new Error(`${BASE} belongs to somebody else; remove it`);
    mkdirSync(path, { mode: 0o700 });
    if (as.kind === 'other') chownSync(path, as.uid, as.gid);
    return path;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw Object.assign(new Error(`its private directory could not be made: ${message}`, { cause: error }), { code });
  }
}

/** Off the way of a restart. What cannot be removed (its program made it immutable) stays, and costs its room. */
export function removePrivateDirectory(run: RunId): void {
  void rm(privateDirectoryOf(run), { recursive: true, force: true }).catch(() => {});
}
