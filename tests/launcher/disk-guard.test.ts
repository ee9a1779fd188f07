/** The guard of the launcher's disk by itself: one output that cannot be given up keeps nobody from the others. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessName, RunId } from '../../protocol/ids';
import { DiskGuard } from '../../launcher/output/disk-guard';
import { OutputShipper } from '../../launcher/output/shipper';
import { RunDirectory } from '../../launcher/store/run-directory';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const BYTES = 1_000;

test('where what goes cannot be written down for one, which is told once, the next is given up', async () => {
  const said: string[] = [];
  const log = (_level: string, sentence: string): void => void said.push(sentence);
  const manager = { url: '', post: () => Promise.reject(new Error('away')), close: () => undefined };
  const shipper = new OutputShipper(manager, 'w1', () => undefined, log, Infinity);
  const ended = (process: string, run: string): string => {
    const directory = new RunDirectory(world.directory(), RunId.parse(run));
    writeFileSync(directory.output, 'x'.repeat(BYTES));
    shipper.began(ProcessName.parse(process), directory);
    shipper.complete(directory.run, { stdout: BYTES, stderr: 0 });
    return directory.output;
  };
  const first = ended('first', '1700000000000abcdefghijkl');
  const second = ended('second', '1700000000001abcdefghijkl');
  // A folder where the file should be: a refusal that also root gets.
  mkdirSync(`${first}.gone`);
  const whileQuiet = jest.spyOn(shipper, 'whileQuiet');
  // More than any disk has.
  const guard = new DiskGuard(world.directory(), Number.MAX_SAFE_INTEGER, shipper, log);
  world.afterwards(async () => {
    guard.close();
    await Promise.resolve(shipper.close());
  });
  await until('the second to go', 30_000, () => !existsSync(second));
  const { length } = whileQuiet.mock.calls;
  await until('more looks', 30_000, () => whileQuiet.mock.calls.length > length + 12);
  expect(existsSync(first)).toBe(true);
  expect(said).toEqual([
    expect.stringMatching(/^output of first \(run \w+\) cannot be given up: EISDIR/),
    expect.stringContaining(`${BYTES} bytes of output that the manager does not have were given up`),
  ]);
});

test('a disk that cannot be looked at ends nothing', async () => {
  const said: string[] = [];
  const manager = { url: '', post: () => Promise.reject(new Error('away')), close: () => undefined };
  const shipper = new OutputShipper(
    manager,
    'w1',
    () => undefined,
    () => undefined,
    Infinity,
  );
  const guard = new DiskGuard(join(world.directory(), 'taken-away'), null, shipper, (_level, sentence) => void said.push(sentence)); // prettier-ignore
  world.afterwards(async () => {
    guard.close();
    await Promise.resolve(shipper.close());
  });
  await until('it to be told', 30_000, () => said.length === 1);
  expect(said[0]).toMatch(/ENOENT.*taken-away/);
});
