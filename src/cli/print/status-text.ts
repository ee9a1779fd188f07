/** `procguard status`: one process in full. State, why, and what to do next. */
import type { Explanation, ProcessView, WorkerView } from '../../../protocol/views';
import { age, bytes, localTime, percent } from './amounts';
import { certificateLine } from './certificate-line';
import { nextLines, whyLines } from './explanation-text';
import { definitionFields } from './definition-fields';
import type { Paint } from './paint';
import { STATE_COLOUR } from './process-table';
import { fit, padEnd, printable } from './text-width';

/** Columns of one line of output: a program that never ends its line writes megabytes into it. */
const LINE_WIDTH_MAX = 500;

export interface Beside {
  readonly explanation: Explanation;
  /** The newest lines of its output. */
  readonly lastLines: readonly string[];
  readonly nowMs: number;
  readonly paint: Paint;
}

export function statusText(
  view: ProcessView,
  worker: WorkerView | undefined,
  { explanation, lastLines, nowMs, paint }: Beside,
): string[] {
  const title = `${paint(view.key, 'bold')}  ${paint(view.state, STATE_COLOUR[view.state])} for ${age(nowMs - view.since_ms)}`;
  const fields = fieldsOf(view, worker, nowMs).map(([name, value]) => `  ${padEnd(name, 9)} ${printable(value)}`);
  const output =
    lastLines.length === 0
      ? ['  no output']
      : lastLines.map((line) => `  ${paint('│', 'dim')} ${fit(printable(line), LINE_WIDTH_MAX)}`);
  return [
    title,
    ...whyLines(explanation, paint),
    ...nextLines(explanation, nowMs),
    ...fields,
    ...output,
    `  next      ${nextAction(view, nowMs)}`,
  ];
}

function fieldsOf(view: ProcessView, worker: WorkerView | undefined, nowMs: number): [name: string, value: string][] {
  const fields: [string, string | null][] = [
    ['wanted', view.desired],
    ...definitionFields(view),
    [
      'node',
      worker &&
        `${worker.worker_id} (${worker.hostname}), ${worker.state}, heard from ${age(nowMs - worker.last_contact_ms)} ago`,
    ],
    ['command', view.command],
    ['in', view.working_dir],
    [
      'pid',
      view.pid === null
        ? null
        : `${view.pid}${view.started_at_ms === null ? '' : `, started ${localTime(view.started_at_ms)}`}`,
    ],
    ['run', view.run_id],
    ['uses', usage(view)],
    ['restarts', `${view.restart_count} (${view.restarts_counted} of ${view.max_restarts} count against the limit)`],
    ['last exit', lastExit(view)],
    ['last stop', view.certificate && certificateLine(view.certificate)],
    ['output', bytes(view.log_bytes)],
    ['findings', view.findings.length > 0 ? view.findings.join('; ') : null],
    ['notes', view.notes.length > 0 ? view.notes.join('; ') : null],
  ].map(([name, value]) => [name as string, value ?? null]);
  return fields.filter((field): field is [string, string] => field[1] !== null);
}

const usage = ({ cpu, rss_bytes: rss, healthy }: ProcessView): string | null => {
  if (cpu === null && rss === null) return null;
  const amounts = [
    cpu !== null && `${percent(cpu)} of a core`,
    rss !== null && bytes(rss),
    healthy === false && 'health check fails',
  ];
  return amounts.filter((amount) => amount !== false).join(', ');
};

const lastExit = ({ exit_code: code, signal }: ProcessView): string | null =>
  code !== null ? `exit code ${code}` : signal !== null ? `killed by ${signal}` : null;

/** What one would do now, as a command where there is one. */
export function nextAction(
  { state, id, restart_at_ms: restartAtMs, worker_id: worker }: ProcessView,
  nowMs: number,
): string {
  switch (state) {
    case 'running':
      return `procguard logs -f ${id}`;
    case 'starting':
    case 'stopping':
      return `nothing: it is ${state}; procguard events -f shows how it goes`;
    case 'backoff':
      return restartAtMs === null
        ? 'nothing: it starts again by itself'
        : `nothing: it starts again by itself in ${age(restartAtMs - nowMs)}; procguard restart ${id} starts it now, stop ${id} ends it`;
    case 'waiting':
      return `nothing: it starts when what it waits for is so; procguard explain ${id} says what that is`;
    case 'failed':
      return `procguard logs ${id} says why; then procguard start ${id}`;
    case 'exited':
    case 'stopped':
      return `procguard start ${id}`;
    case 'unknown':
      return `look after worker ${worker}: its machine, its network, its launcher; nothing is killed or started twice meanwhile`;
  }
}
