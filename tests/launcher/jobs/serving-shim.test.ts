/** Short runs of jobs are served by one shim after another: what each is born with, and that nothing of one is the next one's. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { lookAtMachine } from '../../../launcher/process/machine';
import { startLauncher, type StartedLauncher } from '../../harness/launcher';
import { isAlive } from '../../harness/leftovers';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { useTinyManager, type TinyManager } from '../tiny-manager';
import { connected, ended, forgetWord, runWord, started, stopWord } from './job-words';

const world = useWorld();
const managerOf = useTinyManager(world);
const AWAIT = (file: string): string => `until [ -e ${file} ]; do sleep 0.05; done`;

interface Set {
  readonly manager: TinyManager;
  readonly launcher: StartedLauncher;
}

/** With a shim that waits for the next run. */
async function setUp(flags: readonly string[] = []): Promise<Set & { readonly shim: number }> {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url, flags, env: { HANDED_ON: 'as it was' } });
  await connected(manager);
  manager.job(runWord('first', 'true'));
  await ended(manager, 'first');
  manager.job(forgetWord('first'));
  const shim = await until('a shim that waits', 30_000, () => waitingShims(launcher)[0]);
  await heard(manager);
  return { manager, launcher, shim };
}

/** The launcher has read what its shims said before: it has answered since. */
async function heard(manager: TinyManager): Promise<void> {
  const syncs = manager.syncs.length;
  manager.resync();
  await connected(manager, syncs + 1);
}

async function waitsAgain({ manager, launcher }: Set, shim: number): Promise<void> {
  await until('it to wait again', 30_000, () => waitingShims(launcher).includes(shim));
  await heard(manager);
}

/** Of this launcher: what they have open is no run's that lasts. */
const waitingShims = ({ dataDir }: StartedLauncher): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const isShim = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('serving');
        const opened = isShim ? execFileSync('readlink', [`/proc/${pid}/fd/3`], { encoding: 'utf8' }) : '';
        return [`${dataDir}/cradles/`, `${dataDir}/jobs/sprints/`].some((place) => opened.startsWith(place));
      } catch {
        return false; // it ended, or has nothing open
      }
    });

/** Runs it to its end. @returns what it wrote */
async function outputOf(manager: TinyManager, job: string, command: Parameters<typeof runWord>[1], spec: object = {}) {
  manager.job(runWord(job, command, { spec }));
  const { run, outputBytes } = await ended(manager, job);
  return until(`the output of ${job}`, 30_000, () => {
    const text = manager.textOf(run ?? '');
    return Buffer.byteLength(text) === outputBytes ? { text } : null;
  }).then(({ text }) => text);
}

test('one after another is its child, each with its own words, variables, directory and exit code', async () => {
  const { manager, launcher, shim } = await setUp();
  const directory = world.directory();
  const about = 'echo $PPID "$PROCGUARD_JOB_ID" "$ONLY_HERE" "$HANDED_ON" "$PWD" "${OLDPWD-none}"; exit $CODE';
  const odd = `it's "two"\nlines $HOME \\ #end\n#end`;
  expect(
    await outputOf(manager, 'one', about, {
      env: { ONLY_HERE: odd, CODE: '7', HANDED_ON: 'changed' },
      workingDir: directory,
    }),
  ).toBe(`${shim} one ${odd} changed ${directory} ${process.env['OLDPWD'] ?? 'none'}\n`);
  expect(await ended(manager, 'one')).toMatchObject({ outcome: 'failed', exit: { exitCode: 7 } });
  const inherits = { envInherit: [], workingDir: '/', env: { CODE: '0' } };
  await waitsAgain({ manager, launcher }, shim);
  expect(await outputOf(manager, 'two', about, inherits)).toBe(`${shim} two   / none\n`);
  await waitsAgain({ manager, launcher }, shim);
  expect(await outputOf(manager, 'three', ['/bin/sh', '-c', 'echo "$# $1"; kill -SEGV $$', 'sh', odd])).toBe(
    `1 ${odd}\n`,
  );
  expect(await ended(manager, 'three')).toMatchObject({ outcome: 'failed', exit: { signal: 'SIGSEGV' } });
});

test('what it is born with beside that is what a shim of its own would have given', async () => {
  const { manager, shim } = await setUp();
  const show =
    'echo $PPID; for fd in 0 1 2 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$fd ] && echo fd $fd; done; grep -E "Sig(Blk|Ign|Cgt)" /proc/self/status';
  const served = (await outputOf(manager, 'served', show)).split('\n');
  // A variable that no running shell takes: it has a shim of its own.
  const own = (await outputOf(manager, 'own', show, { env: { UID: '1' } })).split('\n');
  expect(Number(served[0])).toBe(shim);
  expect(Number(own[0])).not.toBe(shim);
  expect(served.slice(1)).toEqual(own.slice(1));
});

test('who hides from a run that is over is found before its shim serves the next', async () => {
  const { manager, shim } = await setUp();
  const hides = '(setsid env -i sleep 4321 >/dev/null 2>&1 </dev/null &); echo $PPID';
  manager.job(runWord('hides', hides));
  const { certificate, run } = await ended(manager, 'hides');
  await until('its word', 30_000, () => manager.textOf(run ?? '') === `${shim}\n`);
  if (lookAtMachine().treeKind !== 'cgroup') return;
  expect(certificate).toMatchObject({ left: [], verifiedBy: 'cgroup' });
  // It may have been seen on its way to be sleep.
  expect(certificate?.seen.map(({ command }) => command)).toEqual([
    expect.stringMatching(/^(sh|dash|bash|setsid|env|sleep)$/),
  ]);
});

test('one with limits is served too, and whoever adopts it finds all of it', async () => {
  const { manager, launcher, shim } = await setUp();
  if (!lookAtMachine().controllers().has('pids')) return;
  manager.job(runWord('held', 'sleep 4321 & echo $PPID; exec sleep 4322', { spec: { limits: { pids: 50 } } }));
  const { run } = await started(manager, 'held');
  await until('its word', 30_000, () => manager.textOf(run) === `${shim}\n`);
  await launcher.program.end('SIGKILL');
  const syncs = manager.syncs.length;
  launcher.again();
  await connected(manager, syncs + 1);
  manager.job(stopWord('held', 'cancelled'));
  const { certificate, exit } = await ended(manager, 'held');
  expect(certificate).toMatchObject({ left: [], verifiedBy: 'cgroup' });
  expect(certificate?.seen.length).toBeGreaterThanOrEqual(2);
  expect(exit?.signal).toBe('SIGTERM');
});

test('a shim that was made less urgent by its run serves nobody after it', async () => {
  const { manager, shim } = await setUp();
  expect(await outputOf(manager, 'nice', 'echo $PPID; renice -n 5 -p $PPID >/dev/null')).toBe(`${shim}\n`);
  await until('it to go', 30_000, () => !isAlive(shim));
  expect(await outputOf(manager, 'next', 'echo $(nice)')).toBe('0\n');
});

test('a shim that is killed costs its run nothing, and the next run has another', async () => {
  const { manager, shim } = await setUp();
  const gate = join(world.directory(), 'gate');
  manager.job(runWord('j', `echo $PPID; ${AWAIT(gate)}`));
  const { pid, run } = await started(manager, 'j');
  await until('its word', 30_000, () => manager.textOf(run) === `${shim}\n`);
  process.kill(shim, 'SIGKILL');
  await until('it to be gone', 30_000, () => !isAlive(shim));
  writeFileSync(gate, '');
  await ended(manager, 'j');
  expect(isAlive(pid)).toBe(false);
  expect(Number(await outputOf(manager, 'next', 'echo $PPID'))).not.toBe(shim);
});

test('it outlives its launcher with a run and goes after it, and without one it goes at once', async () => {
  const { manager, launcher, shim } = await setUp(['--slots', '2']);
  const gate = join(world.directory(), 'gate');
  manager.job(runWord('long', `echo $PPID; ${AWAIT(gate)}; exit 3`));
  await started(manager, 'long');
  manager.job(runWord('short', 'true'));
  await ended(manager, 'short');
  const idle = await until('another that waits', 30_000, () => waitingShims(launcher).find((pid) => pid !== shim));
  await launcher.program.end('SIGKILL');
  await until('the idle one to go', 30_000, () => !isAlive(idle));
  expect(isAlive(shim)).toBe(true);
  launcher.again();
  writeFileSync(gate, '');
  expect(await ended(manager, 'long')).toMatchObject({ outcome: 'failed', exit: { exitCode: 3 }, why: 'exit code 3' });
  await until('it to go', 30_000, () => !isAlive(shim));
});

test('an idle one leaves nothing: its cgroup goes with a launcher that ends, and at the next start after one that was killed', async () => {
  const { cgroupBase } = lookAtMachine();
  if (cgroupBase === null) return;
  const cgroupOf = (pid: number): string =>
    join(cgroupBase, basename(readFileSync(`/proc/${pid}/cgroup`, 'utf8').match(/^0::(.*)$/m)?.[1] ?? ''));
  const { launcher, manager, shim } = await setUp();
  const killed = cgroupOf(shim);
  await launcher.program.end('SIGKILL');
  await until('it to go', 30_000, () => !isAlive(shim));
  expect(existsSync(killed)).toBe(true);
  const syncs = manager.syncs.length;
  const next = launcher.again();
  await connected(manager, syncs + 1);
  expect(existsSync(killed)).toBe(false);
  expect(await outputOf(manager, 'again', 'echo it')).toBe('it\n');
  const ended = cgroupOf(await until('a shim that waits', 30_000, () => waitingShims(next)[0]));
  expect(existsSync(ended)).toBe(true);
  // So that nothing else keeps it for a moment.
  await manager.close();
  await next.program.end('SIGTERM');
  expect(existsSync(ended)).toBe(false);
});
