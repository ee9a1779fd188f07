/** Lines of equal jobs. */
import { JobSpec, type JobId } from '../../../protocol/jobs';
import { Line } from './queue';
import type { Job } from './rows';

/** Counts looks at whether a job still stands in the line. */
class Members extends Map<JobId, Line> {
  looks = 0;
  override get(id: JobId): Line | undefined {
    this.looks += 1;
    return super.get(id);
  }
}

const SPEC = JobSpec.parse({ command: ['true'] });
const job = (order: number): Job => ({
  id: `j_${order}` as JobId,
  spec: SPEC,
  state: { kind: 'queued' },
  sinceMs: 0,
  submittedAtMs: 0,
  order,
  owner: 'alice',
  via: 'procguard',
  key: null,
  retries: 0,
  lastAttempt: null,
  exitCode: null,
  progress: null,
  meta: {},
});

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
