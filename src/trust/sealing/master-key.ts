/**
 * The one secret from which all others are derived: 32 random bytes that never leave this room. Each purpose has a key
 * of its own (HKDF, RFC 5869), so that what one of them gives away tells nothing of the rest.
 *
 * It lies in `<data>/secret.key` (made at the first start, for its user alone), or is given in the environment where the
 * data directory must not hold it: PROCGUARD_SECRET_KEY (the key), or PROCGUARD_SECRET_KEY_FILE (where it is).
 *
 * Several keys may stand there, one to a line: the first seals, the others only open what they sealed once. That is all
 * there is to a rotation, and to putting back a key that was lost.
 */
import { hkdfSync } from 'node:crypto';
import { KEY_BYTES, keysFrom } from './key-file';

export type Purpose = 'env' | 'audit';

export interface MasterKey {
  /** Tells two keys apart in sentences and in what they sealed; says nothing of the key. Eight hex digits. */
  readonly id: string;
  /** Where it is, for sentences: a path, or the variable's name. */
  readonly source: string;
  /** 32 bytes, the same for the same key and purpose. */
  subkey(purpose: Purpose): Buffer;
  /** Keys of before, newest first: for what they sealed or signed. */
  readonly retired: readonly MasterKey[];
}

/**
 * The caller holds the lock of the directory: two first starts at once would make two keys.
 * @throws a sentence: a file that others can read, or what is no key
 */
export function openMasterKey(dataDir: string, env: NodeJS.ProcessEnv): MasterKey {
  const { keys, source } = keysFrom(dataDir, env);
  const [newest, ...older] = keys as [Buffer, ...Buffer[]];
  const retired = older.map((bytes) => keyOf(bytes, source, []));
  return keyOf(newest, source, retired);
}

const keyOf = (bytes: Buffer, source: string, retired: readonly MasterKey[]): MasterKey => ({
  id: derived(bytes, 'id').subarray(0, 4).toString('hex'),
  source,
  subkey: (purpose) => derived(bytes, purpose),
  retired,
});

const derived = (key: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `procguard ${purpose}`, KEY_BYTES));
