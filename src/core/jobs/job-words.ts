/** What is said to a worker of an attempt, made from its rows alone: it can be said again at any time. */
import { attemptProcess } from '../../../protocol/jobs';
import type { ContainerSpec } from '../../../protocol/container-spec';
import { commandText, ProcessSpec } from '../../../protocol/process-spec';
import type { Effect } from '../commands';
import type { Model } from '../model';
import { moment } from '../spans';
import type { Attempt, Job, Stop } from './rows';

/** Of the port that a gang's nodes meet at: 29500 and up, as torchrun's default. */
const GANG_PORT = 29_500;
const GANG_PORTS = 1000;

/** @param isNew it was assigned in this turn */
export function runWord(model: Model, job: Job, attempt: Attempt, isNew = false): Effect {
  const { timeouts, trustMs } = job.spec;
  return {
    kind: 'job',
    worker: attempt.worker,
    word: {
      kind: 'run',
      attempt: attempt.id,
      job: job.id,
      epoch: attempt.epoch,
      spec: processOf(model, job, attempt),
      trustMs,
      runMs: timeouts.runMs,
      silenceMs: timeouts.silenceMs,
      progress: job.spec.progress,
      ...(isNew ? { isNew } : {}),
    },
  };
}

export const stopWord = ({ worker, id }: Attempt, { outcome, by, why }: Stop): Effect => ({
  kind: 'job',
  worker,
  word: { kind: 'stop', attempt: id, outcome, by, why },
});

export const forgetWord = ({ worker, id }: Pick<Attempt, 'worker' | 'id'>): Effect => ({
  kind: 'job',
  worker,
  word: { kind: 'forget', attempt: id },
});

function processOf(model: Model, job: Job, attempt: Attempt): ProcessSpec {
  const { spec } = job;
  return {
    ...PLAIN,
    name: attemptProcess(attempt.id),
    command: spec.command,
    workingDir: spec.workingDir,
    env: { ...spec.env, ...environmentOf(model, job, attempt) },
    secrets: spec.secrets,
    user: spec.user,
    group: spec.group,
    limits: spec.limits,
    ...(spec.workDir === null ? {} : { workDir: spec.workDir }),
    ...(spec.container === null ? {} : { container: { ...spec.container, gpus: devicesIn(spec.container, attempt) } }),
    stop: { signal: 'SIGTERM', graceMs: spec.timeouts.graceMs, then: [] },
    type: spec.name ?? commandText(spec.command).split(' ', 1)[0] ?? 'job',
  };
}

/** What it was given; and without a word of devices, what it says itself. */
const devicesIn = ({ gpus }: ContainerSpec, attempt: Attempt): ContainerSpec['gpus'] =>
  attempt.gpus.length === 0 ? gpus : attempt.gpus.map(({ index }) => index);

const PLAIN = ProcessSpec.parse({
  name: 'job',
  command: 'true',
  role: 'job',
  autoStart: true,
  restart: { when: 'never' },
});

/** Beside PROCGUARD_JOB_ID, PROCGUARD_ATTEMPT and PROCGUARD_WORKER, which its launcher sets. */
function environmentOf(model: Model, job: Job, attempt: Attempt): Record<string, string> {
  const { array, needs } = job.spec;
  const { schedule } = job;
  const gpus = attempt.gpus.map(({ index }) => index).join(',');
  return {
    ...(attempt.gpus.length > 0 ? { CUDA_VISIBLE_DEVICES: gpus, PROCGUARD_GPUS: gpus } : {}),
    ...(array === null ? {} : { PROCGUARD_ARRAY_ID: array.id, PROCGUARD_ARRAY_INDEX: String(array.index) }),
    ...(schedule === undefined
      ? {}
      : { PROCGUARD_SCHEDULE: schedule.name, PROCGUARD_PLANNED_AT: moment(schedule.plannedAtMs) }),
    ...(needs.nodes > 1 ? gangOf(model, job, attempt) : {}),
  };
}

/** Source: seed 002's environment of a distributed training, and torchrun's names. */
function gangOf(model: Model, job: Job, attempt: Attempt): Record<string, string> {
  const first = model.jobs.attemptsOf(job.id).find(({ round, node }) => round === attempt.round && node === 0);
  return {
    MASTER_ADDR: model.workers.get(first?.worker ?? attempt.worker)?.hostname ?? 'localhost',
    MASTER_PORT: String(GANG_PORT + (attempt.round % GANG_PORTS)),
    NNODES: String(job.spec.needs.nodes),
    NODE_RANK: String(attempt.node),
    WORLD_SIZE: String(job.spec.needs.nodes),
    RANK: String(attempt.node),
  };
}
