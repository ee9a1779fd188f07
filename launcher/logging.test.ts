/** The launcher's log under a burst: a thousand processes that change state in one turn. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from './logging';

const directory = mkdtempSync(join(tmpdir(), 'procguard-log-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('a burst over two rotations keeps every line, in order', async () => {
  const silent = [
    jest.spyOn(process.stdout, 'write').mockReturnValue(true),
    jest.spyOn(console, 'log').mockReturnValue(),
  ];
  const { log, file, closed } = openLog('w1', 'info', directory);
  const length = 10_000;
  for (let i = 0; i < 1_200; i++) log('info', `${i} ${'.'.repeat(length)}`);
  await closed();
  for (const spy of silent) spy.mockRestore();
  const lines = [`${file}.2`, `${file}.1`, file].flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n'));
  expect(lines.map((line) => Number(/ - (\d+) \.+$/.exec(line)?.[1]))).toEqual([...Array(1_200).keys()]);
});
