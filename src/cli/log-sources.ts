/** Whose output words mean: the processes that they choose, and by the whole key one that was removed. */
import { ProcessName, WorkerId } from '../../protocol/ids';
import { choose, type Fleet } from './fleet';
import { mayBeJob } from './jobs/job-logs';
import { readRuns, type LogSource } from './log-lines';
import type { ManagerClient } from './manager-client';

export interface LogSources {
  readonly sources: readonly LogSource[];
  /** Some are no processes any more: what asks for processes, as the search over all at once, does not know them. */
  readonly hasRemoved: boolean;
}

/** Whether one word alone is a job was looked at before. @throws CliError notFound for a name that nobody has and under which nothing is kept */
export async function logSources(client: ManagerClient, fleet: Fleet, words: readonly string[]): Promise<LogSources> {
  const keys = new Set<string>(fleet.processes.map(({ key }) => key));
  const removed = new Map<string, LogSource>();
  for (const word of words) {
    const source = keys.has(word) ? null : named(word);
    if (source !== null && (await isKept(client, source))) removed.set(word, source);
  }
  const others = words.filter((word) => !removed.has(word));
  // No words at all would mean every process.
  const chosen =
    removed.size > 0 && others.length === 0 ? [] : choose(fleet, others, words.length === 1 && words.every(mayBeJob));
  return { sources: [...chosen, ...removed.values()], hasRemoved: removed.size > 0 };
}

/** Null = it is no `worker/process`. */
function named(word: string): LogSource | null {
  const [worker, process, ...more] = word.split('/');
  const isKey = WorkerId.safeParse(worker).success && ProcessName.safeParse(process).success && more.length === 0;
  return isKey ? { key: word, worker_id: worker ?? '', process: process ?? '' } : null;
}

async function isKept(client: ManagerClient, source: LogSource): Promise<boolean> {
  for (const stream of ['stdout', 'stderr'] as const)
    if ((await readRuns(client, { ...source, stream })).length > 0) return true;
  return false;
}
