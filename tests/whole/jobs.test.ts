/** Jobs from curl to child and back: the manager, a launcher and real programs. */
import type { JobView } from '../../protocol/job-views';
import type { JobLogsReply, SubmitReply, WaitReply } from '../../protocol/jobs-http';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const DEADLINE_MS = 30_000;

async function setUp(): Promise<StartedManager> {
  const manager = await StartedManager.start(world);
  startLauncher(world, { managerUrl: manager.url, flags: ['--slots', '2'] });
  await until('w1 to take jobs', DEADLINE_MS, async () => (await manager.worker('w1'))?.slots === 2);
  return manager;
}

const submit = async ({ url }: StartedManager, body: unknown): Promise<string> =>
  ((await (await fetch(`${url}/api/jobs`, { method: 'POST', body: JSON.stringify(body) })).json()) as SubmitReply)
    .job_id;
const over = (manager: StartedManager, id: string): Promise<WaitReply> =>
  manager.get<WaitReply>(`/api/jobs/${id}/wait?timeout=60`);
const logs = (manager: StartedManager, id: string, query = ''): Promise<JobLogsReply> =>
  manager.get<JobLogsReply>(`/api/jobs/${id}/logs?${query}`);

test('a job runs, its end and its output are there when whoever waits hears of it', async () => {
  const manager = await setUp();
  const id = await submit(manager, { command: 'echo one; echo two $PROCGUARD_JOB_ID; exit 3' });
  expect(await over(manager, id)).toMatchObject({ is_over: true, job: { state: 'failed', exit_code: 3 } });
  const said = await until('all of its output', DEADLINE_MS, async () => {
    const { lines } = await logs(manager, id);
    return lines.length === 2 ? lines : null;
  });
  expect(said.map(({ text }) => text)).toEqual(['one', `two ${id}`]);
  expect((await logs(manager, id, 'grep=t.o')).lines.map(({ text }) => text)).toEqual([`two ${id}`]);
  expect((await logs(manager, id, 'limit=1')).lines).toHaveLength(1);
  const job = await manager.get<JobView>(`/api/jobs/${id}`);
  expect(job.tries[0]).toMatchObject({ outcome: 'failed', exit_code: 3, log_bytes: `one\ntwo ${id}\n`.length });
  expect(await logs(manager, id, `attempt=${job.tries[0]?.attempt_id}`)).toMatchObject({ job_id: id });
  expect(await logs(manager, id, 'attempt=nobody.1')).toMatchObject({ code: 'unknown_run' });
});

test('whoever follows reads what is written when it is written, to the end of the attempt', async () => {
  const manager = await setUp();
  const gate = `${world.directory()}/gate`;
  const id = await submit(manager, {
    command: `echo first; until test -e ${gate}; do sleep 0.02; done; echo second; echo third >&2`,
  });
  const follower = world.start(['curl', '-sN', `${manager.url}/api/jobs/${id}/logs?format=text&follow=1`]);
  await until('the first line', DEADLINE_MS, () => follower.output.includes('first'));
  expect(follower.output).not.toContain('second');
  await submit(manager, { command: `touch ${gate}` });
  await follower.ended;
  expect(follower.output).toBe('first\nsecond\nthird\n');
});

test('a job that is followed before it has begun is read from its first byte', async () => {
  const manager = await setUp();
  const id = await submit(manager, { command: 'echo here', hold: true });
  const follower = world.start(['curl', '-sN', `${manager.url}/api/jobs/${id}/logs?format=text&follow=1`]);
  await fetch(`${manager.url}/api/jobs/${id}/approve`, { method: 'POST' });
  await follower.ended;
  expect(follower.output).toBe('here\n');
});

test('a running job is cancelled: its tree is gone when the job is over', async () => {
  const manager = await setUp();
  const trail = `${world.directory()}/trail`;
  const id = await submit(manager, {
    command: `trap 'echo ended >> ${trail}; exit 0' TERM; echo begun >> ${trail}; sleep 100 & wait`,
  });
  await until('it to have begun', DEADLINE_MS, () => textIn(trail).includes('begun'));
  await fetch(`${manager.url}/api/jobs/${id}/cancel`, { method: 'POST', body: JSON.stringify({ why: 'enough' }) });
  const { job } = await over(manager, id);
  expect(job).toMatchObject({ state: 'cancelled', why: expect.stringContaining('enough') });
  expect(textIn(trail)).toBe('begun\nended\n');
});

test('an array of twenty on two slots: each once, with its index', async () => {
  const manager = await setUp();
  const trail = `${world.directory()}/trail`;
  await submit(manager, { id: 'arr', command: `echo $PROCGUARD_ARRAY_INDEX >> ${trail}`, array: '1-20' });
  for (let at = 1; at <= 20; at++) expect((await over(manager, `arr.${at}`)).job.state).toBe('completed');
  const indices = textIn(trail).trim().split('\n').map(Number);
  expect(indices.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
});
