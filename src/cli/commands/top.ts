/** `procguard top`: workers, what runs on them and what waits, as it changes. */
import type { Command } from 'commander';
import type { JobStats, JobView } from '../../../protocol/job-views';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { readFleet } from '../fleet';
import { jobOf, listJobs } from '../jobs/find-job';
import type { ManagerClient } from '../manager-client';
import { topLines, type Seen } from '../print/top-lines';
import { watchScreen } from '../screen';

/** Running jobs whose usage is asked for: more than a screen shows are of no use. */
const JOBS_MAX = 50;

export const addTop = (program: Command): Command =>
  program
    .command('top')
    .description('workers with their GPUs, running jobs with what they use, the queue: live; q ends it')
    .action(act((context: Context) => top(context)));

/** For programs once, as it is now. */
async function top(context: Context): Promise<Exit> {
  const { client, format, print, width, paint } = context;
  if (format === 'table')
    return watchScreen(context, async (height) => topLines(await seen(client, height), { width, height, paint }));
  const { workers, jobs, stats } = await seen(client, JOBS_MAX);
  if (format === 'name') print(jobs.map(({ job_id: id }) => id));
  else print([JSON.stringify({ workers, jobs, stats }, null, format === 'json' ? 2 : 0)]);
  return EXIT.ok;
}

/** @param jobsMax of running jobs */
async function seen(client: ManagerClient, jobsMax: number): Promise<Seen> {
  const [{ workers, nowMs }, stats, active] = await Promise.all([
    readFleet(client),
    client.get<JobStats>('/api/jobs/stats'),
    listJobs(client, { state: 'active' }, Math.min(JOBS_MAX, jobsMax)),
  ]);
  const views = await Promise.all(active.map(({ job_id: id }) => jobOf(client, id)));
  const jobs = views.filter((view): view is JobView => view !== null);
  return { workers: [...workers.values()], jobs, stats, nowMs };
}
