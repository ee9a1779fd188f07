/**
 * The launcher's own key: what proves, from its first start on, that it is the same launcher. Made here, kept in the
 * data directory for its user alone, and shown to nobody but the manager; people compare its fingerprint.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fingerprintText } from '../../protocol/fingerprint';
import { flushDirectory } from './durable-file';

const KEY = /^wk_[\w-]{43}$/;
const KEY_BYTES = 32;

/** @throws a sentence: the file is there and holds no key, or cannot be read or written */
export function ownKey(dataDir: string): string {
  const file = join(dataDir, 'key');
  const kept = read(file);
  if (kept === null) return make(file);
  if (!KEY.test(kept))
    throw new Error(
      `${file} holds no launcher's key. Put the one back that was there; or delete the file, and approve this worker anew at its manager`,
    );
  chmodSync(file, 0o600);
  return kept;
}

export const fingerprintOf = (key: string): string => fingerprintText(createHash('sha256').update(key).digest('hex'));

function read(file: string): string | null {
  try {
    return readFileSync(file, 'latin1').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all: half a key would lock this worker out of its own id. */
function make(file: string): string {
  const key = `wk_${randomBytes(KEY_BYTES).toString('base64url')}`;
  const draft = `${file}.new`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    writeSync(fd, `${key}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, file);
  flushDirectory(dirname(file));
  return key;
}
