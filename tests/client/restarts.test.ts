/** A manager that goes and comes back is waited for, and no job is lost or doubled over it. */
import { NoAnswer, ProcGuardClient } from '../../src/client/client';
import { StartedManager } from '../harness/manager';
import { quietPort } from '../harness/quiet-port';
import { useWorld } from '../harness/world';

const world = useWorld();
const JOB = { command: ['true'] };
const JOBS = 600;

test.each(['SIGKILL', 'SIGTERM'] as const)('each job is there once after %s in the middle of it', async (signal) => {
  const manager = await StartedManager.start(world);
  const client = new ProcGuardClient({ url: manager.url });
  world.afterwards(() => Promise.resolve(client.close()));
  const ids: string[] = [];
  let left = JOBS;
  const back: Promise<unknown>[] = [];
  const submitter = async (): Promise<void> => {
    while (left-- > 0) {
      ids.push((await client.submit(JOB)).job_id);
      if (ids.length === JOBS / 3) back.push(manager.program.end(signal).then(() => manager.again()));
    }
  };
  await Promise.all(Array.from({ length: 8 }, submitter));
  await Promise.all(back);
  expect(new Set(ids).size).toBe(JOBS);
  const { jobs } = await manager.get<{ jobs: { job_id: string }[] }>('/api/jobs?limit=1000');
  expect(jobs.map(({ job_id }) => job_id).sort()).toEqual(ids.sort());
});

test('where no manager comes, who asked is told so when its patience is over', async () => {
  const client = new ProcGuardClient({ url: `http://127.0.0.1:${await quietPort()}`, patienceMs: 100 });
  await expect(client.submit(JOB)).rejects.toThrow(/no manager answers at http.*ECONNREFUSED/);
  client.close();
});

test('who still waits when it is closed is told so', async () => {
  const client = new ProcGuardClient({ url: `http://127.0.0.1:${await quietPort()}` });
  const answers = [client.submit(JOB), client.wait('j_1')].map((asked) => expect(asked).rejects.toThrow(NoAnswer));
  client.close();
  await Promise.all(answers);
  await expect(client.submit(JOB)).rejects.toThrow('the client was closed');
});
