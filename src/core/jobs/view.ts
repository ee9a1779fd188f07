/** Jobs and attempts as people and programs see them (protocol/job-views.ts). */
import { attemptProcess } from '../../../protocol/jobs';
import type { AttemptView, JobRow, JobView } from '../../../protocol/job-views';
import { commandText } from '../../../protocol/process-spec';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { spokesmanOf } from './deciding';
import { jobDocumentOf } from './document-of';
import { aheadOf } from './explaining';
import { isLive, isOver, type Attempt, type Job } from './rows';
import { endedAtMs } from './run-time';
import { shownName } from './shown-name';
import { shownState, whyOf } from './shown-state';

/** A list's line is no place for a script. */
const COMMAND_CHARS_SHOWN = 500;

export function jobRow(model: Model, job: Job): JobRow {
  const { spec } = job;
  const newest = job.lastAttempt === null ? null : model.jobs.attempt(job.lastAttempt);
  const command = commandText(spec.command);
  return {
    job_id: job.id,
    name: shownName(spec),
    state: shownState(model, job),
    why: whyOf(model, job),
    since_ms: job.sinceMs,
    submitted_at_ms: job.submittedAtMs,
    started_at_ms: newest?.startedAtMs ?? null,
    ended_at_ms: isOver(job) ? jobEndedAtMs(job, newest) : null,
    owner: job.owner,
    queue: spec.queue,
    priority: spec.priority,
    labels: spec.labels,
    command: command.slice(0, COMMAND_CHARS_SHOWN),
    worker_id: newest?.worker ?? null,
    attempt_id: newest?.id ?? null,
    attempts: model.jobs.countOf(job.id),
    gpus: spec.needs.gpus.count,
    nodes: spec.needs.nodes,
    exit_code: job.exitCode,
    progress: job.progress,
    array: spec.array === null ? null : { id: spec.array.id, index: spec.array.index },
    schedule: job.schedule === undefined ? null : { name: job.schedule.name, planned_at_ms: job.schedule.plannedAtMs },
    via: job.via,
    order: job.order,
  };
}

/** With its newest attempt, where that is what ended it. */
const jobEndedAtMs = ({ sinceMs }: Job, newest: Attempt | null): number =>
  newest?.state.kind === 'ended' && newest.state.atMs === sinceMs ? (endedAtMs(newest) ?? sinceMs) : sinceMs;

export interface Look {
  readonly settings: CoreSettings;
  readonly nowMs: number;
  /** What is stored of an attempt's output. */
  readonly logBytes: (attempt: Attempt) => number;
  /** What it used over its life. */
  readonly total: (attempt: Attempt) => AttemptView['total'];
}

export function jobView(model: Model, job: Job, { settings, nowMs, logBytes, total }: Look): JobView {
  const stateOf = (id: string): JobRow['state'] | null => {
    const other = model.jobs.job(id);
    return other === null ? null : shownState(model, other);
  };
  return {
    ...jobRow(model, job),
    spec: jobDocumentOf(job.spec),
    tries: model.jobs
      .attemptsOf(job.id)
      .map((attempt) => attemptView(model, attempt, { logBytes: logBytes(attempt), total: total(attempt) })),
    logs_attempt_id: spokesmanOf(model.jobs.attemptsOf(job.id))?.id ?? null,
    retries: job.retries,
    retries_max: job.spec.retry.max,
    after: job.spec.after.map((id) => ({ job_id: id, state: stateOf(id) })),
    dependents: [...model.jobs.dependentsOf(job.id)].flatMap((id) => {
      const state = stateOf(id);
      return state === null ? [] : [{ job_id: id, state }];
    }),
    place: job.state.kind === 'queued' ? aheadOf(model, job, settings, nowMs) : null,
    // Keys are told apart by whose they are (job-submission.ts).
    key: job.key?.replace(`${job.owner}:`, '') ?? null,
  };
}

type Stored = { readonly logBytes: number; readonly total: AttemptView['total'] };

export function attemptView(model: Model, attempt: Attempt, { logBytes, total }: Stored): AttemptView {
  const { state, stop, exit, run } = attempt;
  const renewedAtMs = model.jobs.renewedAtMs.get(attempt.id) ?? attempt.assignedAtMs;
  const usage = isLive(attempt) ? model.contacts.get(attempt.worker)?.usage.get(attemptProcess(attempt.id)) : undefined;
  return {
    attempt_id: attempt.id,
    worker_id: attempt.worker,
    node: attempt.node,
    state: state.kind !== 'ended' && stop !== null ? 'stopping' : state.kind,
    outcome: state.kind === 'ended' ? state.outcome : null,
    why: state.kind === 'ended' ? state.why : (stop?.why ?? ''),
    assigned_at_ms: attempt.assignedAtMs,
    started_at_ms: attempt.startedAtMs,
    ended_at_ms: endedAtMs(attempt),
    lease_until_ms: isLive(attempt) ? renewedAtMs + attempt.leaseMs : null,
    exit_code: exit?.exitCode ?? null,
    signal: exit?.signal ?? null,
    cause: exit?.cause ?? null,
    gpus: attempt.gpus.map(({ index, memoryBytes }) => ({ index, memory_bytes: memoryBytes })),
    isolation: [...attempt.isolation],
    unenforced: [...(attempt.unenforced ?? [])],
    stop: stop === null ? null : { by: stop.by, why: stop.why, at_ms: stop.atMs },
    log_bytes: logBytes,
    log: run === null ? null : { worker_id: attempt.worker, process: attemptProcess(attempt.id), run_id: run },
    usage:
      usage === undefined
        ? null
        : {
            cpu: usage.cpu,
            rss_bytes: usage.rssBytes,
            gpu_memory_bytes: usage.gpus.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
          },
    total,
  };
}
