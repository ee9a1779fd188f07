import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFileIn, rotateKeyFile } from './key-file';
import { openMasterKey } from './master-key';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pg-key-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('is made once, for its user alone, and is the same ever after', () => {
  const first = openMasterKey(dir, {});
  expect(statSync(keyFileIn(dir)).mode & 0o777).toBe(0o600);
  const second = openMasterKey(dir, {});
  expect(second.id).toBe(first.id);
  expect(second.subkey('env')).toEqual(first.subkey('env'));
  expect(first.subkey('env')).toHaveLength(32);
});

it('gives each purpose a key of its own, none of them the key itself', () => {
  const key = openMasterKey(dir, {});
  expect(key.subkey('env')).not.toEqual(key.subkey('audit'));
  expect(Buffer.from(readFileSync(keyFileIn(dir), 'utf8'), 'base64')).not.toEqual(key.subkey('env'));
});

it('is not taken from a file that others can read', () => {
  openMasterKey(dir, {});
  chmodSync(keyFileIn(dir), 0o640);
  expect(() => openMasterKey(dir, {})).toThrow(/open to other users \(mode 640\); chmod 600/);
});

it('is not taken from a file that holds something else, and not made anew over it', () => {
  writeFileSync(keyFileIn(dir), 'short\n', { mode: 0o600 });
  expect(() => openMasterKey(dir, {})).toThrow(/holds no secret key: 32 bytes/);
  expect(readFileSync(keyFileIn(dir), 'utf8')).toBe('short\n');
});

it('is taken from the environment, in base64 or in hex, and then no file is made', () => {
  const bytes = Buffer.alloc(32, 7);
  const inBase64 = openMasterKey(dir, { PROCGUARD_SECRET_KEY: bytes.toString('base64') });
  const inHex = openMasterKey(dir, { PROCGUARD_SECRET_KEY: bytes.toString('hex') });
  expect(inHex.id).toBe(inBase64.id);
  expect(() => statSync(keyFileIn(dir))).toThrow(/ENOENT/);
  const file = join(dir, 'elsewhere');
  writeFileSync(file, bytes.toString('base64'), { mode: 0o400 });
  expect(openMasterKey(dir, { PROCGUARD_SECRET_KEY_FILE: file }).id).toBe(inBase64.id);
  expect(() => openMasterKey(dir, { PROCGUARD_SECRET_KEY: 'x', PROCGUARD_SECRET_KEY_FILE: file })).toThrow(/both set/);
});

it('is rotated by a new one before it, which it outlives as a retired one', () => {
  const first = openMasterKey(dir, {});
  rotateKeyFile(dir, {});
  const second = openMasterKey(dir, {});
  expect(second.id).not.toBe(first.id);
  expect(second.retired.map(({ id }) => id)).toEqual([first.id]);
  expect(second.retired[0]?.subkey('env')).toEqual(first.subkey('env'));
  expect(statSync(keyFileIn(dir)).mode & 0o777).toBe(0o600);
});
