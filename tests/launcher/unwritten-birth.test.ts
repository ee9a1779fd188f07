/** DESIGN promise 2, where the disk takes nothing: a launcher that could write nothing down is killed, and none starts a second copy. */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { livingRun, newcomer } from '../../launcher/core/supervisor-state';
import { loadRecord, ProcessRecord, RecordJournal } from '../../launcher/store/process-record';
import { ProcessSpec } from '../../protocol/process-spec';
import { SmallDisk, whyNoSmallDisks } from '../chaos/stage/small-disk';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { findMarked, isAlive } from '../harness/leftovers';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { type TinyManager, useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const obstacle = whyNoSmallDisks();
if (obstacle !== null) console.warn(`SKIPPED: births on a full disk: ${obstacle}`);
const onFullDisk = obstacle === null ? test : test.skip;

/** Its only words, so that copies are counted and nothing else is. */
const PROGRAM = ['sleep', '4321'];
const copies = (): number =>
  findMarked(world.id).filter(({ command }) => command === PROGRAM.join(' ') && !/shim-/.test(command)).length;

/** Of one that lives: between its fork and its program it bears another name. */
const copiesSeen = (): Promise<number> => until('its program', 30_000, () => copies() || null);

const UNWRITTEN = /could not be started: its record .*record\.jsonl could not be written \(.*make room/;

const POLICY = ['--restart-delay', '0.2', '--restart-policy', 'always'];

interface Kept {
  readonly manager: TinyManager;
  readonly launcher: StartedLauncher;
  readonly pid: number;
}

async function kept(more: readonly string[] = [], dataDir = world.directory()): Promise<Kept> {
  const manager = await managerOf();
  const flags = ['--auto-start', '--disk-reserve', '0', ...POLICY, ...more, '--', ...PROGRAM];
  const launcher = startLauncher(world, { managerUrl: manager.url, dataDir, flags });
  return { manager, launcher, pid: await manager.running('w1') };
}

function smallDisk(): { readonly disk: SmallDisk; readonly dataDir: string } {
  const dataDir = world.directory();
  const disk = new SmallDisk(dataDir, 24);
  world.afterwards(async () => disk.close());
  return { disk, dataDir };
}

/** Its program is killed by somebody. @returns when the launcher has tried in vain to bear the next */
async function endedOnFullDisk({ manager, pid }: Kept, disk: SmallDisk): Promise<void> {
  disk.fill();
  process.kill(pid, 'SIGKILL');
  await manager.inState('w1', 'backoff', ({ why }) => UNWRITTEN.test(why));
}

describe('a program ends while the disk is full', () => {
  onFullDisk('nothing is born without a record; it is said, and done when there is room', async () => {
    const { disk, dataDir } = smallDisk();
    const first = await kept([], dataDir);
    await endedOnFullDisk(first, disk);
    expect({ copies: copies(), isAlive: isAlive(first.pid) }).toEqual({ copies: 0, isAlive: false });
    disk.setRight();
    await until('it to run again', 30_000, () => copies() === 1);
  });

  onFullDisk('the launcher is killed in that state: the next one keeps one copy', async () => {
    const { disk, dataDir } = smallDisk();
    const first = await kept([], dataDir);
    const { manager, launcher } = first;
    await endedOnFullDisk(first, disk);
    await launcher.program.end('SIGKILL');
    const before = copies();
    disk.setRight();
    const syncs = manager.syncs.length;
    launcher.again();
    await until('the next launcher', 30_000, () => manager.syncs.length > syncs);
    const pid = await until('a pid that lives', 30_000, () => {
      const state = manager.report('w1')?.state;
      return state?.kind === 'running' && isAlive(state.identity.pid) ? state.identity.pid : null;
    });
    expect({ before, now: await copiesSeen() }).toEqual({ before: 0, now: 1 });
    expect(await manager.control({ process: 'w1', verb: 'stop' })).toMatchObject({ ok: true });
    expect({ copies: copies(), isAlive: isAlive(pid) }).toEqual({ copies: 0, isAlive: false });
  });
});

/** What a disk that was full leaves of a living run: a record of before, and a birth of no bytes. */
function unwrite({ dataDir }: StartedLauncher, isKnown: (record: ProcessRecord) => boolean): void {
  const file = join(dataDir, 'processes/w1/record.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const last = lines.findLastIndex((line) => isKnown(ProcessRecord.parse(JSON.parse(line))));
  expect(last).toBeGreaterThanOrEqual(0);
  writeFileSync(file, `${lines.slice(0, last + 1).join('\n')}\n`);
  const runs = join(dirname(file), 'runs');
  truncateSync(join(runs, readdirSync(runs).sort().at(-1) ?? 'none', 'child'));
}

/** The state as the next launcher tells it. */
async function foundAgain({ manager, launcher }: Kept): Promise<unknown> {
  const told = manager.facts.length;
  launcher.again();
  return until('it to be found running', 30_000, () =>
    manager.facts
      .slice(told)
      .flatMap((fact) => (fact.kind === 'process.changed' ? [fact.report.state] : []))
      .findLast(({ kind }) => kind === 'running'),
  );
}

describe.each(['cgroup', 'proc-scan'])('a living run whose birth stands nowhere, trees kept by %s', (tree) => {
  test.each([
    ['knows the run before it alone', 'running'],
    ['knows of its start and not of its birth', 'starting'],
  ])('the record %s: it is found, kept, and stopped as any other', async (_what, kind) => {
    const first = await kept(['--tree', tree]);
    const { manager, launcher } = first;
    expect(await manager.control({ process: 'w1', verb: 'restart' })).toMatchObject({ ok: true });
    const { run, identity } = await manager.inState('w1', 'running', (state) => state.identity.pid !== first.pid);
    await launcher.program.end('SIGKILL');
    const isOfRun = kind === 'starting';
    unwrite(
      launcher,
      ({ supervised }) => supervised.state.kind === kind && (livingRun(supervised) === run) === isOfRun,
    );
    expect(await foundAgain(first)).toMatchObject({ run, identity });
    expect(await copiesSeen()).toBe(1);
    expect(await manager.control({ process: 'w1', verb: 'stop' })).toMatchObject({
      ok: true,
      certificate: { left: [] },
    });
    expect(copies()).toBe(0);
    expect(manager.ended('w1').filter((end) => end.run === run)).toMatchObject([{ exit: { signal: 'SIGTERM' } }]);
  });

  test('its shim was killed with the launcher: it is found by its marks', async () => {
    const first = await kept(['--tree', tree]);
    const { manager, launcher, pid } = first;
    const { run, identity } = await manager.inState('w1', 'running');
    const shim = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
    await launcher.program.end('SIGKILL');
    process.kill(shim, 'SIGKILL');
    await until('the shim to be gone', 30_000, () => !isAlive(shim));
    unwrite(launcher, ({ supervised }) => supervised.state.kind === 'starting');
    expect(await foundAgain(first)).toMatchObject({ run, identity });
    expect(await copiesSeen()).toBe(1);
  });
});

onFullDisk('a record that a full disk cuts short in its rewriting is not put in the place of the whole one', () => {
  const { disk, dataDir } = smallDisk();
  const file = join(dataDir, 'record');
  const spec = ProcessSpec.parse({ name: 'p', command: 'x', env: { LONG: 'x'.repeat(64 * 1024) } });
  const record: ProcessRecord = {
    version: 1,
    origin: 'file',
    supervised: newcomer(spec, 0),
    answered: [],
    superseded: false,
    forgotten: false,
  };
  const journal = new RecordJournal(file);
  journal.append(record, true);
  journal.beginAnew();
  // Room for a part of the next one.
  writeFileSync(join(dataDir, 'room'), Buffer.alloc(16 * 1024));
  disk.fill();
  truncateSync(join(dataDir, 'room'));
  expect(() => journal.append({ ...record, superseded: true }, true)).toThrow('the disk is full');
  expect(loadRecord(file)).toEqual(record);
  journal.close();
});
