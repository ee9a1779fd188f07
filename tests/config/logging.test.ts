import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogging } from '../../src/logging';

let home: string;
let said: string[];
let speaking: jest.SpyInstance;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'procguard-log-'));
  said = [];
  speaking = jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => {
  speaking.mockRestore();
  chmodSync(home, 0o700);
  rmSync(home, { recursive: true });
});

const options = {
  level: 'INFO',
  format: '%(name)s %(levelname)s %(message)s',
  maxSizeBytes: 2_000,
  backups: 2,
} as const;

test('a burst over several rotations keeps every line that still fits, in order', async () => {
  const file = join(home, 'deep/er/manager.log');
  const { root, close } = openLogging({ ...options, file });
  for (let i = 0; i < 300; i++) root.child('monitor').info(`line ${i}`);
  await close();
  expect(readdirSync(join(home, 'deep/er')).sort()).toEqual(['manager.log', 'manager.log.1', 'manager.log.2']);
  const kept = [`${file}.2`, `${file}.1`, file].flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n'));
  expect(kept.length).toBeGreaterThan(130);
  expect(kept).toEqual(kept.map((_, i) => `procguard.monitor INFO line ${300 - kept.length + i}`));
});

test('a line is in the file when the call returns, and quieter ones are not', async () => {
  const file = join(home, 'manager.log');
  const { root, close } = openLogging({ ...options, file });
  root.debug('hidden');
  root.error('bad', { error: new Error('boom') });
  expect(readFileSync(file, 'utf8')).toMatch(/^procguard ERROR bad\nError: boom\n {4}at /);
  await close();
});

test('a file that cannot be written is said once, and the program goes on', async () => {
  const inTheWay = join(home, 'manager.log');
  mkdirSync(inTheWay);
  const { root, close } = openLogging({ ...options, file: inTheWay });
  root.info('one');
  root.info('two');
  await close();
  expect(said.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
});
