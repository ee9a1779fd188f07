/**
 * RemoteGPU's tasks for people and their programs (seed 003): jobs under its own names. `/api/v1/tasks` is of its
 * documents, `/api/v1/customer/tasks` and `/api/v1/admin/tasks` of its source; all are the same queue.
 */
import { z } from 'zod';
import { CommandWord } from '../../../protocol/command-line';
import { Refusal } from '../../../protocol/errors';
import { GpuNeed, JobId, JobSpec, Priority, PRIORITY_DEFAULT } from '../../../protocol/jobs';
import { LIMITS } from '../../../protocol/limits';
import { Env } from '../../../protocol/process-spec';
import { MAX_RETRIES, RETRY_DELAY_SECONDS, TIMEOUT_SECONDS } from '../../../protocol/remotegpu';
import { envelope } from '../../../protocol/remotegpu-answer';
import type { Model } from '../../core/model';
import { type Job } from '../../core/jobs/rows';
import { unknownJob } from '../../core/jobs/control';
import { statusOf, taskOf } from '../../core/jobs/remotegpu-task';
import { noEarlierJob, withKnownSecrets } from './job-secrets';
import { route, type HttpParts, type Route } from './route';

const YEAR_SECONDS = 31_536_000;
const Seconds = z.number().min(0).max(YEAR_SECONDS);

/**
 * Fields under both of the names that documents and source have for them. Unknown ones are let be, as theirs are; null, and a
 * text that is empty, is what programs in Go send of what they were not given.
 */
const TaskBody = z.looseObject({
  id: JobId.or(z.literal('').transform(() => null)).nullish(),
  name: z.string().max(LIMITS.nameCharsMax).nullish(),
  machine_id: z.string().max(LIMITS.nameCharsMax).nullish(),
  command: CommandWord.min(1, 'command is empty'),
  args: z.array(CommandWord).nullish(),
  work_dir: z.string().nullish(),
  workdir: z.string().nullish(),
  env: Env.nullish(),
  env_vars: Env.nullish(),
  /** 0 = its default, as in the source. */
  priority: Priority.nullish(),
  /** Seconds; 0 = no limit. */
  timeout: Seconds.nullish(),
  max_retries: z.number().int().min(0).max(1000).nullish(),
  retry_delay: Seconds.nullish(),
  depends_on: z.array(JobId).max(LIMITS.jobDependenciesMax).nullish(),
  depends_on_mode: z.enum(['completed', 'any_terminal']).default('completed'),
  gpu_count: GpuNeed.shape.count,
  labels: z.record(z.string().min(1), z.string()).nullish(),
});
type TaskBody = z.infer<typeof TaskBody>;

const ListTasks = z.object({
  page: z.coerce.number().int().min(1).default(1),
  page_size: z.coerce.number().int().min(1).max(1000).default(10),
  status: z.string().optional(),
});

const BASES = ['/api/v1/tasks', '/api/v1/customer/tasks', '/api/v1/admin/tasks'] as const;

export const remoteGpuTaskRoutes = (parts: HttpParts): Route[] => [
  ...BASES.flatMap((base) => [...reading(parts, base), ...doing(parts, base), creating(parts, base)]),
  creating(parts, '/api/v1/customer/tasks/training', '/api/v1/customer/tasks'),
  agents(parts),
];

const creating = ({ engine, newJobId }: HttpParts, path: string, base: string = path): Route =>
  route({
    method: 'post',
    path,
    permission: 'job.submit',
    asksItself: true,
    summary: `RemoteGPU: a task into the queue (${base})`,
    body: TaskBody,
    handle: async ({ body, by, holdJob }) => {
      const spec = withKnownSecrets(specOf(body), noEarlierJob(engine.settings.secretNames));
      const [reply] = await engine.submit({
        kind: 'submitJobs',
        jobs: [{ id: body.id ?? newJobId(), spec, key: null, meta: {} }],
        via: 'remotegpu',
        owner: by.name,
        by,
        hold: holdJob,
      });
      if (reply === undefined) throw new Refusal('internal', 'the queue did not answer');
      return envelope(shown(engine, reply.job));
    },
  });

function reading({ engine }: HttpParts, base: string): Route[] {
  return [
    route({
      method: 'get',
      path: base,
      permission: 'fleet.read',
      summary: 'RemoteGPU: tasks, newest first, by pages',
      query: ListTasks,
      handle: ({ query: { page, page_size, status } }) =>
        envelope({ ...taskPage(engine, page, page_size, status), page, page_size }),
    }),
    route({
      method: 'get',
      path: `${base}/:id`,
      permission: 'fleet.read',
      summary: 'RemoteGPU: one task',
      handle: ({ params }) => envelope(shown(engine, jobNamed(engine, params.id))),
    }),
    route({
      method: 'get',
      path: `${base}/:id/logs`,
      permission: 'logs.read',
      summary: 'RemoteGPU: what a task wrote, as far as its agent sent it',
      handle: ({ params }) => {
        const task = shown(engine, jobNamed(engine, params.id));
        const { id, status, error_msg, stdout, stderr } = task;
        return envelope({ task_id: id, status, error_msg, stdout, stderr });
      },
    }),
    route({
      method: 'get',
      path: `${base}/:id/result`,
      permission: 'fleet.read',
      summary: 'RemoteGPU: how a task ended',
      handle: ({ params }) => {
        const { id, status, exit_code, error_msg, ended_at } = shown(engine, jobNamed(engine, params.id));
        return envelope({ task_id: id, status, exit_code, error_msg, ended_at });
      },
    }),
  ];
}

const doing = ({ engine }: HttpParts, base: string): Route[] =>
  (['stop', 'cancel', 'retry'] as const).map((verb) =>
    route({
      method: 'post',
      path: `${base}/:id/${verb}`,
      permission: 'job.control',
      asksItself: true,
      summary: `RemoteGPU: ${verb} a task`,
      body: z.looseObject({}),
      handle: async ({ params, by, holdJob }) => {
        const asked = { id: params.id ?? '', by, hold: holdJob };
        const job = await (verb === 'retry'
          ? engine.submit({ kind: 'retryJob', ...asked })
          : engine.submit({ kind: 'cancelJob', why: '', ...asked }));
        return envelope(shown(engine, job));
      },
    }),
  );

const agents = ({ engine }: HttpParts): Route =>
  route({
    method: 'get',
    path: '/api/v1/admin/agents',
    permission: 'fleet.read',
    summary: 'RemoteGPU: the agents, and our launchers as such',
    handle: () => envelope(engine.read((model) => agentsOf(model))),
  });

function specOf(body: TaskBody): JobSpec {
  const { command, gpu_count } = body;
  const args = body.args ?? [];
  const timeoutMs = milliseconds(body.timeout ?? TIMEOUT_SECONDS);
  return JobSpec.parse({
    name: body.name || null,
    command: args.length === 0 ? command : [command, ...args],
    workingDir: body.work_dir || body.workdir || null,
    env: { ...body.env_vars, ...body.env },
    needs: { worker: body.machine_id || null, labels: body.labels ?? {}, gpus: { count: gpu_count } },
    priority: body.priority || PRIORITY_DEFAULT,
    retry: {
      max: body.max_retries ?? MAX_RETRIES,
      delayMs: milliseconds(body.retry_delay ?? RETRY_DELAY_SECONDS),
    },
    timeouts: { runMs: timeoutMs === 0 ? null : timeoutMs },
    after: body.depends_on ?? [],
    afterMode: body.depends_on_mode,
  });
}

/** Less than one is one: none would mean something else. */
const milliseconds = (seconds: number): number => (seconds === 0 ? 0 : Math.max(1, Math.round(seconds * 1000)));

function jobNamed(engine: HttpParts['engine'], id = ''): Job {
  return engine.read((model) => {
    const job = model.jobs.job(id);
    if (job === null) throw unknownJob(model, id);
    return job;
  });
}

const shown = (engine: HttpParts['engine'], job: Job): Record<string, unknown> =>
  engine.read(({ jobs }) => {
    const attempt = job.lastAttempt === null ? null : jobs.attempt(job.lastAttempt);
    const renewed = attempt === null ? undefined : jobs.renewedAtMs.get(attempt.id);
    return taskOf(job, attempt, attempt === null || renewed === undefined ? null : renewed + attempt.leaseMs);
  });

function taskPage(engine: HttpParts['engine'], page: number, size: number, status?: string): object {
  return engine.read(({ jobs }) => {
    const wanted: Job[] = [];
    for (const job of jobs.all.values()) {
      const attempt = job.lastAttempt === null ? null : jobs.attempt(job.lastAttempt);
      if (status === undefined || status === statusOf(job, attempt)) wanted.push(job);
    }
    const newest = wanted.sort((a, b) => b.order - a.order).slice((page - 1) * size, page * size);
    return { list: newest.map((job) => shown(engine, job)), total: wanted.length };
  });
}

function agentsOf({ workers, contacts }: Model): object {
  const rows = [...workers.values()].filter(({ type }) => type !== 'plain');
  const shownAgents = rows.map((worker) => {
    const contact = contacts.get(worker.id);
    const gpus = contact?.machine?.gpus ?? worker.gpus ?? [];
    return {
      agent_id: worker.id,
      machine_id: worker.labels.machine_id ?? worker.id,
      machine_name: worker.hostname,
      ip_address: '',
      status: worker.presence.kind === 'lost' ? 'offline' : 'online',
      last_heartbeat: new Date(contact?.lastContactMs ?? worker.registeredAtMs).toISOString(),
      agent_port: 0,
      region: worker.labels.region ?? '',
      gpu_count: gpus.length,
      gpu_models: [...new Set(gpus.map(({ name }) => name))],
    };
  });
  const online = shownAgents.filter(({ status }) => status === 'online').length;
  return { total: rows.length, online, offline: rows.length - online, agents: shownAgents };
}
