/**
 * What a rule leans on and somebody else can write to: its file, listed programs, and every directory above them. Rules are
 * as strong as the weakest of these, so it is said; it is not refused, because who trusts whom on a machine is its owner's.
 */
import { realpathSync, statSync, type Stats } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { isGlob } from '../../protocol/glob';
import type { Rules } from '../core/rules';
import { findInPath } from './program';

const STICKY = 0o1000;
const BY_ALL = 0o002;

/** @param path the launcher's own PATH @returns a sentence each */
export function openPlaces({ file, commands }: Rules, path: string): string[] {
  const leant = new Set([file, ...commands.flatMap((entry) => placeOf(entry, path) ?? [])].flatMap(upwards));
  return [...leant].flatMap((place) => {
    const by = writer(place);
    return by === null
      ? []
      : [`${place} can be written to by ${by}, so the command rules of ${file} can be got around`];
  });
}

/** Of a glob, the directory above its first pattern. */
function placeOf(entry: string, path: string): string | null {
  if (!isAbsolute(entry)) return findInPath(entry, path);
  if (!isGlob(entry)) return entry;
  const names = entry.split('/');
  return names.slice(0, names.findIndex(isGlob)).join('/') || '/';
}

/** Itself and all directories above it, as it is written and where it leads. */
function upwards(path: string): string[] {
  const places = [path, realPath(path)];
  for (const start of [...places]) for (let at = start; at !== dirname(at); at = dirname(at)) places.push(dirname(at));
  return places;
}

/** Null = nobody but root and the launcher's own user, or nothing is there. */
function writer(place: string): string | null {
  const stat = statOf(place);
  if (stat === null) return null;
  // In a sticky directory everybody may add, and only owners may take away or replace.
  const isHeld = stat.isDirectory() && (stat.mode & STICKY) !== 0;
  if ((stat.mode & BY_ALL) !== 0 && !isHeld) return 'everybody';
  return stat.uid === 0 || stat.uid === process.getuid?.() ? null : `user ${stat.uid}`;
}

function statOf(place: string): Stats | null {
  try {
    return statSync(place);
  } catch {
    return null;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
