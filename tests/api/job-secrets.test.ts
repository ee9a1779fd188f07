/** Secrets of jobs: on no disk but sealed, in no answer but as the mask, and told to nobody but the worker that runs it. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { managerHere } from './manager-here';
import { JobsHere } from './jobs-here';

test('a secret of a job is sealed in the ledger, and its worker gets it after a restart too', async () => {
  const here = await JobsHere.open({ slots: 1 });
  const { dataDir } = here.manager;
  const values = { API_KEY: 'unlikely-words-1', PLAIN_DSN: 'unlikely-words-2' };
  const id = await here.submit({ command: 'x', env: values, secrets: ['PLAIN_DSN'], hold: true });
  expect((await here.job(id)).spec).toMatchObject({ env: { API_KEY: '********', PLAIN_DSN: '********' } });
  here.launcher.close();
  await here.manager.stop('keep');
  for (const file of readdirSync(dataDir, { recursive: true, withFileTypes: true }))
    if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toContain('unlikely-words');
  const manager = await managerHere({ dataDir });
  const launcher = await JobsHere.launcher(manager, 'w1', { slots: 1 });
  const again = new JobsHere(manager, launcher);
  await manager.post(`/api/jobs/${id}/approve`);
  expect((await again.given(id)).spec).toMatchObject({ env: values, secrets: ['PLAIN_DSN'] });
  await again.close();
});

test('a program of RemoteGPU is shown no secret by any answer about a task; its agent is given them with its claim', async () => {
  const manager = await managerHere();
  try {
    const env = { API_TOKEN: 'unlikely-words-3', PLAIN_DSN: 'unlikely-words-4', PORT: '80' };
    const shown = { API_TOKEN: '********', PLAIN_DSN: '********', PORT: '80' };
    const asked = { command: 'x', env, secrets: ['PLAIN_DSN'] };
    await manager.post('/api/jobs', { ...asked, id: 'given' });
    await manager.post('/api/jobs', { ...asked, id: 'waiting', needs: { worker: 'elsewhere' } });
    const { body: claimed } = await manager.post('/api/v1/agent/tasks/claim', { agent_id: 'agent-001' });
    expect(claimed.data.tasks).toEqual([expect.objectContaining({ id: 'given', env, env_vars: env })]);
    for (const base of ['/api/v1/tasks', '/api/v1/customer/tasks', '/api/v1/admin/tasks']) {
      const { body: page } = await manager.get(base);
      expect(page.data.list).toHaveLength(2);
      for (const task of page.data.list) expect(task).toMatchObject({ env: shown, env_vars: shown });
    }
    const answers = [
      await manager.get('/api/v1/tasks/given'),
      await manager.post('/api/v1/tasks/given/stop', {}),
      await manager.post('/api/v1/tasks/waiting/cancel', {}),
      await manager.post('/api/v1/tasks/waiting/retry', {}),
    ];
    for (const { status, body } of answers)
      expect([status, body.data]).toEqual([200, expect.objectContaining({ env: shown, env_vars: shown })]);
    const { body: created } = await manager.post('/api/v1/tasks', { command: 'x', env: { API_TOKEN: env.API_TOKEN } });
    expect(created.data).toMatchObject({ env: { API_TOKEN: '********' }, env_vars: { API_TOKEN: '********' } });
  } finally {
    await manager.stop();
  }
});

describe('names that the configuration makes secret', () => {
  const template = ['command: "true"', 'parameters: {DSN: x}', 'env: {MAIN_DSN: "{DSN}", PORT: "80"}'].join('\n');
  const templates = mkdtempSync(join(tmpdir(), 'procguard-jobs-'));
  writeFileSync(join(templates, 'train.yaml'), template);
  afterAll(() => rmSync(templates, { recursive: true, force: true }));

  const doors: readonly [string, string, (dsn: string) => object][] = [
    ['ours', '/api/jobs', (dsn) => ({ id: 'own', command: 'x', env: { MAIN_DSN: dsn, PORT: '80' } })],
    ['RemoteGPU’s', '/api/v1/tasks', (dsn) => ({ id: 'own', command: 'x', env: { MAIN_DSN: dsn, PORT: '80' } })],
    ['SimpleTuner’s', '/api/queue/submit', (dsn) => ({ config_name: 'train', parameters: { DSN: dsn } })],
  ];
  test.each(doors)('hold through the door that is %s, where the mask is no value', async (_, path, body) => {
    const manager = await managerHere({
      env: { PROCGUARD_JOBS_TEMPLATES_DIR: templates, PROCGUARD_SECURITY_SECRET_NAMES: '["*_DSN"]' },
    });
    try {
      const masked = await manager.post(path, body('********'));
      expect(masked.text).toMatch(/MAIN_DSN is \*{8}, which means the value of .*, and there is none; give its value/);
      expect((await manager.get('/api/jobs')).body.jobs).toEqual([]);
      const first = await manager.post(path, body('unlikely-words-5'));
      expect([first.status, first.text]).toEqual([200, expect.not.stringContaining('unlikely-words')]);
      const [job] = (await manager.get('/api/jobs')).body.jobs;
      const { spec } = (await manager.get(`/api/jobs/${job.job_id}`)).body;
      expect(spec).toMatchObject({ env: { MAIN_DSN: '********', PORT: '80' }, secrets: ['MAIN_DSN'] });
    } finally {
      await manager.stop();
    }
  });
});
