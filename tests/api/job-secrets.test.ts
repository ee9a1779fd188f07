/** Secrets of jobs: on no disk but sealed, in no answer but as the mask, and told to nobody but the worker that runs it. */
import { readFileSync, readdirSync } from 'node:fs';
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
