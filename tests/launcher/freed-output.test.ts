/** Lines for probes, from a file whose head was freed: the zeros of a hole are nobody's words. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAccount } from '../../launcher/output/account';
import { HOLE_ALIGN_BYTES, punchHole } from '../../launcher/output/hole';
import { OutputLines } from '../../launcher/probes/output-lines';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const LINES_BYTES = 10;
const line = (n: number): string => String(n).padStart(LINES_BYTES - 1, '0');
const lines = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => line(from + i));

/** A file of many lines, of which the first megabytes are to be freed. */
function written(count: number) {
  const file = join(world.directory(), 'output');
  writeFileSync(file, lines(0, count).join('\n') + '\n');
  return { file, size: statSync(file).size };
}

async function free(file: string, to: number): Promise<void> {
  // In this order, as the shipper does.
  writeAccount(file, { goneTo: to, why: 'already-freed', shift: 0 });
  const failed = await punchHole(file, 0, to);
  if (failed !== null) throw new Error(failed);
}

/**
 * @param first what is done at the first line, before more is read
 * @returns what was heard, without the rest of the line that was freed in its middle
 */
function hear(file: string, first: () => void = () => {}): { readonly heard: string[]; readonly stop: () => void } {
  const heard: string[] = [];
  const output = new OutputLines([file]);
  output.listen('begin', (text) => {
    if (heard.push(text) === 1) first();
  });
  return { heard, stop: () => output.release() };
}

test('it begins behind the hole, and goes on', async () => {
  const { file } = written(20_000);
  await free(file, 2 * HOLE_ALIGN_BYTES);
  const { heard, stop } = hear(file);
  appendFileSync(file, `${line(20_000)}\n`);
  await until('the last line', 30_000, () => heard.at(-1) === line(20_000));
  stop();
  expect(heard.some((text) => text.includes('\0'))).toBe(false);
  const first = Number(heard[1]);
  expect(first * LINES_BYTES).toBeGreaterThanOrEqual(2 * HOLE_ALIGN_BYTES);
  expect(heard.slice(1)).toEqual(lines(first, 20_001 - first));
});

test('a hole that is made before it is read is passed over too', async () => {
  const { file, size } = written(400_000);
  const to = size - (size % HOLE_ALIGN_BYTES);
  const { heard, stop } = hear(file, () => {
    writeAccount(file, { goneTo: to, why: 'already-freed', shift: 0 });
    expect(spawnSync('fallocate', ['--punch-hole', '--offset', '0', '--length', String(to), file]).status).toBe(0);
  });
  await until('the last line', 30_000, () => heard.at(-1) === line(399_999));
  stop();
  expect(heard.length).toBeLessThan(400_000);
  expect(heard.some((text) => text.includes('\0'))).toBe(false);
});
