/** A shim that cannot become a run's leaves nobody and nothing behind. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CradlePool } from '../store/cradle-pool';
import { installShim } from './shim';
import { WaitingShim } from './waiting-shim';
import type { Birth } from './wanted';

const directory = mkdtempSync(join(tmpdir(), 'procguard-shim-'));
afterAll(() => rmSync(directory, { recursive: true }));

const script = installShim(directory);
const held = join(directory, 'cradles');
const cradles = new CradlePool(held);
const birth: Birth = {
  words: ['/bin/true'],
  workingDir: '/',
  env: {},
  as: { kind: 'same' },
  isContainer: false,
  isSplit: false,
} as unknown as Birth;

const isThere = (): boolean =>
  readdirSync('/proc').some((entry) => {
    const file = join('/proc', entry, 'cmdline');
    try {
      return /^\d/.test(entry) && existsSync(file) && readFileSync(file, 'latin1').includes(script);
    } catch {
      return false;
    }
  });

test('its directory cannot become the run’s: the shell goes, and the directory with it', async () => {
  const shim = new WaitingShim({ script, bootId: 'b', birth }, cradles);
  const ready = readdirSync(held).length;
  const order = { bornAtMs: 0, directory: join(directory, 'nowhere/run'), cgroup: null, steps: {} } as never;
  const opened = jest.fn();
  expect(() => shim.begin(order, opened, () => {})).toThrow('ENOENT');
  shim.done();
  expect(opened).not.toHaveBeenCalled();
  expect(readdirSync(held)).toHaveLength(ready - 1);
  for (const endsAt = Date.now() + 30_000; isThere() && Date.now() < endsAt;)
    await new Promise((done) => setTimeout(done, 20));
  expect(isThere()).toBe(false);
});

test('more words than the kernel takes leave no directory', () => {
  cradles.settle(cradles.take(), join(directory, 'taken'));
  const ready = readdirSync(held).length;
  const words = ['/bin/true', 'x'.repeat(200_000)];
  expect(() => new WaitingShim({ script, bootId: 'b', birth: { ...birth, words } }, cradles)).toThrow('E2BIG');
  expect(readdirSync(held)).toHaveLength(ready - 1);
});
