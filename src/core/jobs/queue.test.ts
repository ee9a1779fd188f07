/** Lines of equal jobs. */
import { ContainerSpec } from '../../../protocol/container-spec';
import { JobSpec, type JobId } from '../../../protocol/jobs';
import { Line, Queue, type Place } from './queue';
import type { Job } from './rows';
import { plainJob } from './test-rows';

/** Counts looks at whether a job still stands in the line. */
class Members extends Map<JobId, Place> {
  looks = 0;
  override get(id: JobId): Place | undefined {
    this.looks += 1;
    return super.get(id);
  }
}

const SPEC = JobSpec.parse({ command: ['true'] });
const job = (order: number): Job => plainJob(`j_${order}`, { spec: SPEC, sinceMs: 0, submittedAtMs: 0, order });

function lineOf(count: number): { line: Line; members: Members } {
  const members = new Members();
  const line = new Line('all alike', members);
  for (let order = 1; order <= count; order++) line.add(job(order));
  return { line, members };
}
const orders = (line: Line): number[] => [...line].map(({ order }) => order);

test('they come in the order of their submission, and one that comes back has its place', () => {
  const { line } = lineOf(5);
  line.remove('j_1' as JobId);
  line.remove('j_3' as JobId);
  expect([orders(line), line.length]).toEqual([[2, 4, 5], 3]);
  line.add(job(3));
  line.add(job(1));
  expect([orders(line), line.length, line.first?.order]).toEqual([[1, 2, 3, 4, 5], 5, 1]);
});

test('taking the first again and again costs no more looks in a long line', () => {
  const { line, members } = lineOf(5000);
  for (let order = 1; order <= 4000; order++) {
    const [first] = line;
    line.remove(first?.id as JobId);
  }
  expect(line.first?.order).toBe(4001);
  expect(members.looks).toBeLessThan(5 * 4000);
});

test('labels by which nothing is counted make no line of their own; those that count do, from when they do', () => {
  const queue = new Queue();
  const labelled = (order: number, run: string): Job => ({
    ...job(order),
    spec: { ...SPEC, labels: { run, team: order % 2 === 0 ? 'nlp' : 'vision' } },
  });
  for (let i = 0; i < 100; i++) queue.add(labelled(i, `r${i}`));
  expect([queue.kinds, queue.length]).toEqual([1, 100]);
  queue.countLabels(new Set(['team']));
  expect([queue.kinds, queue.length]).toEqual([2, 100]);
  expect([...queue.lines].map((line) => line.first?.order)).toEqual([0, 1]);
  queue.countLabels(new Set());
  expect([...queue.lines].map((line) => [...line].map(({ order }) => order))).toEqual([
    Array.from({ length: 100 }, (_, i) => i),
  ]);
});

test.each<[string, Partial<Job['spec']>]>([
  ['another priority', { priority: 3 }],
  ['another queue', { queue: 'night' }],
  ['other needs', { needs: { ...SPEC.needs, cpus: 2 } }],
  ['a label that counts', { labels: { team: 'nlp' } }],
  ['an array', { array: { id: 'j_9' as JobId, index: 1, atOnce: null } }],
  ['no giving way', { preemptible: false }],
  ['a container', { container: ContainerSpec.parse({ image: 'debian' }) }],
])('right behind another, %s makes a line of its own', (_, words) => {
  const queue = new Queue();
  queue.countLabels(new Set(['team']));
  queue.add(job(1));
  queue.add({ ...job(2), spec: { ...SPEC, ...words } });
  queue.add({ ...job(3), owner: 'somebody else' });
  queue.add(job(4));
  expect([...queue.lines].map((line) => orders(line))).toEqual([[1, 4], [2], [3]]);
});

test('a line that was emptied is not stood in again', () => {
  const queue = new Queue();
  queue.add(job(1));
  queue.remove('j_1' as JobId);
  queue.add(job(2));
  expect([...queue.lines].map((line) => orders(line))).toEqual([[2]]);
});
