/** `procguard top`: workers, what runs on them and what waits, as it changes. */
import type { Command } from 'commander';
import type { JobStats, JobView } from '../../../protocol/job-views';
import { act, type Context } from '../context';
import { readFleet } from '../fleet';
import { jobOf, listJobs } from '../jobs/find-job';
import { topLines } from '../print/top-lines';
import { watchScreen } from '../screen';

/** Running jobs whose usage is asked for: more than a screen shows are of no use. */
const JOBS_MAX = 50;

export const addTop = (program: Command): Command =>
  program
    .command('top')
    .description('workers with their GPUs, running jobs with what they use, the queue: live; q ends it')
    .action(act((context: Context) => watchScreen(context, (height) => lines(context, height))));

async function lines({ client, width, paint }: Context, height: number): Promise<string[]> {
  const [{ workers, nowMs }, stats, active] = await Promise.all([
    readFleet(client),
    client.get<JobStats>('/api/jobs/stats'),
    listJobs(client, { state: 'active' }, Math.min(JOBS_MAX, height)),
  ]);
  const views = await Promise.all(active.map(({ job_id: id }) => jobOf(client, id)));
  const jobs = views.filter((view): view is JobView => view !== null);
  return topLines({ workers: [...workers.values()], jobs, stats, nowMs }, { width, height, paint });
}
