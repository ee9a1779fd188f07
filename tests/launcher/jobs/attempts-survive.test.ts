/** What becomes of attempts when launcher, manager or machine go away in the middle. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMarked, isAlive } from '../../harness/leftovers';
import { startLauncher } from '../../harness/launcher';
import { textIn } from '../../harness/text-in';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { TinyManager, useTinyManager } from '../tiny-manager';
import { connected, ended, forgetWord, runWord, started, stopWord } from './job-words';

const world = useWorld();
const managerOf = useTinyManager(world);

async function setUp() {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  await connected(manager);
  return { manager, launcher };
}

/** Shims too: they write down an end when they have seen it. */
const untilNobody = (): Promise<unknown> => until('nobody to be left', 30_000, () => findMarked(world.id).length === 0);

test('kill -9 of the launcher: the job runs on, is adopted, and ends once with its real exit', async () => {
  const { manager, launcher } = await setUp();
  const go = join(world.directory(), 'go');
  manager.job(runWord('j', `echo a; until [ -e ${go} ]; do sleep 0.02; done; echo b; exit 3`));
  const { run, pid } = await started(manager, 'j');
  await launcher.program.end('SIGKILL');
  expect(isAlive(pid)).toBe(true);
  launcher.again();
  await connected(manager, 2);
  expect(manager.syncs[1]).toMatchObject({ processes: [], attempts: ['j.1'] });
  manager.job(runWord('j', 'echo twice'));
  writeFileSync(go, '');
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'failed', why: 'exit code 3', run });
  await until('the output', 30_000, () => manager.textOf(run) === 'a\nb\n');
});

test('it ends while the launcher is away: the next one tells it', async () => {
  const { manager, launcher } = await setUp();
  const go = join(world.directory(), 'go');
  manager.job(runWord('j', `until [ -e ${go} ]; do sleep 0.02; done; exit 4`));
  const { pid } = await started(manager, 'j');
  await launcher.program.end('SIGKILL');
  writeFileSync(go, '');
  await until('it to end', 30_000, () => !isAlive(pid));
  launcher.again();
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'failed', why: 'exit code 4' });
});

test('it ends while the manager is away: told when it is back, again after each sync, and no more once forgotten', async () => {
  const { manager, launcher } = await setUp();
  const go = join(world.directory(), 'go');
  manager.job(runWord('j', `until [ -e ${go} ]; do sleep 0.02; done`));
  const { pid } = await started(manager, 'j');
  const { port } = manager;
  await manager.close();
  writeFileSync(go, '');
  await until('it to end', 30_000, () => !isAlive(pid));
  const back = await TinyManager.start(port);
  world.afterwards(() => back.close());
  await ended(back, 'j');
  back.resync();
  await ended(back, 'j', 2);
  await launcher.program.end('SIGKILL');
  launcher.again();
  expect(await ended(back, 'j', 3)).toMatchObject({ outcome: 'completed' });
  back.job(forgetWord('j'));
  await until('its files to go', 30_000, () => readdirSync(join(launcher.dataDir, 'jobs/processes')).length === 0);
  back.resync();
  await until('a sync without it', 30_000, () => back.syncs.at(-1)?.attempts?.length === 0);
  // All that was told before that is here by now.
  const [told, syncs] = [back.attemptEnds('j.1').length, back.syncs.length];
  for (const more of [1, 2]) {
    back.resync();
    await connected(back, syncs + more);
  }
  expect(back.attemptEnds('j.1')).toHaveLength(told);
});

test('a stop that was cut short by kill -9 is finished by the next launcher, as what it was asked for', async () => {
  const { manager, launcher } = await setUp();
  manager.job(
    runWord('j', 'trap "" TERM; echo ready; while :; do sleep 0.05; done', { spec: { stop: { graceMs: 8_000 } } }),
  );
  const { run, pid } = await started(manager, 'j');
  await until('the trap', 30_000, () => manager.textOf(run) === 'ready\n');
  manager.job(stopWord('j', 'preempted', 'preempted by urgent'));
  await until('the stop to be written down', 30_000, () => journalOf(launcher.dataDir).includes('"kind":"stop"'));
  await launcher.program.end('SIGKILL');
  expect(isAlive(pid)).toBe(true);
  launcher.again();
  expect(await ended(manager, 'j')).toMatchObject({
    outcome: 'preempted',
    exit: { signal: 'SIGKILL' },
    certificate: { left: [] },
  });
});

test('stopped, it ends with 0 while no launcher is there: as what it was asked for, and not as completed', async () => {
  const { manager, launcher } = await setUp();
  const [go, heard] = ['go', 'heard'].map((name) => join(world.directory(), name));
  const command = `trap "echo >${heard}" TERM; echo ready; until [ -e ${go} ]; do sleep 0.05; done; exit 0`;
  manager.job(runWord('j', command, { spec: { stop: { graceMs: 600_000 } } }));
  const { run, pid } = await started(manager, 'j');
  await until('the trap', 30_000, () => manager.textOf(run) === 'ready\n');
  manager.job(stopWord('j', 'preempted', 'preempted by urgent'));
  await until('its signal', 30_000, () => existsSync(heard ?? ''));
  await launcher.program.end('SIGKILL');
  expect(isAlive(pid)).toBe(true);
  writeFileSync(go ?? '', '');
  await untilNobody();
  launcher.again();
  expect(await ended(manager, 'j')).toMatchObject({
    outcome: 'preempted',
    why: 'stopped: preempted by urgent',
    exit: { exitCode: 0 },
    certificate: { signals: [{ signal: 'SIGTERM' }], left: [] },
  });
});

test('killed while what a completed job left is cleared away: it is completed all the same', async () => {
  const { manager, launcher } = await setUp();
  const left = join(world.directory(), 'left');
  // What it leaves takes no hint, so that the clearing lasts.
  const spec = { stop: { signal: 'SIGTERM', graceMs: 4_000, then: [] } };
  manager.job(
    runWord('j', `(trap '' TERM; echo > ${left}; exec sleep 1000) & until [ -e ${left} ]; do :; done`, { spec }),
  );
  const record = join(launcher.dataDir, 'jobs/processes/job.j.1/record.jsonl');
  await until('the clearing', 30_000, () => textIn(record).includes('"stopping"'));
  await launcher.program.end('SIGKILL');
  launcher.again();
  expect(await ended(manager, 'j')).toMatchObject({
    outcome: 'completed',
    why: 'exit code 0',
    exit: { cause: { kind: 'own' } },
  });
});

test('killed between the word and the birth: it was never born, so the word to run it holds again', async () => {
  const { manager, launcher } = await setUp();
  manager.job(runWord('j', 'sleep 1000'));
  const { pid } = await started(manager, 'j');
  await launcher.program.end('SIGKILL');
  // What is left when the launcher was killed before it had a process for it.
  process.kill(pid, 'SIGKILL');
  await untilNobody();
  rmSync(join(launcher.dataDir, 'jobs/processes/job.j.1'), { recursive: true });
  launcher.again();
  await connected(manager, 2);
  expect(manager.syncs[1]?.attempts).toEqual([]);
  manager.job(runWord('j', 'exit 5'));
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'failed', why: 'exit code 5' });
});

test('a directory without a record, of which the manager has all, goes at the next start; of who lives it stays', async () => {
  const { manager, launcher } = await setUp();
  manager.job(runWord('lives', 'sleep 1000'));
  const { run, pid } = await started(manager, 'lives');
  await launcher.program.end('SIGKILL');
  const processes = join(launcher.dataDir, 'jobs/processes');
  // Of one that is forgotten: killed while it was removed, and while it was made.
  for (const half of ['job.removed.1/runs/1795335730622zheikqlskh7s', 'job.made.1/runs'])
    mkdirSync(join(processes, half), { recursive: true });
  writeFileSync(join(processes, 'job.removed.1/runs/1795335730622zheikqlskh7s/output'), 'shipped');
  // As if a full disk had kept the record of somebody who lives from being written, and the journal's line too.
  const record = join(processes, 'job.lives.1/record.jsonl');
  const [said, journal] = [readFileSync(record), readFileSync(journalFile(launcher.dataDir))];
  writeFileSync(record, '');
  writeFileSync(journalFile(launcher.dataDir), '');
  const without = launcher.again();
  await connected(manager, 2);
  expect(readdirSync(processes)).toEqual(['job.lives.1']);
  expect(existsSync(join(processes, 'job.lives.1/runs', run))).toBe(true);
  expect(isAlive(pid)).toBe(true);
  await without.program.end('SIGKILL');
  writeFileSync(record, said);
  writeFileSync(journalFile(launcher.dataDir), journal);
});

test('its progress goes on to be told by the next launcher', async () => {
  const { manager, launcher } = await setUp();
  const [go, end] = ['go', 'end'].map((name) => join(world.directory(), name));
  const waits = (file?: string): string => `until [ -e ${file} ]; do sleep 0.05; done`;
  manager.job(runWord('j', `echo 10%; ${waits(go)}; echo 50%; ${waits(end)}`, { progress: '([\\d.]+)%' }));
  await started(manager, 'j');
  const isTold = (percent: number): Promise<unknown> =>
    until(`${percent} %`, 30_000, () =>
      manager.facts.find((fact) => fact.kind === 'attempt.progress' && fact.percent === percent),
    );
  await isTold(10);
  await launcher.program.end('SIGKILL');
  launcher.again();
  await connected(manager, 2);
  writeFileSync(go ?? '', '');
  await isTold(50);
  writeFileSync(end ?? '', '');
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'completed' });
});

test('after a restart of the machine it is lost, not run again, also where only the journal knows of it', async () => {
  const { manager, launcher } = await setUp();
  for (const job of ['known', 'unknown']) manager.job(runWord(job, 'sleep 1000'));
  const pids = [(await started(manager, 'known')).pid, (await started(manager, 'unknown')).pid];
  await launcher.program.end('SIGKILL');
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await untilNobody();
  // What another boot leaves: the same files, written under another boot id.
  const file = journalFile(launcher.dataDir);
  writeFileSync(file, journalOf(launcher.dataDir).replaceAll(/"bootId":"[^"]*"/g, '"bootId":"another-boot"'));
  const runs = join(launcher.dataDir, 'jobs/processes/job.known.1/runs');
  const run = join(runs, readdirSync(runs)[0] ?? '');
  const [stat = '', , cgroup = ''] = readFileSync(join(run, 'child'), 'latin1').split('\n');
  writeFileSync(join(run, 'child'), [stat, 'another-boot', cgroup, ''].join('\n'));
  writeFileSync(join(run, 'exit'), '');
  rmSync(join(launcher.dataDir, 'jobs/processes/job.unknown.1'), { recursive: true });
  launcher.again();
  expect(await ended(manager, 'known')).toMatchObject({
    outcome: 'lost',
    why: 'the machine was restarted while it ran',
  });
  expect(await ended(manager, 'unknown')).toMatchObject({
    outcome: 'lost',
    why: 'the machine was restarted as it began',
  });
});

test('--stop-all ends it, and the next launcher tells that it was cancelled and does not run it again', async () => {
  const { manager, launcher } = await setUp();
  manager.job(runWord('j', 'sleep 1000'));
  const { pid } = await started(manager, 'j');
  const { code, output } = await launcher.stopAll();
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/ok {3}job\.j\.1: stopped.*everything is gone/s),
  });
  expect(isAlive(pid)).toBe(false);
  await launcher.program.ended;
  const earlier = manager.attemptEnds('j.1').length;
  launcher.again();
  expect(await ended(manager, 'j', earlier + 1)).toMatchObject({
    outcome: 'cancelled',
    why: 'stopped: everything on this machine was stopped (procguard worker --stop-all)',
  });
  expect(manager.facts.filter(({ kind }) => kind === 'attempt.started')).toHaveLength(1);
});

const journalFile = (dataDir: string): string => join(dataDir, 'jobs/attempts.jsonl');
const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const journalOf = (dataDir: string): string => textOf(journalFile(dataDir));

test('forgotten while its output is on its way, it goes when that has come, also to the next launcher', async () => {
  const { manager, launcher } = await setUp();
  manager.outputRefusals.set('job.j.1', {
    status: 503,
    body: { success: false, error: 'not now', code: 'unavailable' },
  });
  manager.job(runWord('j', 'echo said'));
  const { run } = await ended(manager, 'j');
  await until('its output to be offered', 30_000, () => manager.outputsRefused > 0);
  manager.job(forgetWord('j'));
  await until('it to be forgotten', 30_000, () => journalOf(launcher.dataDir).includes('"forgotten"'));
  await launcher.program.end('SIGKILL');
  launcher.again();
  await connected(manager, 2);
  manager.outputRefusals.clear();
  await until('its output', 30_000, () => manager.textOf(run ?? '') === 'said\n');
  await until('its files to go', 30_000, () => readdirSync(join(launcher.dataDir, 'jobs/processes')).length === 0);
});
