/** Named jobs over HTTP: listed, shown, submitted with parameters and words laid over them. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TemplateRow } from '../../protocol/jobs-http';
import { managerHere, type Answer, type ManagerHere } from './manager-here';

const dir = mkdtempSync(join(tmpdir(), 'procguard-templates-'));
let manager: ManagerHere;
beforeAll(async () => {
  cpSync('configs/jobs', dir, { recursive: true });
  const file = (name: string, text: string): void => writeFileSync(join(dir, `${name}.yaml`), text);
  file(
    'train',
    `description: a training
parameters: {epochs: 3, data: ~}
command: [python, train.py, --epochs, "{epochs}", "{data}"]
env: {API_KEY: hush, MODE: fast}
needs: {gpus: {type: a100*}, labels: {zone: eu}}
retries: {max: 2, delay: 5s}
config: {num_train_epochs: "{epochs}", hf_token: hush}
`,
  );
  file('broken', 'comand: x\npriority: first\n');
  file('unreadable', 'command: [\n');
  mkdirSync(join(dir, 'directory.yaml'));
  // Whoever opens it waits for a writer.
  execFileSync('mkfifo', [join(dir, 'pipe.yaml')]);
  file('two words', 'command: x\n');
  // Listed and not there, as one that is removed meanwhile.
  symlinkSync(join(dir, 'nothing'), join(dir, 'gone.yaml'));
  manager = await managerHere({ env: { PROCGUARD_JOBS_TEMPLATES_DIR: dir } });
});
afterAll(async () => {
  await manager.stop();
  rmSync(dir, { recursive: true, force: true });
});

const submit = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  manager.post('/api/jobs', body, headers);
const specOf = async (body: object): Promise<unknown> => {
  const { status, text, body: reply } = await submit(body);
  if (status !== 200) throw new Error(text);
  return (await manager.get(`/api/jobs/${reply.job_id}`)).body.spec;
};

test('all of them are listed, also what cannot be read, with what is wrong with it', async () => {
  const { templates } = (await manager.get('/api/jobs/templates')).body as { templates: TemplateRow[] };
  expect(templates.map(({ name }) => name)).toEqual([
    'broken',
    'directory',
    'my-config',
    'my-training-config',
    'pipe',
    'train',
    'two words',
    'unreadable',
  ]);
  expect(templates.find(({ name }) => name === 'train')).toEqual({
    name: 'train',
    description: 'a training',
    parameters: { epochs: 3, data: null },
    problem: null,
  });
  expect(templates.find(({ name }) => name === 'unreadable')?.problem).toMatch(/unreadable\.yaml/);
  expect(templates.find(({ name }) => name === 'directory')?.problem).toMatch(
    /directory\.yaml cannot be read: it is no file/,
  );
  expect(templates.find(({ name }) => name === 'two words')?.problem).toMatch(/two words\.yaml .*letters, digits/);
  expect(templates.find(({ name }) => name === 'broken')?.problem).toMatch(
    /broken\.yaml:1:1: comand is not a known key; did you mean command\?/,
  );
});

test('one is shown as its file has it, its secrets masked', async () => {
  const { body, text } = await manager.get('/api/jobs/templates/train');
  expect(body).toMatchObject({
    parameters: { epochs: 3, data: null },
    job: { env: { API_KEY: '********', MODE: 'fast' }, retries: { max: 2, delay: '5s' } },
    config: { num_train_epochs: '{epochs}', hf_token: '********' },
  });
  expect(text).not.toContain('hush');
});

test('the samples are submitted as they are', async () => {
  expect(await specOf({ template: 'my-config' })).toMatchObject({ name: 'my-config', command: 'echo trained' });
  expect(await specOf({ template: 'my-training-config', parameters: { epochs: 2 } })).toMatchObject({
    command: expect.stringContaining('seq 2'),
    progress: String.raw`epoch (\d+)`,
  });
});

test('parameters and words are laid over it, and what it says beside them stays', async () => {
  const words = { needs: { gpus: 2, labels: { disk: 'fast' } }, retries: 7, priority: 2, args: ['--resume'] };
  expect(await specOf({ template: 'train', parameters: { data: 'a b' }, ...words })).toMatchObject({
    name: 'train',
    command: ['python', 'train.py', '--epochs', '3', 'a b', '--resume'],
    env: { API_KEY: '********', MODE: 'fast' },
    needs: { gpus: { count: 2, type: 'a100*' }, labels: { zone: 'eu', disk: 'fast' } },
    retries: { max: 7, delay: '5s' },
    priority: 2,
  });
});

test('arrays, ids and keys are the submission’s own; the same key is the same job', async () => {
  const { body } = await submit({ template: 'my-config', id: 'many', array: '1-3' });
  expect(body).toMatchObject({ array_id: 'many', job_id: 'many.1' });
  const [first, second] = [
    await submit({ template: 'my-config' }, { 'idempotency-key': 'once' }),
    await submit({ template: 'my-config' }, { 'idempotency-key': 'once' }),
  ];
  expect(second.body.job_id).toBe(first.body.job_id);
  expect(second.body.jobs).toMatchObject([{ is_new: false }]);
});

test('a sweep gives each job its own parameters, wherever they stand', async () => {
  const sweep = { data: ['a', 'b'], other: [1] };
  const { body } = await submit({ template: 'train', id: 'swept', sweep });
  expect(body.jobs.map(({ job_id }: { job_id: string }) => job_id)).toEqual(['swept.0', 'swept.1']);
  const { spec } = (await manager.get('/api/jobs/swept.1')).body;
  expect(spec).toMatchObject({
    command: ['python', 'train.py', '--epochs', '3', 'b'],
    env: { API_KEY: '********', MODE: 'fast', data: 'b', other: '1' },
  });
  await submit({ template: 'my-training-config', id: 'rates', sweep: { learning_rate: ['1e-3', '1e-4'] } });
  expect((await manager.get('/api/jobs/rates.1')).body.command).toContain('learning rate 0.0001');
});

test('what is wrong is refused with what to do, and nothing is submitted', async () => {
  const before = (await manager.get('/api/jobs')).body.jobs.length;
  for (const [body, status, error] of [
    [{ template: 'trian' }, 404, /no job template trian in .*; near to it: train; there are: broken, directory/],
    [{ template: '../train' }, 400, /template: .*letters, digits/],
    [{ template: 'train' }, 400, /job template train: the parameter data has no default and must be given/],
    [{ template: 'train', parameters: { epoch: 1 } }, 400, /no parameter epoch; it has epochs, data/],
    [{ template: 'train', parameters: { data: 'x' }, priorty: 1 }, 400, /priorty is not known here/],
    [{ template: 'train', parameters: { data: 'x' }, priority: 'first' }, 400, /priority must be a number/],
    [{ template: 'my-config', array: '3-1' }, 400, /array/],
    [{ template: 'my-config', id: 'templates' }, 400, /id/],
    [{ template: 'broken' }, 400, /comand/],
    [{ template: 'unreadable' }, 400, /unreadable\.yaml/],
    [{ template: 'directory' }, 400, /directory\.yaml cannot be read: it is no file/],
    [{ template: 'pipe' }, 400, /pipe\.yaml cannot be read: it is no file/],
    [{ template: 'gone' }, 404, /no job template gone/],
  ] as const)
    expect(await submit(body)).toMatchObject({ status, body: { error: expect.stringMatching(error) } });
  expect((await manager.get('/api/jobs')).body.jobs.length).toBe(before);
  expect((await manager.get('/api/jobs/templates/nobody')).status).toBe(404);
});
