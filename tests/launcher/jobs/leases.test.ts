/** Leases: what is held is renewed, and nothing runs past its trust. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../harness/leftovers';
import { startLauncher } from '../../harness/launcher';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { useTinyManager } from '../tiny-manager';
import { connected, ended, runWord, started } from './job-words';

const world = useWorld();
const managerOf = useTinyManager(world);

async function setUp(flags: readonly string[] = []) {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url, flags });
  await connected(manager);
  return { manager, launcher };
}

/** A program of these tests or the launcher may stand still for seconds: what is not to be over is trusted for longer. */
const TRUST_MS = 12_000;

/** How long nothing was renewed, as the launcher says, in seconds. */
const silence = ({ why }: { readonly why: string }): number =>
  Number(/^stopped, because the manager renewed nothing for (\d+\.\d) s$/.exec(why)?.[1]);

test('what is held is renewed each third of its trust, and what ended is not', async () => {
  const { manager } = await setUp();
  const gate = join(world.directory(), 'gate');
  manager.job(runWord('j', `until [ -e ${gate} ]; do sleep 0.05; done`, { trustMs: TRUST_MS }));
  manager.job(runWord('short', 'true', { trustMs: TRUST_MS }));
  await started(manager, 'j');
  await ended(manager, 'short');
  const before = manager.renewals.length;
  await until('three questions', 30_000, () => manager.renewals.length >= before + 3);
  writeFileSync(gate, '');
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'completed' });
  for (const { attempts } of manager.renewals.slice(before)) expect(attempts).toEqual(['j.1']);
});

test('not renewed, it is stopped and gone within its trust, and lost', async () => {
  const { manager } = await setUp();
  const command = 'trap "" TERM; sleep 1000 & while :; do sleep 0.05; done';
  manager.job(runWord('j', command, { trustMs: TRUST_MS, spec: { stop: { graceMs: 600_000 } } }));
  await started(manager, 'j');
  manager.renews = false;
  const end = await ended(manager, 'j');
  expect(end).toMatchObject({ outcome: 'lost', certificate: { left: [] } });
  expect(silence(end)).toBeGreaterThanOrEqual(10.8);
  // By the launcher's own clock; it may have been late by itself, but nothing waited for the grace.
  const { requestedAtMs = 0, finishedAtMs = Infinity } = end.certificate ?? {};
  expect(1000 * silence(end) + finishedAtMs - requestedAtMs).toBeLessThan(TRUST_MS + 6_000);
});

test('a word that was long on its way begins nothing: the manager is asked first', async () => {
  const { manager } = await setUp();
  manager.gone.push('late.1');
  manager.renews = false;
  manager.job(runWord('late', 'true', { trustMs: 60_000 }));
  manager.job(runWord('j', 'true', { trustMs: 60_000 }));
  await until('a question about both', 30_000, () => manager.renewals.some(({ attempts }) => attempts.length === 2));
  expect(manager.facts).toEqual([]);
  manager.answerRenewal();
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'completed' });
  expect(await ended(manager, 'late')).toMatchObject({ outcome: 'lost', run: null });
});

test('a word that says what its manager had heard is no older than that, and begins at once', async () => {
  const { manager } = await setUp();
  manager.renews = false;
  const mark = await until('a mark', 30_000, () => manager.beats.at(-1)?.mark);
  manager.job({ ...runWord('j', 'true', { trustMs: 600_000 }), heard: mark });
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'completed' });
  expect(manager.renewals).toEqual([]);
});

test('nor does it begin on what was heard too long ago, or never', async () => {
  const { manager } = await setUp();
  manager.renews = false;
  const { mark, atMs } = await until('a mark', 30_000, () => manager.beats.findLast((beat) => beat.mark !== undefined));
  // A quarter of its trust is over, by the launcher's own clock.
  await until('a later beat', 30_000, () => (manager.beats.at(-1)?.atMs ?? 0) > atMs + TRUST_MS / 4);
  const word = runWord('old', 'true', { trustMs: TRUST_MS });
  manager.job({ ...word, heard: mark });
  manager.job({ ...runWord('strange', 'true', { trustMs: 600_000 }), heard: 1_000_000 });
  await until('a question about both', 30_000, () => manager.renewals.some(({ attempts }) => attempts.length === 2));
  expect(manager.facts.filter(({ kind }) => kind === 'attempt.started')).toEqual([]);
});

test('a partition that is over in time ends nothing', async () => {
  const { manager } = await setUp();
  const gate = join(world.directory(), 'gate');
  manager.job(runWord('j', `until [ -e ${gate} ]; do sleep 0.05; done`, { trustMs: TRUST_MS }));
  await started(manager, 'j');
  manager.renews = false;
  const before = manager.renewals.length;
  await until('a question that nobody answers', 30_000, () => manager.renewals.length > before);
  // With a line of its own it asks at once.
  manager.renews = true;
  const asked = manager.renewals.length;
  manager.cut();
  // Four thirds of a trust later, which is past the end that it had without an answer.
  await until('questions that are answered', 30_000, () => manager.renewals.length >= asked + 4);
  writeFileSync(gate, '');
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'completed' });
});

test('what completes while its launcher stands still for longer than it is trusted has completed', async () => {
  const { manager, launcher } = await setUp(['--slots', '6']);
  const trustMs = 4_000;
  const jobs = Array.from({ length: 6 }, (_, at) => ({ name: `j${at}`, done: join(world.directory(), 'done') }));
  const gate = join(world.directory(), 'gate');
  const commandOf = (done: string): string => `until [ -e ${gate} ]; do sleep 0.05; done; echo > ${done}`;
  for (const { name, done } of jobs) manager.job(runWord(name, commandOf(done), { trustMs }));
  for (const { name } of jobs) await started(manager, name);
  process.kill(launcher.program.pid, 'SIGSTOP');
  const stoodStillAtMs = performance.now();
  writeFileSync(gate, '');
  await until('all to be done', 30_000, () => jobs.every(({ done }) => existsSync(done)));
  await until('their trust to be over', 30_000, () => performance.now() > stoodStillAtMs + trustMs);
  process.kill(launcher.program.pid, 'SIGCONT');
  const ends = await Promise.all(jobs.map(({ name }) => ended(manager, name)));
  expect(ends.map(({ outcome }) => outcome)).toEqual(jobs.map(() => 'completed'));
});

test('gone in an answer: killed with its whole tree', async () => {
  const { manager } = await setUp();
  manager.job(runWord('j', 'trap "" TERM; sleep 1000 & while :; do sleep 0.05; done', { trustMs: TRUST_MS }));
  manager.job(runWord('other', 'sleep 1000', { trustMs: TRUST_MS }));
  const [{ pid }] = [await started(manager, 'j'), await started(manager, 'other')];
  manager.gone.push('j.1');
  const end = await ended(manager, 'j');
  expect(end).toMatchObject({ outcome: 'lost', exit: { signal: 'SIGKILL' }, certificate: { left: [] } });
  expect(end.why).toBe("stopped, because the manager says that it is not this worker's any more");
  expect(isAlive(pid)).toBe(false);
  expect(manager.attemptEnds('other.1')).toEqual([]);
});

test('a launcher that comes back counts on from where the last one was', async () => {
  const { manager, launcher } = await setUp();
  manager.job(runWord('j', 'sleep 1000', { trustMs: TRUST_MS }));
  const { pid } = await started(manager, 'j');
  await until('a renewal', 30_000, () => manager.renewals.length > 0);
  await launcher.program.end('SIGKILL');
  const sinceMs = performance.now();
  manager.renews = false;
  // Longer than one that counted anew would be silent.
  await until('its trust to be over', 30_000, () => performance.now() - sinceMs > TRUST_MS + 1_000);
  const awayMs = performance.now() - sinceMs;
  launcher.again();
  const end = await ended(manager, 'j');
  expect(end).toMatchObject({ outcome: 'lost' });
  expect(1000 * silence(end)).toBeGreaterThan(awayMs - 100);
  expect(isAlive(pid)).toBe(false);
});
