import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flushDirectory } from './durable-file';
import { fingerprintOf, ownKey } from './own-key';

jest.mock('./durable-file', () => ({ flushDirectory: jest.fn() }));

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'procguard-key-'))));
afterEach(() => rmSync(dir, { recursive: true }));

test('is made once, for its user alone, and is the same at each start', () => {
  const key = ownKey(dir);
  expect(key).toMatch(/^wk_[\w-]{43}$/);
  expect(statSync(join(dir, 'key')).mode & 0o777).toBe(0o600);
  expect(jest.mocked(flushDirectory).mock.calls).toEqual([[dir]]); // a power cut leaves it there
  expect(ownKey(dir)).toBe(key);
  expect(readdirSync(dir)).toEqual(['key']);
  expect(readFileSync(join(dir, 'key'), 'utf8')).toBe(`${key}\n`);
});

test('is never made anew over something else', () => {
  writeFileSync(join(dir, 'key'), 'half of a k');
  expect(() => ownKey(dir)).toThrow("holds no launcher's key");
  expect(readFileSync(join(dir, 'key'), 'utf8')).toBe('half of a k');
});

test('is known by a fingerprint that tells nothing of it', () => {
  expect(fingerprintOf('wk_x')).toMatch(/^([0-9a-f]{4}-){3}[0-9a-f]{4}$/);
  expect(fingerprintOf('wk_x')).not.toBe(fingerprintOf('wk_y'));
});
