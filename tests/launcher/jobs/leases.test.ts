/** Leases: what is held is renewed, and nothing runs past its trust. */
import { isAlive } from '../../harness/leftovers';
import { startLauncher } from '../../harness/launcher';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { useTinyManager } from '../tiny-manager';
import { connected, ended, runWord, started } from './job-words';

const world = useWorld();
const managerOf = useTinyManager(world);

async function setUp() {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  await connected(manager);
  return { manager, launcher };
}

test('what is held is renewed each third of its trust, and what ended is not', async () => {
  const { manager } = await setUp();
  manager.job(runWord('j', 'sleep 3', { trustMs: 1_500 }));
  manager.job(runWord('short', 'true', { trustMs: 1_500 }));
  await started(manager, 'j');
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'completed' });
  expect(manager.renewals.filter(({ attempts }) => attempts.includes('j.1' as never)).length).toBeGreaterThanOrEqual(4);
  expect(manager.renewals.at(-1)?.attempts).toEqual(['j.1']);
});

test('not renewed, it is stopped and gone within its trust, and lost', async () => {
  const { manager } = await setUp();
  const command = 'trap "" TERM; sleep 1000 & while :; do sleep 0.05; done';
  manager.job(runWord('j', command, { trustMs: 2_000, spec: { stop: { graceMs: 60_000 } } }));
  await started(manager, 'j');
  manager.renews = false;
  const sinceMs = performance.now();
  const end = await ended(manager, 'j');
  expect(performance.now() - sinceMs).toBeLessThan(2_600);
  expect(end).toMatchObject({ outcome: 'lost', certificate: { left: [] } });
  expect(end.why).toMatch(/^stopped, because the manager renewed nothing for 1\.8 s$/);
});

test('a word that was long on its way begins nothing: the manager is asked first', async () => {
  const { manager } = await setUp();
  manager.gone.push('late.1');
  manager.renews = false;
  manager.job(runWord('late', 'true', { trustMs: 60_000 }));
  manager.job(runWord('j', 'true', { trustMs: 60_000 }));
  await until('a question about both', 15_000, () => manager.renewals.some(({ attempts }) => attempts.length === 2));
  expect(manager.facts).toEqual([]);
  manager.answerRenewal();
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'completed' });
  expect(await ended(manager, 'late')).toMatchObject({ outcome: 'lost', run: null });
});

test('a word that says what its manager had heard is no older than that, and begins at once', async () => {
  const { manager } = await setUp();
  manager.renews = false;
  const mark = await until('a mark', 15_000, () => manager.beats.at(-1)?.mark);
  manager.job({ ...runWord('j', 'true', { trustMs: 600_000 }), heard: mark });
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'completed' });
  expect(manager.renewals).toEqual([]);
});

test('nor does it begin on what was heard too long ago, or never', async () => {
  const { manager } = await setUp();
  manager.renews = false;
  const mark = await until('a mark', 15_000, () => manager.beats.at(-1)?.mark);
  // A quarter of its trust is over.
  await until('another', 15_000, () => (manager.beats.at(-1)?.mark ?? 0) > mark);
  const word = runWord('old', 'true', { trustMs: 1_000 });
  manager.job({ ...word, heard: mark });
  manager.job({ ...runWord('strange', 'true', { trustMs: 600_000 }), heard: 1_000_000 });
  await until('a question about both', 15_000, () => manager.renewals.some(({ attempts }) => attempts.length === 2));
  expect(manager.facts.filter(({ kind }) => kind === 'attempt.started')).toEqual([]);
});

test('a partition that is over in time ends nothing', async () => {
  const { manager } = await setUp();
  manager.job(runWord('j', 'sleep 4', { trustMs: 2_000 }));
  await started(manager, 'j');
  await until('a renewal', 5_000, () => manager.renewals.length > 0);
  manager.renews = false;
  const before = manager.renewals.length;
  await until('a question that nobody answers', 5_000, () => manager.renewals.length > before);
  manager.renews = true;
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'completed' });
});

test('gone in an answer: killed with its whole tree', async () => {
  const { manager } = await setUp();
  manager.job(runWord('j', 'trap "" TERM; sleep 1000 & while :; do sleep 0.05; done', { trustMs: 2_000 }));
  manager.job(runWord('other', 'sleep 1000', { trustMs: 2_000 }));
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
  manager.job(runWord('j', 'sleep 1000', { trustMs: 4_000 }));
  const { pid } = await started(manager, 'j');
  await until('a renewal', 5_000, () => manager.renewals.length > 0);
  await launcher.program.end('SIGKILL');
  const sinceMs = performance.now();
  manager.renews = false;
  launcher.again();
  expect(await ended(manager, 'j')).toMatchObject({ outcome: 'lost' });
  expect(performance.now() - sinceMs).toBeLessThan(4_300);
  expect(isAlive(pid)).toBe(false);
});
