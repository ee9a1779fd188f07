/** Jobs in containers: never to a launcher that would leave the word out, and what holds one is what was told last. */
import { CONTAINERS } from '../../../protocol/link';
import { AT_HOME, identityOf, RUN } from '../test-fleet';
import { explainJob } from './explaining';
import { neverRuns } from './never-runs';
import { TestPool } from './test-pool';

const container = { image: 'busybox' };
const CAN = [CONTAINERS];

test('one goes to a launcher that knows containers, and to no other, however empty', () => {
  const pool = new TestPool();
  pool.worker('old', 9);
  pool.worker('new', 1, {}, CAN);
  const [a, b] = [pool.submit({ container }), pool.submit({ container })];
  expect(pool.attempt(a).worker).toBe('new');
  expect(pool.state(b)).toBe('queued');
  // It keeps nobody else from the others.
  expect(pool.attempt(pool.submit()).worker).toBe('old');
  expect(explainJob(pool.model, pool.job(b), pool.settings, pool.nowMs).reasons[0]).toMatchObject({
    code: 'busy',
    about: ['new'],
  });
});

test('where none can, it is said at once, and by explain', () => {
  const pool = new TestPool();
  pool.worker('old');
  pool.agent('agent');
  const id = pool.submit({ container });
  expect(pool.state(id)).toBe('queued');
  const why =
    'old: its launcher (version 0) cannot run containers: it is too old, or not installed whole, agent: its protocol knows no containers';
  expect(explainJob(pool.model, pool.job(id), pool.settings, pool.nowMs)).toMatchObject({
    reasons: [{ code: 'never', text: `no known worker can ever run it. ${why}`, about: ['old', 'agent'] }],
  });
  expect(neverRuns(pool.model, [pool.job(id)], pool.settings)).toHaveLength(1);
  pool.worker('new', 1, {}, CAN);
  expect(pool.attempt(id).worker).toBe('new');
});

test('jobs with and without one stand in lines of their own: the first does not block the second', () => {
  const pool = new TestPool();
  pool.worker('old');
  const [boxed, bare] = [pool.submit({ container }), pool.submit()];
  expect([boxed, bare].map((id) => pool.state(id))).toEqual(['queued', 'active']);
});

test('given to a launcher that was replaced by an older one before it began, it goes back with no retry spent', () => {
  const pool = new TestPool();
  pool.worker('w1', 1, {}, CAN);
  const id = pool.submit({ container });
  const given = pool.attempt(id);
  pool.ask({ kind: 'registerLauncher', identity: identityOf('w1', { slots: 1 }), ...AT_HOME });
  pool.resync('w1', []);
  expect(pool.model.jobs.attempt(given.id)?.state).toMatchObject({ kind: 'ended', outcome: 'preempted' });
  expect(pool.job(id)).toMatchObject({ state: { kind: 'queued' }, retries: 0 });
  expect(pool.words.filter(({ word }) => word.kind === 'run')).toHaveLength(1);
});

describe('what holds one', () => {
  const started = { kind: 'attempt.started', run: RUN, pid: 7 } as const;
  const boxed = { isolation: ['container f00 of podman 5'], unenforced: ['container.pids: 20 was asked'] };

  test('is told again when its container is there, and not taken back', () => {
    const pool = new TestPool();
    pool.worker('w1', 1, {}, CAN);
    const id = pool.submit({ container });
    pool.begin(id);
    const { id: attempt, startedAtMs } = pool.attempt(id);
    pool.pass(1000, 'w1');
    const { turn } = pool.tell('w1', { ...started, attempt, ...boxed });
    expect(pool.attempt(id)).toMatchObject({ ...boxed, startedAtMs, state: { kind: 'running' } });
    expect([...turn.touched.attempts]).toEqual([attempt]);
    // The next launcher says first what it knows: nothing.
    pool.tell('w1', { ...started, attempt, isolation: [], unenforced: [] });
    expect(pool.attempt(id)).toMatchObject(boxed);
    expect([...pool.tell('w1', { ...started, attempt, ...boxed }).turn.touched.attempts]).toEqual([]);
    pool.end(id);
    expect(pool.attempt(id)).toMatchObject({ ...boxed, state: { kind: 'ended' } });
  });

  test('is of this run, and of no earlier one', () => {
    const pool = new TestPool();
    pool.worker('w1', 1, {}, CAN);
    const id = pool.submit({ container });
    pool.begin(id);
    const { id: attempt } = pool.attempt(id);
    pool.tell('w1', { ...started, run: '1600000000000abcdefghij22' as never, attempt, ...boxed });
    expect(pool.attempt(id).isolation).toEqual([]);
  });
});
