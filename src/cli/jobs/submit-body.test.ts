import { JobBody } from '../../../protocol/jobs-http';
import { jobSpecOf } from '../../../protocol/job-document';
import { submitBody, templateBody, type JobFlags } from './submit-body';

const none: JobFlags = { label: [], tag: [], preempt: true, retryOn: [], after: [], sweep: {}, env: {}, set: {} };
const NOW = 1_700_000_000_000;

/** As the manager reads it. */
const read = (words: string[], flags: Partial<JobFlags>) => {
  const body = JobBody.parse(JSON.parse(JSON.stringify(submitBody(words, { ...none, ...flags }))));
  return { body, spec: jobSpecOf(body, NOW) };
};

test('without flags it is a job as the manager has it by default', () => {
  const { spec } = read(['python', 'train.py', '--lr', '1e-3'], {});
  expect(spec).toEqual(jobSpecOf(JobBody.parse({ command: ['python', 'train.py', '--lr', '1e-3'] }), NOW));
});

test('one word is a line for the shell, several are executed as they are', () => {
  expect(read(['echo $HOME'], {}).spec.command).toBe('echo $HOME');
  expect(read(['echo', '$HOME'], {}).spec.command).toEqual(['echo', '$HOME']);
  expect(read(['echo', '$HOME'], { shell: true }).spec.command).toBe('echo $HOME');
});

test('needs, retries and timeouts have their units', () => {
  const { spec } = read(['x'], {
    gpus: 2,
    gpuType: 'a100*',
    gpuMemory: '20GB',
    memory: '4G',
    cpus: 1.5,
    label: ['zone=a,disk=fast', 'os=linux'],
    tag: ['team=nlp'],
    retries: 3,
    retryDelay: '90s',
    retryOn: [2, 3],
    timeout: '2h',
    queueTimeout: '1d',
    silenceTimeout: '10m',
    grace: '5s',
    after: ['a', 'b'],
    afterAny: true,
    notBefore: '1h',
  });
  expect(spec.needs).toMatchObject({
    gpus: { count: 2, type: 'a100*', memoryBytes: 20 * 2 ** 30 },
    cpus: 1.5,
    memoryBytes: 4 * 2 ** 30,
    labels: { zone: 'a', disk: 'fast', os: 'linux' },
  });
  expect(spec.labels).toEqual({ team: 'nlp' });
  expect(spec.retry).toMatchObject({ max: 3, delayMs: 90_000, notOn: [2, 3] });
  expect(spec.timeouts).toEqual({ queueMs: 86_400_000, runMs: 7_200_000, silenceMs: 600_000, graceMs: 5000 });
  expect(spec).toMatchObject({ after: ['a', 'b'], afterMode: 'any_terminal', notBeforeMs: NOW + 3_600_000 });
});

test('a type or memory without a number is one device', () => {
  expect(read(['x'], { gpuMemory: '8G' }).spec.needs.gpus).toEqual({ count: 1, type: null, memoryBytes: 8 * 2 ** 30 });
  expect(read(['x'], {}).spec.needs.gpus.count).toBe(0);
});

test('an image is a container of it', () => {
  expect(read(['x'], { image: 'python:3.12' }).spec.container).toMatchObject({ image: 'python:3.12' });
  expect(read(['x'], {}).spec.container).toBeNull();
});

test('arrays and sweeps pass as they are written', () => {
  expect(read(['x'], { array: '1-100%8' }).body.array).toBe('1-100%8');
  expect(read(['x'], { sweep: { lr: '1e-3,1e-4', seed: '1' } }).body.sweep).toEqual({
    lr: ['1e-3', '1e-4'],
    seed: ['1'],
  });
});

test('flags that say nothing without another are refused', () => {
  expect(() => submitBody(['x'], { ...none, retryDelay: '1m' })).toThrow('--retry-delay needs --retries');
  expect(() => submitBody(['x'], { ...none, retryOn: [1] })).toThrow('--no-retry-on needs --retries');
  expect(() => submitBody(['x'], { ...none, gpus: 0, gpuType: 'a100' })).toThrow('--gpus 0');
});

test('of a template only what was said is sent, parameters with their kind and further words as arguments', () => {
  const sent = (words: string[], flags: Partial<JobFlags>): unknown =>
    JSON.parse(JSON.stringify(templateBody('train', words, { ...none, ...flags })));
  const nothing = { env: {}, needs: { labels: {} }, timeouts: {}, labels: {} };
  expect(sent([], {})).toEqual({ ...nothing, template: 'train', parameters: {} });
  expect(sent(['--lr', '1'], { set: { epochs: '5', rate: '1e-4' }, retries: 2, preempt: false })).toMatchObject({
    parameters: { epochs: 5, rate: '1e-4' },
    args: ['--lr', '1'],
    retries: 2,
    preemptible: false,
  });
  expect(() => templateBody('train', ['x'], { ...none, shell: true })).toThrow('--shell');
});
