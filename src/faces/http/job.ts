/** /api/jobs/<id>: one job, why it is as it is, and waiting for its end. */
import { Refusal } from '../../../protocol/errors';
import { attemptProcess, type AttemptId, type JobId } from '../../../protocol/jobs';
import { JobExplanation } from '../../../protocol/job-explain';
import { JobView, type AttemptView } from '../../../protocol/job-views';
import { WaitQuery, WaitReply } from '../../../protocol/jobs-http';
import { unknownJob } from '../../core/jobs/control';
import { explainJob } from '../../core/jobs/explaining';
import { isOver, type Attempt, type Job } from '../../core/jobs/rows';
import { jobRow, jobView } from '../../core/jobs/view';
import type { Engine } from '../../engine/engine';
import type { LogStore } from '../../engine/log-store-port';
import type { UsageHistory } from '../../engine/usage-port';
import { whileWelcome } from './pipe';
import { route, type HttpParts, type Route } from './route';

export const jobRoutes = ({ engine, logs, usage, jobWaits, doorkeeper }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/jobs/:id',
    permission: 'fleet.read',
    summary: 'A job: its specification, its state and why, its attempts, what it waits for and who waits for it',
    reply: JobView,
    handle: async ({ params }) => {
      const { id } = findJob(engine, params.id ?? '');
      const totals = await totalsOf(engine, usage, id);
      // It may have gone on meanwhile.
      const job = findJob(engine, id);
      const total = (attempt: Attempt): AttemptView['total'] => totals.get(attempt.id) ?? null;
      return engine.read((model) =>
        jobView(model, job, { settings: engine.settings, nowMs: engine.nowMs, logBytes: bytesIn(logs), total }),
      );
    },
  }),
  route({
    method: 'get',
    path: '/api/jobs/:id/explain',
    permission: 'fleet.read',
    summary: 'Why a job is as it is: what it waits for, how many are before it, what would make it run',
    reply: JobExplanation,
    handle: ({ params }) => {
      const job = findJob(engine, params.id ?? '');
      return engine.read((model) => explainJob(model, job, engine.settings, engine.nowMs));
    },
  }),
  route({
    method: 'get',
    path: '/api/jobs/:id/wait',
    permission: 'fleet.read',
    summary: 'Answers when the job is over, or after `timeout` (seconds or 90s, 2h; default 30 s, at most an hour)',
    query: WaitQuery,
    reply: WaitReply,
    handle: async ({ params, query, response }) => {
      const { id } = findJob(engine, params.id ?? '');
      const signal = whileWelcome({ engine, doorkeeper }, response);
      await jobWaits.over(id, query.timeout, signal);
      if (signal.reason instanceof Refusal) throw signal.reason;
      const job = findJob(engine, id);
      return { is_over: isOver(job), job: engine.read((model) => jobRow(model, job)) };
    },
  }),
];

/** @throws Refusal unknown_job */
export const findJob = (engine: Engine, id: string): Job =>
  engine.read((model) => {
    const job = model.jobs.job(id);
    if (job === null) throw unknownJob(model, id);
    return job;
  });

/** Of the newest tries that ran: each is a file. */
async function totalsOf(
  engine: Engine,
  usage: UsageHistory,
  job: JobId,
): Promise<ReadonlyMap<AttemptId, AttemptView['total']>> {
  const tries = engine.read(({ jobs }) => jobs.attemptsOf(job)).slice(-TOTALS_MAX);
  const totals = await Promise.all(
    tries.map(async ({ id, worker, startedAtMs, state }) => {
      if (startedAtMs === null) return null;
      const untilMs = state.kind === 'ended' ? state.atMs : engine.nowMs;
      const total = await usage.totals(worker, attemptProcess(id), startedAtMs, untilMs);
      return total === null
        ? null
        : {
            cpu_seconds: total.cpuSeconds,
            max_rss_bytes: total.rssBytesMax,
            max_gpu_memory_bytes: total.gpuMemoryBytesMax,
          };
    }),
  );
  return new Map(tries.map(({ id }, i) => [id, totals[i] ?? null]));
}
const TOTALS_MAX = 20;

/** What is stored of an attempt's output, wherever that is. */
const bytesIn =
  (logs: LogStore) =>
  (attempt: Attempt): number => {
    const { output, run, worker } = attempt;
    if (output !== null) return Buffer.byteLength(output.stdout) + Buffer.byteLength(output.stderr);
    if (run === null) return 0;
    return logs.runs(worker, attemptProcess(attempt.id), 'both').reduce((sum, { bytes }) => sum + bytes, 0);
  };
