/**
 * Two managers may be started with one configuration file and a data directory each, by a flag or a variable. A snapshot
 * that the file keeps in its own data directory then belongs to the other one as well: it is imported where the ledger is
 * empty, so the second manager would take over the first one's fleet, and both would write it.
 */
import { isAbsolute, join, relative } from 'node:path';
import type { Override } from './environment';
import { ConfigKeys } from './keys';
import { isTree } from './tree';

const DEFAULT_DATA_DIR = ConfigKeys.parse({}).state.data_dir;

/**
 * @param written what the file says, before anything is laid over it
 * @param overrides what is laid over it, the nearest to the user last
 * @returns the snapshot at the same place in the data directory that is in force; null = it stays where it is
 */
export function movedStateFile(written: unknown, overrides: readonly Override[]): Override | null {
  const last = (key: string) => overrides.findLast(({ path }) => path.join('.') === key)?.value;
  const dataDir = last('state.data_dir');
  const state = isTree(written) && isTree(written['state']) ? written['state'] : {};
  const { data_dir: before = DEFAULT_DATA_DIR, state_file: file } = state;
  if (typeof dataDir !== 'string' || typeof before !== 'string' || typeof file !== 'string') return null;
  if (last('state.state_file') !== undefined) return null;
  const inside = relative(before, file);
  const isInside = inside !== '' && inside.split('/')[0] !== '..' && !isAbsolute(inside);
  return isInside ? { path: ['state', 'state_file'], value: join(dataDir, inside) } : null;
}
