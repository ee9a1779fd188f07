/** What attempts write that are over in their first moments: whole, in order and once, whoever is killed or away meanwhile. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunId } from '../../../protocol/ids';
import { writeAccount } from '../../../launcher/output/account';
import { lookAtMachine } from '../../../launcher/process/machine';
import type { StartedLauncher } from '../../harness/launcher';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { TinyManager, useTinyManager } from '../tiny-manager';
import { connected, ended, forgetWord, runWord } from './job-words';
import { warmLauncher, type Warm } from './warm-launcher';

const world = useWorld();
const managerOf = useTinyManager(world);
const areThere = lookAtMachine().cgroupBase !== null;

const setUp = async (slots = 2): Promise<Warm> => warmLauncher(world, await managerOf(), slots);

const jobsOf = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `j${at}`);
const inJobs = ({ dataDir }: StartedLauncher, name: string): readonly string[] =>
  readdirSync(join(dataDir, 'jobs', name));
const journalFile = ({ dataDir }: StartedLauncher): string => join(dataDir, 'jobs/attempts.jsonl');
const endsIn = (launcher: StartedLauncher): number =>
  readFileSync(journalFile(launcher), 'utf8').match(/"kind":"ended"/g)?.length ?? 0;

/** All bytes that may be, on both streams. */
const bytesOf = (job: string): Buffer =>
  Buffer.concat([
    Buffer.from(`${job}\n`),
    Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
    Buffer.from('end'),
  ]);
const says = (directory: string, job: string): string => {
  writeFileSync(join(directory, job), bytesOf(job).subarray(0, -3));
  return `cat ${join(directory, job)}; printf end >&2`;
};

/** Each has arrived whole, and as long as its end says. */
async function untilWhole(manager: TinyManager, jobs: readonly string[], expected = bytesOf): Promise<void> {
  for (const job of jobs) {
    const { run, outputBytes, outcome } = await ended(manager, job);
    const bytes = expected(job);
    expect({ job, outcome, outputBytes }).toEqual({ job, outcome: 'completed', outputBytes: bytes.length });
    const length = (): number => manager.offsets.get(run as RunId) ?? 0;
    await until(`the output of ${job}`, 30_000, () => length() >= bytes.length);
    expect(Buffer.concat(manager.output.get(run as RunId) ?? [])).toEqual(bytes);
  }
  expect(manager.gaps.size).toBe(0);
}

async function untilNothingIsKept(launcher: StartedLauncher): Promise<void> {
  await until('nothing to be kept of them', 30_000, () =>
    ['outputs', 'processes'].every((name) => inJobs(launcher, name).length === 0),
  );
}

const refuse = (manager: TinyManager, jobs: readonly string[]): void => {
  for (const job of jobs) manager.outputRefusals.set(`job.${job}.1`, { status: 503, body: { error: 'not now' } });
};

test('it arrives whole and in order, and is kept until its end is known', async () => {
  const { manager, launcher } = await setUp();
  const [jobs, directory] = [jobsOf(40), world.directory()];
  for (const job of jobs) manager.job(runWord(job, says(directory, job), { isNew: true }));
  await untilWhole(manager, jobs);
  if (areThere) expect(inJobs(launcher, 'outputs').length).toBeGreaterThan(0);
  for (const job of jobs) manager.job(forgetWord(job));
  await untilNothingIsKept(launcher);
  expect(manager.conflicts).toEqual([]);
});

test('what writes much in its first moments is a run like every other', async () => {
  const { manager, launcher } = await setUp();
  const much = Buffer.alloc(300_000, 'much\n');
  const file = join(world.directory(), 'much');
  writeFileSync(file, much);
  manager.job(runWord('j', ['/bin/cat', file], { isNew: true }));
  await untilWhole(manager, ['j'], () => much);
  expect(inJobs(launcher, 'outputs')).toEqual([]);
  manager.job(forgetWord('j'));
  await untilNothingIsKept(launcher);
});

test('its launcher is killed before it has shipped them: the next one does, also of those whose end is known', async () => {
  const { manager, launcher } = await setUp();
  const [jobs, directory] = [jobsOf(30), world.directory()];
  // Those before are shipped, and told again after the restart.
  const [shipped, kept] = [jobs.slice(0, 10), jobs.slice(10)];
  refuse(manager, kept);
  for (const job of jobs) manager.job(runWord(job, says(directory, job), { isNew: true }));
  await untilWhole(manager, shipped);
  await Promise.all(kept.map((job) => ended(manager, job)));
  for (const job of kept.slice(10)) manager.job(forgetWord(job));
  await until('them to be forgotten', 30_000, () =>
    kept
      .slice(10)
      .every((job) => readFileSync(journalFile(launcher), 'utf8').includes(`"forgotten","attempt":"${job}.1"`)),
  );
  await launcher.program.end('SIGKILL');
  expect(manager.output.size).toBe(shipped.length);
  manager.outputRefusals.clear();
  launcher.again();
  await untilWhole(manager, jobs);
  for (const job of jobs.slice(0, 20)) manager.job(forgetWord(job));
  await untilNothingIsKept(launcher);
  expect(manager.conflicts).toEqual([]);
});

/** One that was over in its first moments, and its output is not shipped. */
async function sprintOf(manager: TinyManager, launcher: StartedLauncher, trail: string) {
  const directory = world.directory();
  for (const job of jobsOf(50)) {
    refuse(manager, [job]);
    manager.job(runWord(job, `echo ${job} >>${trail}; ${says(directory, job)}`, { isNew: true }));
    const { run } = await ended(manager, job);
    const name = `job.${job}.1.${run}`;
    // On a busy machine it may have lasted.
    if (!areThere || inJobs(launcher, 'outputs').includes(name)) return { job, run, name };
    manager.job(forgetWord(job));
  }
  throw new Error('none of them was over in a moment');
}

test('its launcher is killed before it has written down the end: nothing is lost and nothing begun again', async () => {
  const { manager, launcher } = await setUp(1);
  const trail = join(world.directory(), 'trail');
  const { job, run } = await sprintOf(manager, launcher, trail);
  const ran = readFileSync(trail, 'utf8');
  await launcher.program.end('SIGKILL');
  // What is on the disk then: all but the last line.
  const lines = readFileSync(journalFile(launcher), 'utf8').split('\n');
  const before = lines.filter((line) => !line.includes(`"kind":"ended","attempt":"${job}.1"`));
  expect(before).toHaveLength(lines.length - 1);
  writeFileSync(journalFile(launcher), before.join('\n'));
  manager.outputRefusals.clear();
  launcher.again();
  expect(await ended(manager, job, 2)).toMatchObject({ run, outputBytes: bytesOf(job).length, exit: { exitCode: 0 } });
  await untilWhole(manager, [job]);
  manager.job(forgetWord(job));
  await untilNothingIsKept(launcher);
  expect(readFileSync(trail, 'utf8')).toBe(ran);
});

test('what was given up of it on a full disk is told as missing, also by the next launcher', async () => {
  const { manager, launcher } = await setUp(1);
  if (!areThere) return;
  const { job, run, name } = await sprintOf(manager, launcher, join(world.directory(), 'trail'));
  await launcher.program.end('SIGKILL');
  const file = join(launcher.dataDir, 'jobs/outputs', name);
  const bytes = statSync(file).size;
  writeAccount(file, { goneTo: bytes, why: 'worker-disk-full', shift: 0 });
  rmSync(file);
  manager.outputRefusals.clear();
  launcher.again();
  await until('the gap', 30_000, () => manager.gaps.has(run ?? ''));
  expect(manager.gaps.get(run ?? '')).toEqual([{ from: 0, to: bytes, reason: 'worker-disk-full' }]);
  manager.job(forgetWord(job));
  await untilNothingIsKept(launcher);
});

test.each([false, true])('the manager is away while they end (the launcher is killed then: %s)', async (isKilled) => {
  const { manager, launcher } = await setUp(1);
  const [jobs, directory] = [jobsOf(12), world.directory()];
  const gate = join(directory, 'gate');
  const begun = join(directory, 'begun');
  manager.job(runWord('long', `echo >${begun}; until [ -e ${gate} ]; do sleep 0.05; done`, { isNew: true }));
  for (const job of jobs) manager.job(runWord(job, says(directory, job), { isNew: true }));
  await until('the one before them to run', 30_000, () => existsSync(begun));
  const syncs = manager.syncs.length;
  manager.resync();
  // All that was said before is heard.
  await connected(manager, syncs + 1);
  const { port } = manager;
  await manager.close();
  const endsBefore = endsIn(launcher);
  writeFileSync(gate, '');
  await until('them to end', 30_000, () => endsIn(launcher) === endsBefore + jobs.length + 1);
  if (areThere) expect(inJobs(launcher, 'outputs').length).toBeGreaterThan(0);
  if (isKilled) {
    await launcher.program.end('SIGKILL');
    launcher.again();
  }
  const back = await TinyManager.start(port);
  world.afterwards(() => back.close());
  await untilWhole(back, jobs);
  for (const job of ['long', ...jobs]) back.job(forgetWord(job));
  await untilNothingIsKept(launcher);
  expect(back.conflicts).toEqual([]);
});
