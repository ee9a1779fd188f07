/** What concurrent callers submit travels together, and each is answered for its own job. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ProcGuardClient, type JobBody, type OneJob } from '../../src/client/client';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { roadTo, type Road } from './road';

let manager: ManagerHere;
let road: Road;
let client: ProcGuardClient;
beforeEach(async () => {
  manager = await managerHere();
  road = await roadTo(manager.url);
  client = new ProcGuardClient({ url: road.url });
});
afterEach(async () => {
  client.close();
  await road.close();
  await manager.stop();
});

const JOB: OneJob = { command: ['true'] };
const submitted = (count: number, job: OneJob = JOB) =>
  Promise.all(Array.from({ length: count }, () => client.submit(job)));

const jobsThere = async (): Promise<number> => (await manager.get('/api/jobs?limit=1000')).body.jobs.length as number;

test('what is asked in one moment is one request, in the order in which it was asked', async () => {
  const names = Array.from({ length: 50 }, (_, at) => `job ${at}`);
  const jobs = await Promise.all(names.map((name) => client.submit({ ...JOB, name })));
  expect(new Set(jobs.map(({ job_id }) => job_id)).size).toBe(50);
  expect(jobs[0]).toMatchObject({ state: 'queued', is_new: true });
  expect(road.submissions).toEqual([50]);
  const { body } = await manager.get('/api/jobs?sort=submitted');
  expect(body.jobs.map(({ name }: { name: string }) => name)).toEqual(names);
  expect((await client.job(jobs[7]?.job_id ?? '')).name).toBe('job 7');
});

test('what is asked while a request is under way is the next one', async () => {
  const first = client.submit(JOB);
  // It is sent.
  await nextTurn();
  await nextTurn();
  await Promise.all([first, submitted(30)]);
  expect(road.submissions).toEqual([1, 30]);
});

test('a thousand go into one request', async () => {
  await submitted(1001);
  expect(road.submissions).toEqual([1000, 1]);
});

test('so does a megabyte, and one that is larger goes alone', async () => {
  const jobs = [400_000, 400_000, 400_000, 1_200_000, 10].map((chars) =>
    client.submit({ ...JOB, args: Array.from({ length: chars / 10 }, () => '1234567') }),
  );
  await Promise.all(jobs);
  expect(road.submissions).toEqual([2, 1, 1, 1]);
});

test('a job that is refused is its caller’s matter, and nobody else’s', async () => {
  const bad: Record<number, JobBody> = {
    3: { command: '' },
    4: { ...JOB, after: ['never-submitted'] },
    11: { ...JOB, id: 'taken', priority: 2 },
  };
  await client.submit({ ...JOB, id: 'taken' });
  const answers = await Promise.allSettled(Array.from({ length: 16 }, (_, at) => client.submit(bad[at] ?? JOB)));
  const refused = answers.flatMap((answer, at) =>
    answer.status === 'rejected' ? [[at, (answer.reason as { code: string }).code]] : [],
  );
  expect(refused).toEqual([
    [3, 'bad_request'],
    [4, 'unknown_job'],
    [11, 'job_taken'],
  ]);
  expect(answers[3]).toMatchObject({
    reason: { message: expect.stringMatching(/^the body is not understood: command /) },
  });
  expect(await jobsThere()).toBe(1 + 13);
});

test('a caller’s own key is kept: the same job, however often it is asked for', async () => {
  const jobs = await submitted(5, { ...JOB, key: 'nightly' });
  expect(new Set(jobs.map(({ job_id }) => job_id)).size).toBe(1);
  expect(await client.submit({ ...JOB, key: 'nightly' })).toMatchObject({ job_id: jobs[0]?.job_id, is_new: false });
});

test('many are all or none', async () => {
  await expect(client.submitMany([JOB, { command: '' }])).rejects.toMatchObject({ code: 'bad_request' });
  expect(await jobsThere()).toBe(0);
  expect(await client.submitMany([JOB, { ...JOB, array: '1-3' }])).toHaveLength(4);
  await expect(client.submit({ ...JOB, array: '1-3' } as OneJob)).rejects.toThrow('submitMany');
});

test('a token that is nobody’s is refused, to each who asked', async () => {
  const stranger = new ProcGuardClient({ url: manager.url, token: 'pg_nobodys' });
  const answers = await Promise.allSettled(Array.from({ length: 4 }, () => stranger.submit(JOB)));
  for (const answer of answers) expect(answer).toMatchObject({ reason: { code: 'login_required', status: 401 } });
  stranger.close();
});

test('a token that is somebody’s speaks for them', async () => {
  const { body } = await manager.post('/api/tokens', { name: 'ci', grants: ['operator'] });
  const ci = new ProcGuardClient({ url: manager.url, token: body.token as string });
  const { job_id } = await ci.submit(JOB);
  expect((await client.job(job_id)).owner).toBe('ci');
  ci.close();
});

test('waiting ends with the job, or with the caller’s patience', async () => {
  const { job_id } = await client.submit({ ...JOB, hold: true });
  expect(await client.wait(job_id, { timeoutMs: 1 })).toMatchObject({ state: 'waiting' });
  const [over] = await Promise.all([client.wait(job_id), client.cancel(job_id, 'not today')]);
  expect(over).toMatchObject({ state: 'cancelled', why: expect.stringContaining('not today') });
  await expect(client.job('never-submitted')).rejects.toMatchObject({ code: 'unknown_job' });
});

test('what was done and not answered is asked again, and not done again', async () => {
  road.lose = 2;
  const jobs = await submitted(20);
  expect(road.submissions).toEqual([20, 20, 20]);
  expect(jobs.every(({ is_new }) => !is_new)).toBe(true);
  expect(new Set(jobs.map(({ job_id }) => job_id)).size).toBe(20);
  expect(await jobsThere()).toBe(20);
});

test('its package has it', async () => {
  const said = await promisify(execFile)(
    process.execPath,
    ['-e', `console.log(Object.keys(require('procguard/client')))`],
    { cwd: resolve('.') },
  );
  expect(said.stdout).toContain('ProcGuardClient');
});
