/** What is shown of a job can be sent again, and gives the same job. */
import { JobDocument, jobSpecOf } from '../../../protocol/job-document';
import { JobId, JobSpec } from '../../../protocol/jobs';
import { jobDocumentOf } from './document-of';

const PLAIN = JobSpec.parse({ command: 'true' });
/** Nothing in it is as by default: a field that comes anew is missed here until it is in both directions. */
const FULL: JobSpec = {
  name: 'train',
  command: ['python', 'a b.py'],
  workingDir: '/srv',
  env: { LR: '1' },
  secrets: ['DSN'],
  user: 'nobody',
  group: 'users',
  limits: { memoryBytes: 3 * 2 ** 29, cpuCores: 1.5, pids: 10, openFiles: 64, nice: 5, oomScore: -10 },
  container: null,
  workDir: 'private',
  needs: {
    worker: 'w1',
    target: 'worker',
    labels: { zone: 'eu-*' },
    gpus: { count: 2, type: 'a100*', memoryBytes: 20 * 2 ** 30 },
    cpus: 2,
    memoryBytes: 2 ** 30,
    nodes: 3,
  },
  priority: 2.5,
  preemptible: false,
  retry: { max: 3, delayMs: 1500, factor: 2, notOn: [2, 3] },
  timeouts: { queueMs: 86_400_000, runMs: 1, silenceMs: 90_000, graceMs: 0 },
  after: [JobId.parse('a'), JobId.parse('b')],
  afterMode: 'any_terminal',
  notBeforeMs: Date.UTC(2027, 0, 1),
  labels: { team: 'nlp' },
  queue: 'night',
  trustMs: 60_000,
  progress: '(\\d+)%',
  array: null,
};
const again = (spec: JobSpec): JobSpec => jobSpecOf(JobDocument.parse(jobDocumentOf(spec)), 0);

test('what is as by default is left out', () => {
  expect(jobDocumentOf(PLAIN)).toEqual({ command: 'true' });
  expect(again(PLAIN)).toEqual(PLAIN);
});

test('every field goes there and back', () => {
  expect(again(FULL)).toEqual(FULL);
  // A container has words of its own (definitions/document-of.test.ts); an array's elements are made by its submission.
  for (const key of Object.keys(JobSpec.shape).filter((one) => one !== 'container' && one !== 'array')) {
    const field = key as keyof JobSpec;
    expect([key, FULL[field]]).not.toEqual([key, PLAIN[field]]);
  }
});

test('secrets are masked by their names and by the list', () => {
  const spec = { ...PLAIN, env: { API_KEY: 'a', DSN: 'b', LR: '1' }, secrets: ['DSN'] };
  expect(jobDocumentOf(spec)).toMatchObject({ env: { API_KEY: '********', DSN: '********', LR: '1' } });
});
