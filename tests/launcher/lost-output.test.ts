/** Output files that somebody cut short or deleted: what is left of them arrives once, and what is lost is counted. */
import { existsSync, readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { TinyManager, useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

const runOf = (manager: TinyManager): string => [...manager.offsets.keys()][0] ?? '';
const gapsOf = (manager: TinyManager, key = runOf(manager)) => manager.gaps.get(key);
/** A file of a launcher's one run. */
function fileOf({ dataDir }: StartedLauncher): string {
  const runs = join(dataDir, 'processes/w1/runs');
  return join(runs, readdirSync(runs)[0] ?? 'none', 'output');
}

/** A child that writes what it is told to, when it is told to. */
async function told(manager: TinyManager, flags: readonly string[] = []) {
  const dir = world.directory();
  const command = 'for i in 1 2 3; do while ! [ -e $i ]; do sleep 0.01; done; cat $i; done; exec sleep 1000';
  const launcher = startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--working-dir', dir, ...flags, '--command', command],
  });
  await manager.running('w1');
  let told = 0;
  const say = async (text: string): Promise<void> => {
    const size = statSync(fileOf(launcher)).size;
    writeFileSync(join(dir, 'next'), text);
    told += 1;
    // Whole at once: the child looks only whether it is there.
    renameSync(join(dir, 'next'), join(dir, String(told)));
    await until('it to be written', 30_000, () => statSync(fileOf(launcher)).size >= size + text.length);
  };
  return { launcher, say, file: fileOf(launcher) };
}

test('cut in its middle: what the manager has does not come again, what is new does', async () => {
  const manager = await managerOf();
  const { say, file } = await told(manager);
  await say('one\ntwo\nthree\n');
  await until('it to arrive', 30_000, () => manager.textOf() === 'one\ntwo\nthree\n');
  truncateSync(file, 8);
  await until('the mark', 30_000, () => gapsOf(manager));
  await say('four\n');
  await until('the new line', 30_000, () => manager.textOf() === 'one\ntwo\nthree\nfour\n');
  expect(gapsOf(manager)).toEqual([{ from: 14, to: 14, reason: 'file-truncated' }]);
});

describe('while the manager is away', () => {
  /** The manager ends, something happens, and one with the same store is back. */
  async function away(manager: TinyManager, happens: () => Promise<void>): Promise<TinyManager> {
    const { port } = manager;
    await manager.close();
    await happens();
    const back = await TinyManager.start(port);
    world.afterwards(() => back.close());
    for (const [run, offset] of manager.offsets) back.offsets.set(run, offset);
    for (const [run, parts] of manager.output) back.output.set(run, [...parts]);
    for (const worker of manager.knows) back.knows.add(worker);
    return back;
  }

  test('emptied and grown longer than it was: all that is new arrives', async () => {
    const manager = await managerOf();
    const { say, file } = await told(manager);
    await say('one\n');
    await until('it to arrive', 30_000, () => manager.textOf() === 'one\n');
    const back = await away(manager, async () => {
      truncateSync(file);
      await say('a line that is longer than what was there\n');
    });
    await until('the new line', 30_000, () => back.textOf() === 'one\na line that is longer than what was there\n');
    expect(gapsOf(back)).toEqual([{ from: 4, to: 4, reason: 'file-truncated' }]);
  });

  test('cut in its middle and grown on: nothing comes twice', async () => {
    const manager = await managerOf();
    const { say, file } = await told(manager);
    await say('one\ntwo\nthree\n');
    await until('it to arrive', 30_000, () => manager.textOf() === 'one\ntwo\nthree\n');
    const back = await away(manager, async () => {
      truncateSync(file, 4);
      await say('new\n');
    });
    // What is new begins where the second line differs: that is as good as known.
    await until('the mark', 30_000, () => gapsOf(back));
    await until('the new line', 30_000, () => back.textOf() === 'one\ntwo\nthree\nnew\n');
  });

  test.each(['the same launcher', 'another launcher'])(
    'a run ended and its files were deleted: its length is told, by %s',
    async (who) => {
      const manager = await managerOf();
      const { launcher, say, file } = await told(manager, ['--restart-policy', 'never']);
      const back = await away(manager, async () => {
        await say('x'.repeat(5_000));
        process.kill(await manager.running('w1'), 'SIGKILL');
        await until('its end to be written down', 30_000, () => existsSync(join(dirname(file), 'ended.json')));
        rmSync(file);
        if (who === 'another launcher') await launcher.program.end('SIGKILL');
      });
      if (who === 'another launcher') launcher.again();
      await until('the gap', 30_000, () => gapsOf(back, [...back.gaps.keys()][0]));
      expect([...back.gaps.values()]).toEqual([[{ from: 0, to: 5_000, reason: 'file-deleted' }]]);
      await until('its end to be told', 30_000, () => back.ended('w1')[0]);
      expect(back.ended('w1')[0]).toMatchObject({ outputBytes: 5_000 });
    },
  );
});
