/**
 * A specification in the words in which people write it (protocol/process-document.ts), one line each, so that two of
 * them can be told apart field by field. What is as its default says is left out of neither: a difference must show,
 * whichever side wrote it down.
 */
import { duration, size } from '../../../protocol/amounts';
import { commandText, type ProcessSpec } from '../../../protocol/process-spec';

/** `limits.memory` -> `2G`; null = not set. */
export type SpecWords = ReadonlyMap<string, string | null>;

export function specWords(spec: ProcessSpec): SpecWords {
  const { limits, restart, stop } = spec;
  const words: [string, string | null][] = [
    ['command', commandText(spec.command)],
    // `["a b"]` and `"a b"` read alike and are not.
    ['shell', typeof spec.command === 'string' ? 'yes' : 'no'],
    ['working_dir', spec.workingDir],
    ...entries('env', spec.env),
    ['secrets', list(spec.secrets)],
    ['env_file', list(spec.envFiles)],
    ['env_inherit', spec.envInherit === null ? 'all' : json(spec.envInherit)],
    ['user', spec.user],
    ['group', spec.group],
    ['umask', spec.umask === null ? null : spec.umask.toString(8).padStart(3, '0')],
    ['stdin', spec.stdin.kind === 'none' ? 'none' : json(spec.stdin)],
    ['output', spec.output],
    ['limits.memory', limits.memoryBytes === null ? null : size(limits.memoryBytes)],
    ['limits.cpu', number(limits.cpuCores)],
    ['limits.pids', number(limits.pids)],
    ['limits.open_files', number(limits.openFiles)],
    ['limits.nice', number(limits.nice)],
    ['limits.oom_score', number(limits.oomScore)],
    ['restart_policy', restart.when],
    ['max_restarts', number(restart.maxRestarts)],
    ['restart_delay', duration(restart.delayMs)],
    ['restart_delay_max', duration(restart.delayMaxMs)],
    ['restart_jitter', number(restart.jitter)],
    ['restart_window', duration(restart.windowMs)],
    ['healthy_after', duration(restart.healthyAfterMs)],
    ['stop.signal', stop.signal],
    ['stop.grace', duration(stop.graceMs)],
    ['stop.then', list(stop.then.map(({ signal, graceMs }) => `${signal} ${duration(graceMs)}`))],
    ['ready', spec.ready === null ? null : json(spec.ready)],
    ['alive', spec.alive.length === 0 ? null : json(spec.alive)],
    ...entries('depends_on', spec.dependsOn),
    ['pid_file', spec.pidFile],
    ['health_check_url', spec.healthCheck === null ? null : healthCheck(spec.healthCheck)],
    ['worker_type', spec.type],
    ['work_dir', spec.workDir ?? null],
    ['container', spec.container === undefined ? null : json(spec.container)],
    ['set', spec.set],
    ['auto_start', spec.autoStart ? 'yes' : 'no'],
  ];
  return new Map(words);
}

const entries = (field: string, values: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(values).map(([name, value]) => [`${field}.${name}`, value]);

const number = (value: number | null): string | null => (value === null ? null : String(value));
const list = (values: readonly string[]): string | null => (values.length === 0 ? null : values.join(', '));
const json = (value: unknown): string => JSON.stringify(sorted(value));

const healthCheck = ({ url, intervalMs, timeoutMs, failuresMax }: NonNullable<ProcessSpec['healthCheck']>): string =>
  `${url} every ${duration(intervalMs)}, within ${duration(timeoutMs)}, ${failuresMax} times`;

/** The order in which keys were written means nothing. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
