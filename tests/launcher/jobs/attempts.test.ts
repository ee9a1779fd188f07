/** Attempts of jobs on a launcher: from the word to run one to the word to forget it. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SmallDisk, whyNoSmallDisks } from '../../chaos/stage/small-disk';
import { startLauncher } from '../../harness/launcher';
import { textIn } from '../../harness/text-in';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { useTinyManager, type TinyManager } from '../tiny-manager';
import { connected, ended, forgetWord, runWord, started, stopWord } from './job-words';

const world = useWorld();
const managerOf = useTinyManager(world);

async function setUp(flags: readonly string[] = []) {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url, flags });
  await connected(manager);
  return { manager, launcher };
}

const outputOf = (manager: TinyManager, run: string | null): string => manager.textOf(run ?? '');

test('one runs to completion: its start, its end, its output, and nothing of it is told as a process', async () => {
  const { manager, launcher } = await setUp();
  manager.job(runWord('train', 'echo $PROCGUARD_JOB_ID $PROCGUARD_ATTEMPT $PROCGUARD_WORKER'));
  const end = await ended(manager, 'train');
  expect(end).toMatchObject({ outcome: 'completed', why: 'exit code 0', exit: { exitCode: 0 }, outputBytes: 17 });
  expect((await started(manager, 'train')).run).toBe(end.run);
  await until('the output', 30_000, () => outputOf(manager, end.run) === 'train train.1 w1\n');
  manager.job(forgetWord('train'));
  await until('its files to go', 30_000, () => readdirSync(join(launcher.dataDir, 'jobs/processes')).length === 0);
  manager.resync();
  await connected(manager, 2);
  expect(manager.syncs[1]).toMatchObject({ processes: [], runs: [], attempts: [] });
  const kinds = new Set(manager.facts.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(['attempt.ended', 'attempt.started']);
});

test.each([
  ['exit 7', { outcome: 'failed', why: 'exit code 7', exit: { exitCode: 7 } }],
  ['kill -SEGV $$', { outcome: 'failed', exit: { exitCode: null, signal: 'SIGSEGV' } }],
])('%s is a failure', async (command, told) => {
  const { manager } = await setUp();
  manager.job(runWord('j', command));
  expect(await ended(manager, 'j')).toMatchObject(told);
});

test('a word to run one that cannot be read is answered with an end, and holds no slot', async () => {
  const { manager } = await setUp(['--slots', '1']);
  const word = runWord('odd', 'true');
  manager.job({ ...word, spec: { ...word.spec, secrets: ['A=B'] } });
  expect(await ended(manager, 'odd')).toMatchObject({
    outcome: 'refused',
    why: 'this launcher cannot read what it is: a variable name has no = and no NUL',
    run: null,
  });
  manager.job(runWord('next', 'true'));
  expect(await ended(manager, 'next')).toMatchObject({ outcome: 'completed' });
});

test('said twice it runs once', async () => {
  const { manager } = await setUp();
  const word = runWord('j', 'echo born; sleep 0.3');
  manager.job(word);
  manager.job(word);
  await started(manager, 'j');
  manager.job(word);
  const { run } = await ended(manager, 'j');
  manager.job(word);
  manager.job(runWord('next', 'true'));
  await ended(manager, 'next');
  await until('the output', 30_000, () => outputOf(manager, run) === 'born\n');
  expect(manager.facts.filter(({ kind }) => kind === 'attempt.started')).toHaveLength(2);
});

test('a stop ends the whole tree and counts as what it was asked for', async () => {
  const { manager } = await setUp();
  manager.job(runWord('j', 'sleep 1000 & echo up; sleep 1001'));
  const { run } = await started(manager, 'j');
  await until('the whole tree', 30_000, () => outputOf(manager, run) === 'up\n');
  manager.job(stopWord('j', 'preempted', 'preempted by urgent'));
  const end = await ended(manager, 'j');
  expect(end).toMatchObject({ outcome: 'preempted', why: 'stopped: preempted by urgent', certificate: { left: [] } });
  expect(end.certificate?.seen.length).toBeGreaterThanOrEqual(2);
});

test('one that obeys a stop with exit code 0 was stopped all the same', async () => {
  const { manager } = await setUp();
  manager.job(runWord('j', 'trap "exit 0" TERM; echo ready; while :; do sleep 0.05; done'));
  const { run } = await started(manager, 'j');
  await until('the trap', 30_000, () => outputOf(manager, run) === 'ready\n');
  manager.job(stopWord('j', 'cancelled'));
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'cancelled', exit: { exitCode: 0 } });
});

test('a stop after its end changes nothing', async () => {
  const { manager } = await setUp();
  manager.job(runWord('j', 'true'));
  await ended(manager, 'j');
  manager.job(stopWord('j', 'cancelled'));
  manager.resync();
  expect(await ended(manager, 'j', 2)).toMatchObject({ outcome: 'completed' });
});

test('a stop of one that is not here is answered by its end, and it never begins', async () => {
  const { manager } = await setUp();
  manager.job(stopWord('j', 'cancelled', 'not needed'));
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'cancelled', run: null, exit: null });
  manager.job(runWord('j', 'touch born'));
  manager.job(runWord('next', 'true'));
  await ended(manager, 'next');
  expect(manager.facts.filter(({ kind }) => kind === 'attempt.started')).toHaveLength(1);
});

test('what cannot be born is refused, with the reason', async () => {
  const { manager } = await setUp();
  manager.job(runWord('j', ['/no/such/program']));
  expect(await ended(manager, 'j')).toMatchObject({
    outcome: 'refused',
    run: null,
    why: expect.stringContaining('/no/such/program'),
  });
});

test('slots: no more run at once, the next one begins when one is over, and a waiting one that is stopped never begins', async () => {
  const { manager } = await setUp(['--slots', '2']);
  expect(manager.identity?.slots).toBe(2);
  for (const job of ['a', 'b', 'c', 'd']) manager.job(runWord(job, 'sleep 1000'));
  await started(manager, 'a');
  await started(manager, 'b');
  manager.job(stopWord('c', 'cancelled'));
  expect(await ended(manager, 'c')).toMatchObject({ outcome: 'cancelled', run: null });
  expect(manager.facts.filter(({ kind }) => kind === 'attempt.started')).toHaveLength(2);
  manager.job(stopWord('a', 'cancelled'));
  await ended(manager, 'a');
  await started(manager, 'd');
  manager.resync();
  await connected(manager, 2);
  expect([...(manager.syncs[1]?.attempts ?? [])].sort()).toEqual(['a.1', 'b.1', 'c.1', 'd.1']);
});

test('a worker without slots takes no job', async () => {
  const { manager } = await setUp(['--slots', '0']);
  manager.job(runWord('j', 'true'));
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'refused', why: 'this worker takes no jobs (slots: 0)' });
});

test('one that ran too long, or was silent for too long, is ended for that', async () => {
  const { manager } = await setUp();
  manager.job(runWord('slow', 'sleep 1000', { runMs: 300 }));
  manager.job(runWord('mute', 'echo once; sleep 1000', { silenceMs: 400 }));
  expect(await ended(manager, 'slow')).toMatchObject({ outcome: 'timeout', why: 'ran longer than 0.3 s' });
  expect(await ended(manager, 'mute')).toMatchObject({ outcome: 'timeout', why: 'no output for 0.4 s' });
});

test('one that ignores the signal is killed when its grace is over', async () => {
  const { manager } = await setUp();
  // Nobody goes by this one, from the first moment on.
  const stop = { signal: 'SIGWINCH', graceMs: 200 };
  manager.job(runWord('j', 'sleep 1000', { runMs: 300, spec: { stop } }));
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'timeout', exit: { signal: 'SIGKILL' } });
});

test('progress is read from its output', async () => {
  const { manager } = await setUp();
  const command = 'echo "step 1: 12.5% (loading)"; echo nothing; sleep 1000';
  manager.job(runWord('j', command, { progress: '([\\d.]+)% \\((.*)\\)' }));
  const fact = await until('progress', 30_000, () => manager.facts.find(({ kind }) => kind === 'attempt.progress'));
  expect(fact).toEqual({ kind: 'attempt.progress', attempt: 'j.1', percent: 12.5, message: 'loading' });
});

test('forgotten while it runs, it is killed, and nothing is told of it', async () => {
  const { manager, launcher } = await setUp();
  manager.job(runWord('j', 'trap "" TERM; while :; do sleep 0.05; done'));
  const { pid } = await started(manager, 'j');
  manager.job(forgetWord('j'));
  await until('it to be gone', 30_000, () => !existsSync(`/proc/${pid}`));
  await until('its files to go', 30_000, () => readdirSync(join(launcher.dataDir, 'jobs/processes')).length === 0);
  expect(manager.attemptEnds('j.1')).toEqual([]);
});

test('what it uses is told with the beats', async () => {
  const { manager } = await setUp();
  manager.job(runWord('j', 'sleep 1000'));
  await started(manager, 'j');
  await until('its figures', 30_000, () =>
    manager.beats.some(({ usage }) => usage.some(({ name }) => name === 'job.j.1')),
  );
});

test('--status shows attempts as jobs, also when no launcher is there', async () => {
  const { manager, launcher } = await setUp(['--slots', '1']);
  for (const job of ['a', 'b']) manager.job(runWord(job, 'sleep 1000'));
  const { pid } = await started(manager, 'a');
  const status = async (): Promise<string> => {
    const asked = launcher.again(['--status']).program;
    await asked.ended;
    return asked.output;
  };
  // What was said before is known there now.
  manager.resync();
  await connected(manager, 2);
  expect(await status()).toMatch(
    new RegExp(`  job a\\.1: running, pid ${pid}\n  job b\\.1: waiting \\(for a slot\\)\n$`),
  );
  await launcher.program.end('SIGKILL');
  expect(await status()).toMatch(new RegExp(`  job a\\.1: running, pid ${pid}\n$`));
});

test('what a rule of the machine is against is refused, and never born', async () => {
  const rules = join(world.directory(), 'rules.yaml');
  writeFileSync(rules, 'security:\n  allowed_commands: ["true"]\n');
  const { manager } = await setUp(['--security', rules]);
  manager.job(runWord('bad', ['sleep', '1000']));
  manager.job(runWord('good', ['true']));
  expect(await ended(manager, 'bad')).toMatchObject({
    outcome: 'refused',
    run: null,
    why: expect.stringContaining('allowed_commands'),
  });
  expect(await ended(manager, 'good')).toMatchObject({ outcome: 'completed' });
});

(whyNoSmallDisks() === null ? test : test.skip).each([
  ['read-only', (disk: SmallDisk) => disk.makeReadOnly()],
  ['full', (disk: SmallDisk) => disk.fill()],
])(
  'what a %s disk keeps from beginning is lost and not refused, and the next one begins once the disk is well',
  async (_how, spoil) => {
    const { manager, launcher } = await setUp();
    manager.job(runWord('first', 'true'));
    await ended(manager, 'first');
    const disk = new SmallDisk(join(launcher.dataDir, 'jobs/processes'), 4);
    let isThere = true;
    const close = (): void => {
      if (isThere) disk.close();
      isThere = false;
    };
    world.afterwards(async () => close());
    spoil(disk);
    // One that is not over in a moment needs a place of its own.
    manager.job(runWord('early', 'true', { spec: { output: 'split' } }));
    expect(await ended(manager, 'early')).toMatchObject({
      outcome: 'lost',
      run: null,
      why: expect.stringMatching(/^(could not be started|it could not be kept here): /),
    });
    // What lies under it is well.
    close();
    manager.job(runWord('later', 'true'));
    expect(await ended(manager, 'later')).toMatchObject({ outcome: 'completed' });
  },
);

test('many are born one after the other; those that are stopped before it is their turn are not born', async () => {
  const { manager } = await setUp(['--slots', '300']);
  const trail = join(world.directory(), 'trail');
  const jobs = Array.from({ length: 200 }, (_, i) => `m${i}`);
  // In one go, so that the stops are there long before the last one's turn, however fast it is.
  for (const job of jobs) manager.job(runWord(job, `echo ${job} >> ${trail}; exec sleep 1000`));
  for (const job of jobs.slice(1)) manager.job(stopWord(job, 'cancelled'));
  await started(manager, 'm0');
  manager.job(stopWord('m0', 'cancelled'));
  const ends = await Promise.all(jobs.map((job) => ended(manager, job)));
  const unborn = new Set(jobs.filter((_, i) => ends[i]?.run === null));
  expect(unborn.size).toBeGreaterThan(0);
  expect(ends.filter(({ outcome }) => outcome !== 'cancelled')).toEqual([]);
  expect(ends.find(({ run }) => run === null)?.why).toMatch(/; it had not begun$/);
  const born = textIn(trail).trim().split('\n');
  expect(born.filter((job) => unborn.has(job))).toEqual([]);
});
