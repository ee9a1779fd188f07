/** `procguard job`: one in full. State and why, its tries, what it asked for, what to do next. */
import type { AttemptView, JobView } from '../../../protocol/job-views';
import type { JobExplanation } from '../../../protocol/job-explain';
import { age, bytes, localTime, percent } from './amounts';
import { isOver, JOB_STATE_COLOUR } from './job-table';
import type { Paint } from './paint';
import { padEnd, printable } from './text-width';

export function jobText(job: JobView, explanation: JobExplanation | null, nowMs: number, paint: Paint): string[] {
  const title = `${paint(job.job_id, 'bold')}  ${paint(job.state, JOB_STATE_COLOUR[job.state])} for ${age(nowMs - job.since_ms)}`;
  const reasons =
    explanation === null ? [] : explanation.reasons.map(({ text }) => text).filter((text) => text !== job.why);
  return [
    title,
    ...named('why', [job.why, ...reasons]),
    ...fieldsOf(job).flatMap(([name, value]) => named(name, value)),
    ...job.tries.flatMap((attempt) => tryLines(attempt, job.nodes, nowMs, paint)),
    ...named('next', [nextAction(job, explanation)]),
  ];
}

function fieldsOf(job: JobView): [name: string, values: string[]][] {
  const { progress, spec } = job;
  const progressText = [progress?.percent == null ? '' : `${Math.round(progress.percent)}%`, progress?.message ?? ''];
  return [
    ['name', [job.name]],
    ['command', [job.command]],
    ['in', typeof spec.working_dir === 'string' ? [spec.working_dir] : []],
    ['needs', needsText(job)],
    ['owner', [`${job.owner}, queue ${job.queue}, priority ${job.priority}`]],
    ['labels', Object.entries(job.labels).map(([name, value]) => `${name}=${value}`)],
    ['submitted', [localTime(job.submitted_at_ms)]],
    ['after', job.after.map(({ job_id: id, state }) => `${id} ${state ?? 'forgotten'}`)],
    ['before', job.dependents.map(({ job_id: id, state }) => `${id} ${state}`)],
    ['place', job.place === null ? [] : [job.place === 0 ? 'the next of its queue' : `${job.place} are before it`]],
    ['retries', job.retries_max === 0 ? [] : [`${job.retries} of ${job.retries_max}`]],
    ['progress', progress === null ? [] : [progressText.filter(Boolean).join(' ')]],
    ['schedule', job.schedule === null ? [] : [`${job.schedule.name}, for ${localTime(job.schedule.planned_at_ms)}`]],
    ['array', job.array === null ? [] : [`${job.array.id}, index ${job.array.index}`]],
  ];
}

/** What of its needs is not the default. */
function needsText({ spec, gpus, nodes }: JobView): string[] {
  const needs = (spec.needs ?? {}) as Record<string, unknown>;
  const gpu = (needs.gpus ?? {}) as { readonly type?: string | null; readonly memory?: number | string | null };
  const memory = (value: unknown): string => (typeof value === 'number' ? bytes(value) : String(value));
  const labels = Object.entries((needs.labels ?? {}) as Record<string, string>).map(
    ([name, value]) => `${name}=${value}`,
  );
  const words = [
    gpus > 0 &&
      `${gpus} GPU${gpu.type == null ? '' : ` ${gpu.type}`}${gpu.memory == null ? '' : ` with ${memory(gpu.memory)}`}`,
    isSome(needs.cpus) && `${String(needs.cpus)} cores`,
    isSome(needs.memory) && `${memory(needs.memory)} of memory`,
    nodes > 1 && `${nodes} workers at once`,
    labels.length > 0 && labels.join(' '),
    typeof needs.worker === 'string' && `worker ${needs.worker}`,
    needs.target === 'local' && 'the manager’s own machine',
    needs.target === 'worker' && 'not the manager’s own machine',
  ].filter((word) => word !== false);
  return words.length === 0 ? [] : [words.join(', ')];
}

const isSome = (amount: unknown): boolean => amount !== undefined && amount !== null && amount !== 0 && amount !== '0';

/** `try j_1.4  w1  failed after 12s: exit code 7`, and below it what it used. */
function tryLines(attempt: AttemptView, nodes: number, nowMs: number, paint: Paint): string[] {
  const { attempt_id: id, worker_id: worker, node, outcome, state, started_at_ms: startedAtMs, why } = attempt;
  const colour = outcome === 'completed' ? 'green' : outcome === null ? 'cyan' : 'yellow';
  const lasted =
    startedAtMs === null
      ? ''
      : ` ${outcome === null ? 'for' : 'after'} ${age((attempt.ended_at_ms ?? nowMs) - startedAtMs)}`;
  const place = nodes > 1 ? `${worker} (node ${node})` : worker;
  return [
    ...named(
      'try',
      [`${id}  ${place}  ${paint(outcome ?? state, colour)}${lasted}${why === '' ? '' : `: ${printable(why)}`}`],
      true,
    ),
    ...named(
      '',
      [usedText(attempt)].filter((text) => text !== ''),
    ),
  ];
}

function usedText(attempt: AttemptView): string {
  const { usage, total, gpus, isolation, unenforced, log_bytes: logBytes, lease_until_ms: leaseMs } = attempt;
  return [
    usage !== null && `${percent(usage.cpu)} of a core, ${bytes(usage.rss_bytes)}`,
    usage !== null && usage.gpu_memory_bytes > 0 && `${bytes(usage.gpu_memory_bytes)} on its GPUs`,
    total !== null && `${age(total.cpu_seconds * 1000)} of CPU, at most ${bytes(total.max_rss_bytes)}`,
    total?.max_gpu_memory_bytes != null && `at most ${bytes(total.max_gpu_memory_bytes)} on its GPUs`,
    gpus.length > 0 &&
      `GPU ${gpus.map(({ index, memory_bytes: part }) => (part === null ? index : `${index} (${bytes(part)})`)).join(', ')}`,
    logBytes > 0 && `${bytes(logBytes)} of output`,
    isolation.length > 0 && isolation.join(', '),
    unenforced.length > 0 && `without ${unenforced.join(', ')}`,
    leaseMs !== null && `its worker is trusted with it until ${localTime(leaseMs)}`,
  ]
    .filter((word) => word !== false)
    .join('; ');
}

/** What one would do now, as a command where there is one. */
function nextAction(job: JobView, explanation: JobExplanation | null): string {
  const { job_id: id, state } = job;
  if (state === 'waiting' || state === 'queued')
    return explanation?.next ?? `nothing: it starts by itself; procguard explain ${id} says what it waits for`;
  if (state === 'failed') return `${logsLine(job)} says why; then procguard retry ${id}`;
  if (state === 'cancelled') return `procguard retry ${id}`;
  return isOver(job) ? logsLine(job) : `procguard logs ${id} -f; procguard wait ${id}; procguard cancel ${id}`;
}

/** Of several nodes the one that is meant is named: the others have output too. */
const logsLine = ({ job_id: id, nodes, logs_attempt_id: attempt }: JobView): string =>
  nodes > 1 && attempt !== null ? `procguard logs ${id} --run ${attempt}` : `procguard logs ${id}`;

const NAME_WIDTH = 9;
const named = (name: string, values: readonly string[], isPrintable = false): string[] =>
  values.map((value, i) => `  ${padEnd(i === 0 ? name : '', NAME_WIDTH)} ${isPrintable ? value : printable(value)}`);
