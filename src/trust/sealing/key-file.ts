/** Where the master key is kept: read, made at the first start, and put before older ones by a rotation. */
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** AES-256. */
export const KEY_BYTES = 32;

const GIVEN = 'PROCGUARD_SECRET_KEY';
const GIVEN_FILE = 'PROCGUARD_SECRET_KEY_FILE';

/** Newest first, at least one. */
export interface KeyPlace {
  readonly keys: readonly Buffer[];
  readonly source: string;
}

export const keyFileIn = (dataDir: string): string => join(dataDir, 'secret.key');

/** @throws a sentence */
export function keysFrom(dataDir: string, env: NodeJS.ProcessEnv): KeyPlace {
  const [given, file] = [env[GIVEN], env[GIVEN_FILE]];
  if (given && file)
    throw new Error(`${GIVEN} and ${GIVEN_FILE} are both set; unset one, so that it is plain which key counts`);
  if (given) return { keys: keysIn(given, GIVEN), source: GIVEN };
  // A mounted secret belongs to another user and is read through its group.
  if (file) return { keys: keysIn(readPrivate(file, 0o027), file), source: file };
  const own = keyFileIn(dataDir);
  const text = readOwn(own) ?? make(own, '');
  return { keys: keysIn(text, own), source: own };
}

/**
 * A new key before those that are there. What they sealed is sealed anew at the next start; they stay for what cannot
 * be (an audit chain, a backup), until somebody takes their lines away.
 * @throws a sentence: where the key is given from outside, only the giver can change it
 */
export function rotateKeyFile(dataDir: string, env: NodeJS.ProcessEnv): string {
  for (const name of [GIVEN, GIVEN_FILE])
    if (env[name])
      throw new Error(
        `the secret key is given by ${name}: put the new one before the old one there, separated by white space ` +
          '(openssl rand -base64 32 makes one), and start the manager',
      );
  const own = keyFileIn(dataDir);
  const before = readOwn(own);
  if (before === null) throw new Error(`there is no secret key ${own} yet; the manager's first start makes it`);
  keysIn(before, own);
  make(own, before);
  return own;
}

/** Null = there is none. */
function readOwn(file: string): string | null {
  try {
    return readPrivate(file, 0o077);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null;
    throw error;
  }
}

/** @param refused bits of the mode that must not be set */
function readPrivate(file: string, refused: number): string {
  const fd = openSync(file, 'r');
  try {
    const { mode } = fstatSync(fd);
    if ((mode & refused) !== 0)
      throw new Error(
        `the secret key ${file} is open to other users (mode ${(mode & 0o777).toString(8)}); ` +
          `chmod 600 ${file}, and if others may have read it, rotate it (procguard manager --rotate-secret-key)`,
      );
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/** 32 bytes each, in base64 or in hex. */
function keysIn(text: string, source: string): Buffer[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const keys = words.map((word) => Buffer.from(word, /^[0-9a-f]{64}$/i.test(word) ? 'hex' : 'base64'));
  if (keys.length === 0 || keys.some(({ length }) => length !== KEY_BYTES))
    throw new Error(
      `${source} holds no secret key: ${KEY_BYTES} bytes in base64 (44 characters) or in hex (64) are one. ` +
        'Put the right one there from your backup; openssl rand -base64 32 makes a new one',
    );
  return keys;
}

/** By rename, so that there is a whole key or none; on the disk before anything is sealed with it. */
function make(file: string, older: string): string {
  const text = `${randomBytes(KEY_BYTES).toString('base64')}\n${older}`;
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.new`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, file);
  const directory = openSync(dirname(file), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
  return text;
}
