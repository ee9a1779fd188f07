/**
 * POST /api/queue/submit of SimpleTuner (seed 004): a named job into the queue. What is wrong with it beyond its fields is
 * told as theirs is, with status 200 and `success: false`.
 */
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { jobSpecOf } from '../../../protocol/job-document';
import { Parameters, type Instance } from '../../../protocol/job-template';
import type { JobSpec } from '../../../protocol/jobs';
import { LIMITS } from '../../../protocol/limits';
import { RETRIES_DEFAULT } from '../../../protocol/simpletuner';
import type { Asker } from '../../../protocol/trust';
import { neverRuns } from '../../core/jobs/never-runs';
import type { Job } from '../../core/jobs/rows';
import { META_CONFIG } from '../../core/jobs/rows';
import { META_CONFIG_NAME, positionOf } from '../../core/jobs/simpletuner-entry';
import { shownId } from '../../core/jobs/simpletuner-worker';
import type { HoldJob } from '../../core/jobs/words';
import { instantiate } from './job-from-template';
import { noEarlierJob, withKnownSecrets } from './job-secrets';
import type { HttpParts } from './route';

const Name = z.string().min(1).max(LIMITS.nameCharsMax);
export const SubmitConfig = z.looseObject({
  config_name: Name,
  target: z.enum(['auto', 'worker', 'local', 'kubeflow']).default('auto'),
  worker_labels: z.record(z.string().min(1), z.string()).nullish(),
  /** Refused where nobody can begin it at once. */
  no_wait: z.boolean().default(false),
  /** Devices of whatever type. */
  any_gpu: z.boolean().default(false),
  for_approval: z.boolean().default(false),
  /** Ours: values for the template's parameters. */
  parameters: Parameters.nullish(),
});
type SubmitConfig = z.output<typeof SubmitConfig>;

interface Who {
  readonly by: Asker;
  readonly holdJob: HoldJob;
}

export async function submitConfig(parts: HttpParts, body: SubmitConfig, who: Who): Promise<object> {
  try {
    return await submitted(parts, body, who);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'internal' || error.code === 'login_required') throw error;
    return { ...NOTHING, success: false, error: error.message, code: error.code };
  }
}

const NOTHING = {
  job_id: null,
  status: null,
  allocated_gpus: null,
  allocated_worker_id: null,
  queue_position: null,
  requires_approval: false,
  error: null,
  reason: null,
};

async function submitted(parts: HttpParts, body: SubmitConfig, { by, holdJob: hold }: Who): Promise<object> {
  const { engine } = parts;
  const { spec, config } = await specOf(parts, body);
  const [reply] = await engine.submit({
    kind: 'submitJobs',
    jobs: [
      {
        id: parts.newJobId(),
        spec,
        key: null,
        meta: { [META_CONFIG_NAME]: body.config_name, [META_CONFIG]: JSON.stringify(config) },
        needsApproval: body.for_approval,
      },
    ],
    via: 'simpletuner',
    owner: by.name,
    by,
    hold,
  });
  if (reply === undefined) throw new Refusal('internal', 'the queue did not answer');
  const { id } = reply.job;
  const job = engine.read(({ jobs }) => jobs.job(id)) ?? reply.job;
  if (!body.no_wait || body.for_approval || job.state.kind === 'active') return answerOf(parts, job);
  const reason = 'no worker has room for it now, and it was not to wait';
  await engine.submit({ kind: 'cancelJob', id, why: reason, by });
  return { ...NOTHING, success: false, job_id: id, status: 'rejected', error: reason, reason };
}

async function specOf(
  { engine, templates }: HttpParts,
  body: SubmitConfig,
): Promise<Pick<Instance, 'config'> & { readonly spec: JobSpec }> {
  const { config_name, target, worker_labels, parameters } = body;
  if (target === 'kubeflow')
    throw new Refusal('bad_request', 'target kubeflow is not offered here; choose auto, worker or local');
  const template = await templates.named(config_name);
  const words = { needs: { target, ...(worker_labels == null ? {} : { labels: worker_labels }) } };
  const { job, config, said } = instantiate(template, { parameters: parameters ?? {}, words }, config_name);
  const spec = asTheirs(jobSpecOf(job, engine.nowMs), said, config_name, body.any_gpu);
  return { config, spec: withKnownSecrets(spec, noEarlierJob(engine.settings.secretNames)) };
}

/** What its documents promise where the template says nothing: three retries, and no wait before them. */
function asTheirs(spec: JobSpec, said: Instance['said'], name: string, anyGpu: boolean): JobSpec {
  const { needs, retry } = spec;
  return {
    ...spec,
    name: spec.name ?? name,
    retry: said.has('retries') ? retry : { ...retry, max: RETRIES_DEFAULT, delayMs: 0 },
    needs: anyGpu ? { ...needs, gpus: { ...needs.gpus, type: null } } : needs,
  };
}

const answerOf = ({ engine }: HttpParts, job: Job): object =>
  engine.read((model) => {
    const attempt =
      job.state.kind === 'active' && job.lastAttempt !== null ? model.jobs.attempt(job.lastAttempt) : null;
    const isHeld = job.state.kind === 'waiting' && job.state.for === 'approval';
    const [never] = neverRuns(model, [job], engine.settings);
    return {
      ...NOTHING,
      success: true,
      job_id: job.id,
      status: attempt !== null ? 'running' : isHeld ? 'blocked' : 'queued',
      allocated_gpus: attempt === null ? null : attempt.gpus.map(({ index }) => index),
      allocated_worker_id: attempt === null ? null : shownId(model, attempt.worker),
      queue_position: attempt === null ? positionOf(model, job, engine.settings, engine.nowMs) : null,
      requires_approval: isHeld,
      reason: never ?? null,
    };
  });
