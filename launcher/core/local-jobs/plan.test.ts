import { circleThrough, standingOf } from './dependencies';
import { plan, type Plan } from './plan';
import { surplus, LOCAL_TASKS_KEPT } from './retention';
import { PENDING, taskOf, type Sketch } from './task-samples';
import type { Task } from './task';

const planOf = (sketches: readonly Sketch[], slotsFree: number, nowMs = 1_000): Plan => {
  const tasks = sketches.map(taskOf);
  return plan({ tasks, known: (id) => tasks.find((task) => task.id === id), slotsFree, nowMs });
};
const ids = (tasks: readonly Task[]): readonly string[] => tasks.map(({ id }) => id);
const running = (startedAtMs: number, ending: 'preempted' | 'cancelled' | null = null) =>
  ({ kind: 'running', startedAtMs, bootId: 'boot', ending }) as const;

test('the lower number first, of equals the earlier; no more than there are slots', () => {
  const tasks = [
    { id: 'a', priority: 5 },
    { id: 'b', priority: 1 },
    { id: 'c', priority: 5 },
    { id: 'd', priority: 9 },
  ];
  expect(ids(planOf(tasks, 3).starts)).toEqual(['b', 'a', 'c']);
  expect(planOf(tasks, 0).starts).toEqual([]);
  expect(planOf(tasks, -1).starts).toEqual([]);
});

test('a delay holds back, and says when to look again', () => {
  const tasks = [
    { id: 'a', state: { kind: 'pending', notBeforeMs: 5_000 } },
    { id: 'b', state: { kind: 'pending', notBeforeMs: 3_000 } },
    { id: 'c', state: { kind: 'pending', notBeforeMs: 1_000 } },
  ] as const;
  const { starts, wakeAtMs } = planOf(tasks, 9);
  expect([ids(starts), wakeAtMs]).toEqual([['c'], 3_000]);
});

test('preemption: at a gap of 3 and without a free slot only', () => {
  const low = { id: 'low', priority: 8, state: running(0) };
  const preempted = (urgency: number, slotsFree = 0) =>
    planOf([low, { id: 'new', priority: urgency }], slotsFree).preempts.map(({ victim, by }) => [victim.id, by.id]);
  expect(preempted(5)).toEqual([['low', 'new']]);
  expect(preempted(6)).toEqual([]);
  expect(preempted(5, 1)).toEqual([]);
});

test('the last in rank gives way, of equals the newest; one for each that waits', () => {
  const tasks = [
    { id: 'old', priority: 9, state: running(10) },
    { id: 'young', priority: 9, state: running(20) },
    { id: 'better', priority: 7, state: running(30) },
    { id: 'first', priority: 1 },
    { id: 'second', priority: 2 },
    { id: 'third', priority: 5 },
  ];
  const pairs = planOf(tasks, 0).preempts.map(({ victim, by }) => [victim.id, by.id]);
  expect(pairs).toEqual([
    ['young', 'first'],
    ['old', 'second'],
  ]);
});

test('a slot that is about to be free is counted: nobody else gives way for the same task', () => {
  const tasks = [
    { id: 'going', priority: 9, state: running(10, 'preempted') },
    { id: 'stays', priority: 9, state: running(5) },
    { id: 'urgent', priority: 1 },
  ];
  expect(planOf(tasks, 0).preempts).toEqual([]);
  expect(planOf([...tasks, { id: 'next', priority: 1 }], 0).preempts.map(({ by }) => by.id)).toEqual(['next']);
});

test('dependencies: completed is met, unknown is waited for, failed and cancelled are hopeless by name', () => {
  const over = { startedAtMs: 0, endedAtMs: 1 };
  const known = new Map<string, Task>(
    [
      { id: 'done', state: { kind: 'completed', ...over } } as const,
      { id: 'broken', state: { kind: 'failed', ...over, exitCode: 1, error: 'exit code 1' } } as const,
      { id: 'gone', state: { kind: 'cancelled', ...over, exitCode: null } } as const,
      { id: 'waits' },
    ].map((sketch) => [sketch.id, taskOf(sketch)]),
  );
  const standing = (...dependsOn: string[]) => standingOf(taskOf({ id: 'x', dependsOn }), (id) => known.get(id));
  expect(standing('done')).toEqual({ kind: 'met' });
  expect(standing('done', 'waits', 'nobody')).toEqual({ kind: 'unmet', on: ['waits', 'nobody'] });
  expect(standing('waits', 'broken')).toEqual({ kind: 'hopeless', why: 'dependency broken failed' });
  expect(standing('gone')).toEqual({ kind: 'hopeless', why: 'dependency gone was cancelled' });
});

test('a circle is found, however long; a diamond is none', () => {
  const chain = Array.from({ length: 2_000 }, (_, i) => taskOf({ id: `t${i}`, dependsOn: [`t${i + 1}`] }));
  const known = new Map<string, Task>(chain.map((task) => [task.id, task]));
  const find = (id: string) => known.get(id);
  const last = taskOf({ id: 't2000', dependsOn: ['t0'] });
  expect(circleThrough(last.id, last.wish.dependsOn, find)).toHaveLength(2_002);
  const diamond = taskOf({ id: 'top', dependsOn: ['t0', 't1', 't2'] });
  expect(circleThrough(diamond.id, diamond.wish.dependsOn, find)).toBeNull();
});

test('what is over is kept for a while, and longer where somebody waits for it', () => {
  const over = Array.from({ length: LOCAL_TASKS_KEPT + 3 }, (_, i) =>
    taskOf({ id: `t${i}`, state: { kind: 'completed', startedAtMs: i, endedAtMs: i } }),
  );
  expect(ids(surplus([...over, taskOf({ id: 'w', dependsOn: ['t1'], state: PENDING })]))).toEqual(['t0', 't2']);
});
