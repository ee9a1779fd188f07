/** Attempts in their first moments (launcher/sprint): what is over in a moment, what is not, and who is killed in between. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStat } from '../../../launcher/process/identity';
import { lookAtMachine } from '../../../launcher/process/machine';
import type { StartedLauncher } from '../../harness/launcher';
import { isAlive } from '../../harness/leftovers';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { useTinyManager } from '../tiny-manager';
import { connected, ended, forgetWord, runWord, started, stopWord } from './job-words';
import { warmLauncher, type Warm } from './warm-launcher';

const world = useWorld();
const managerOf = useTinyManager(world);
const areThere = lookAtMachine().cgroupBase !== null;

const setUp = async (): Promise<Warm> => warmLauncher(world, await managerOf(), 2);

const journalOf = ({ dataDir }: StartedLauncher): string => readFileSync(join(dataDir, 'jobs/attempts.jsonl'), 'utf8');
const processesOf = ({ dataDir }: StartedLauncher): readonly string[] => readdirSync(join(dataDir, 'jobs/processes'));

const wordsOf = (pid: number): readonly string[] => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

/** Ends the launcher that its shim is a child of: in its first moments, because it is the first thing that it does. */
const KILL_LAUNCHER = 'read -r _ _ _ launcher _ </proc/$PPID/stat; kill -9 $launcher';

test('what is over in a moment is a run of its own, and leaves nothing behind', async () => {
  const { manager, launcher } = await setUp();
  const jobs = Array.from({ length: 40 }, (_, at) => `j${at}`);
  for (const [at, job] of jobs.entries())
    manager.job(runWord(job, ['/bin/sh', '-c', `exit ${at % 3}`], { isNew: true }));
  const ends = await Promise.all(jobs.map((job) => ended(manager, job)));
  expect(ends.map(({ exit }) => exit?.exitCode)).toEqual(jobs.map((_, at) => at % 3));
  expect(ends.map(({ outcome }) => outcome)).toEqual(jobs.map((_, at) => (at % 3 === 0 ? 'completed' : 'failed')));
  expect(ends.find(({ exit }) => exit?.exitCode === 2)).toMatchObject({
    why: 'exit code 2',
    exit: { cause: { kind: 'own', evidence: 'it exited with code 2' } },
  });
  expect(new Set(ends.map(({ run }) => run)).size).toBe(jobs.length);
  const starts = await Promise.all(jobs.map((job) => started(manager, job)));
  expect(starts.map(({ run }) => run)).toEqual(ends.map(({ run }) => run));
  expect(starts.every(({ pid }) => pid > 1)).toBe(true);
  for (const job of jobs) manager.job(forgetWord(job));
  await until('nothing to be kept of them', 30_000, () => processesOf(launcher).length === 0);
  expect(readdirSync(join(launcher.dataDir, 'jobs/sprints')).length).toBeLessThanOrEqual(2);
  if (areThere) expect(journalOf(launcher).match(/"kind":"sprint"/g)?.length).toBeGreaterThan(jobs.length / 2);
});

test('what is kept from its first moment on writes into its own file, whoever its shim ran before it', async () => {
  const { manager } = await setUp();
  for (const at of [1, 2, 3, 4]) {
    const silent = `silent${at}`;
    manager.job(runWord(silent, 'true', { isNew: true }));
    await ended(manager, silent);
    manager.job(forgetWord(silent));
    const telling = `telling${at}`;
    // Whose output is read while it runs is no sprint.
    manager.job(runWord(telling, 'echo half of it: 50%', { isNew: true, progress: '(\\d+)%' }));
    const { run, outputBytes } = await ended(manager, telling);
    expect(outputBytes).toBe('half of it: 50%\n'.length);
    await until('its output', 30_000, () => manager.textOf(run ?? '') === 'half of it: 50%\n');
    manager.job(forgetWord(telling));
  }
});

test('what lasts is told as running, and is stopped as one that was always kept', async () => {
  const { manager, launcher } = await setUp();
  manager.job(runWord('lasts', 'echo here; exec sleep 1000'));
  const { run } = await started(manager, 'lasts');
  await until('its word', 30_000, () => manager.textOf(run) === 'here\n');
  expect(processesOf(launcher)).toContain('job.lasts.1');
  manager.job(stopWord('lasts', 'cancelled'));
  expect(await ended(manager, 'lasts')).toMatchObject({
    run,
    outcome: 'cancelled',
    exit: { signal: 'SIGTERM' },
    certificate: { left: [] },
  });
});

test('a stop that is said with the word to run it finds it', async () => {
  const { manager } = await setUp();
  const trail = join(world.directory(), 'trail');
  manager.job(runWord('j', `echo >${trail}; exec sleep 1000`));
  await until('it to have begun', 30_000, () => existsSync(trail));
  manager.job(stopWord('j', 'preempted', 'for another'));
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'preempted', certificate: { left: [] } });
});

test('who kills in its first moments is the stranger that it says', async () => {
  const { manager } = await setUp();
  manager.job(runWord('j', 'kill -9 $$'));
  expect(await ended(manager, 'j')).toMatchObject({
    outcome: 'failed',
    exit: { signal: 'SIGKILL', cause: { kind: 'stranger' } },
  });
});

test('its launcher is killed in its first moments: it goes on, and is not begun again', async () => {
  const { manager, launcher } = await setUp();
  const [trail, gate] = ['trail', 'gate'].map((name) => join(world.directory(), name)) as [string, string];
  const waits = `until [ -e ${gate} ]; do sleep 0.05; done; echo through; exit 3`;
  manager.job(runWord('j', `echo begun >>${trail}; ${KILL_LAUNCHER}; ${waits}`));
  await launcher.program.ended;
  const syncs = manager.syncs.length;
  launcher.again();
  await connected(manager, syncs + 1);
  const { run } = await started(manager, 'j');
  manager.job(runWord('j', 'true'));
  writeFileSync(gate, '');
  expect(await ended(manager, 'j')).toMatchObject({ run, outcome: 'failed', exit: { exitCode: 3 } });
  await until('its output', 30_000, () => manager.textOf(run) === 'through\n');
  expect(readFileSync(trail, 'utf8')).toBe('begun\n');
});

test('its launcher is killed in its last moments: how it ended is not lost', async () => {
  const { manager, launcher } = await setUp();
  const over = join(world.directory(), 'over');
  manager.job(runWord('j', `${KILL_LAUNCHER}; echo >${over}; exit 4`));
  await launcher.program.ended;
  await until('it to be over', 30_000, () => existsSync(over));
  launcher.again();
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'failed', exit: { exitCode: 4 } });
  manager.job(forgetWord('j'));
  await until('its files to go', 30_000, () => processesOf(launcher).length === 0);
});

test('a shim that somebody stopped is ended, and nobody was born of it', async () => {
  const { manager, launcher } = await setUp();
  if (!areThere) return;
  const shims = await until('those that wait', 30_000, () => {
    const found = childrenOf(launcher.program.pid).filter((pid) => wordsOf(pid).includes('serving'));
    return found.length > 0 ? found : null;
  });
  for (const shim of shims) process.kill(shim, 'SIGSTOP');
  const trail = join(world.directory(), 'trail');
  manager.job(runWord('j', `echo >${trail}`, { isNew: true }));
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'lost', run: null });
  expect(existsSync(trail)).toBe(false);
  for (const shim of shims) if (isAlive(shim)) process.kill(shim, 'SIGCONT');
});

test('a shim that somebody stopped under its job tells how it ended all the same, and a stop of it is verified', async () => {
  const { manager } = await setUp();
  for (const job of ['ends', 'stops']) {
    const gate = join(world.directory(), 'gate');
    manager.job(runWord(job, `until [ -e ${gate} ]; do sleep 0.05; done; exit 3`, { isNew: true }));
    const shim = readStat((await started(manager, job)).pid)?.session ?? 0;
    process.kill(shim, 'SIGSTOP');
    await until('its shim to be stopped', 30_000, () => readStat(shim)?.state === 'T');
    if (job === 'ends') writeFileSync(gate, '');
    else manager.job(stopWord(job, 'cancelled'));
    const end = await ended(manager, job);
    if (job === 'ends') expect(end).toMatchObject({ outcome: 'failed', exit: { exitCode: 3 } });
    else expect(end).toMatchObject({ outcome: 'cancelled', certificate: { left: [] } });
  }
});

test('after a restart of the machine one that was said before may have begun, and one that is new has not', async () => {
  const { manager, launcher } = await setUp();
  await launcher.program.end('SIGTERM');
  const file = join(launcher.dataDir, 'jobs/attempts.jsonl');
  expect(journalOf(launcher)).toContain('"kind":"boot"');
  // What another boot leaves: the same file, written under another boot id.
  writeFileSync(file, journalOf(launcher).replaceAll(/"bootId":"[^"]*"/g, '"bootId":"another-boot"'));
  const syncs = manager.syncs.length;
  launcher.again();
  await connected(manager, syncs + 1);
  const trail = join(world.directory(), 'trail');
  manager.job(runWord('again', `echo >>${trail}`));
  manager.job(runWord('new', `echo >>${trail}`, { isNew: true }));
  expect(await ended(manager, 'again')).toMatchObject({
    outcome: 'lost',
    run: null,
    why: 'the machine was restarted since it was given, and it may have begun',
  });
  expect(await ended(manager, 'new')).toMatchObject({ outcome: 'completed' });
  expect(readFileSync(trail, 'utf8')).toBe('\n');
});
