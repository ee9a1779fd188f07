/** /api/jobs from outside: what is submitted, shown, held, cancelled and refused, with a real manager and a launcher that does what the test says. */
import type { JobWord } from '../../protocol/link';
import { stopped } from '../harness/launcher-words';
import { managerHere, type Answer, type ManagerHere } from './manager-here';
import { ScriptedLauncher } from './scripted-launcher';

let manager: ManagerHere;
let launcher: ScriptedLauncher;
beforeAll(async () => {
  manager = await managerHere();
  launcher = new ScriptedLauncher(manager.url, 'w1', { labels: { team: 'nlp' }, slots: 2 });
  await launcher.register();
  await launcher.connect();
  await launcher.sync(stopped);
});
afterAll(async () => {
  launcher.close();
  await manager.stop();
});

const submit = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  manager.post('/api/jobs', body, headers);

/** The launcher was told to run it. */
async function given(job: string): Promise<Extract<JobWord, { kind: 'run' }>> {
  const word = (): Extract<JobWord, { kind: 'run' }> | undefined =>
    launcher.jobs.flatMap((one) => (one.kind === 'run' && one.job === job ? [one] : [])).at(-1);
  await launcher.until(() => word() !== undefined);
  return word()!;
}

test('a job that finds room is given at once, and shown with its attempt', async () => {
  const { status, body } = await submit({ command: 'echo hi', env: { API_KEY: 'x' }, timeouts: { run: '2h' } });
  expect(status).toBe(200);
  expect(body).toMatchObject({ success: true, state: 'assigned', place: null, warnings: [] });
  const { job_id: id } = body as { job_id: string };
  expect((await given(id)).runMs).toBe(2 * 3_600_000);
  const shown = (await manager.get(`/api/jobs/${id}`)).body;
  expect(shown).toMatchObject({
    job_id: id,
    name: 'echo',
    worker_id: 'w1',
    why: 'given to w1, not begun yet',
    spec: { command: 'echo hi', env: { API_KEY: '********' }, timeouts: { run: '2h' } },
    tries: [{ worker_id: 'w1', state: 'assigned', outcome: null, log: null }],
  });
});

test('a job that no known worker can ever run is taken, with the reason at once', async () => {
  const { body } = await submit({ command: 'x', needs: { gpus: 1 } });
  expect(body).toMatchObject({ state: 'queued', place: 0 });
  expect(body.warnings).toEqual([expect.stringContaining('w1: it has 0 GPUs, the job needs 1')]);
});
