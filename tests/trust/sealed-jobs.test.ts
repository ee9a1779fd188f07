/** What a job is given lies sealed on the disk, and a sealed text is given to nobody in the place of a value. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { filesWith } from './places';

const VALUE = 'value-of-a-secret';
let dataDir: string;
let templates: string;
let manager: ManagerHere;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'procguard-sealed-'));
  templates = mkdtempSync(join(tmpdir(), 'procguard-templates-'));
  writeFileSync(join(templates, 'train.yaml'), `command: "true"\nconfig: {hub: {token: ${VALUE}}}\n`);
});
afterEach(async () => {
  await manager.stop('keep');
  for (const directory of [dataDir, templates]) rmSync(directory, { recursive: true, force: true });
});

const start = async (): Promise<void> => {
  manager = await managerHere({ dataDir, env: { PROCGUARD_JOBS_TEMPLATES_DIR: templates } });
};
/** What an agent of RemoteGPU gets: ids and environments. */
async function claimed(requestId: string): Promise<[string, Record<string, string>][]> {
  const question = { agent_id: 'a1', limit: 3, request_id: requestId };
  const { body } = await manager.post('/api/v1/agent/tasks/claim', question);
  return (body.data.tasks as { id: string; env: Record<string, string> }[]).map(({ id, env }) => [id, env]);
}

test('a job whose key is lost waits for it, holds up no other, and is given what it had when the key is back', async () => {
  await start();
  const submit = (id: string, env: Record<string, string>) => manager.post('/api/v1/tasks', { id, command: 'x', env });
  await submit('given', { API_TOKEN: VALUE });
  expect(await claimed('r1')).toEqual([['given', { API_TOKEN: VALUE }]]);
  await submit('secret', { API_TOKEN: VALUE });
  await submit('plain', { PORT: '1' });
  const trains = (await manager.post('/api/queue/submit', { config_name: 'train' })).body.job_id as string;
  await manager.stop('keep');
  expect(filesWith(VALUE, dataDir)).toEqual([]);

  const keyFile = join(dataDir, 'secret.key');
  const own = readFileSync(keyFile, 'utf8');
  rmSync(keyFile);
  await start();
  const said = manager.journal.join('\n');
  expect(said).toContain('API_TOKEN of job secret');
  expect(said).toContain(`config of job ${trains}`);
  // Also what it was given before, and asks for again.
  expect(await claimed('r1')).toEqual([]);
  expect(await claimed('r2')).toEqual([['plain', { PORT: '1' }]]);
  for (const [id, name] of [
    ['secret', 'API_TOKEN'],
    [trains, 'config'],
  ]) {
    const sentence = `its ${name} cannot be opened: it was sealed with a secret key that this manager does not have`;
    expect((await manager.get(`/api/jobs/${id}`)).body).toMatchObject({
      state: 'queued',
      why: expect.stringContaining(sentence),
    });
    expect((await manager.get(`/api/jobs/${id}/explain`)).body).toMatchObject({
      summary: expect.stringContaining(sentence),
      reasons: [expect.objectContaining({ code: 'sealed' })],
    });
  }
  await manager.stop('keep');

  writeFileSync(keyFile, readFileSync(keyFile, 'utf8') + own, { mode: 0o600 });
  await start();
  expect(await claimed('r1')).toEqual([['given', { API_TOKEN: VALUE }]]);
  expect(await claimed('r3')).toEqual([
    ['secret', { API_TOKEN: VALUE }],
    [trains, expect.anything()],
  ]);
});
