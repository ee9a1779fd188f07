/** Everything the manager shows, and the part of it that words choose. */
import { nearest, Refusal } from '../../protocol/errors';
import type { ManagerInfo } from '../../protocol/live';
import { select, type Selectable } from '../../protocol/selector';
import type { ProcessView, WorkerView } from '../../protocol/views';
import { CliError, EXIT } from './exit';
import type { ManagerClient } from './manager-client';

export interface Fleet {
  readonly processes: readonly ProcessView[];
  readonly workers: ReadonlyMap<string, WorkerView>;
  /** The manager's clock, for ages; both machines' clocks may differ. */
  readonly nowMs: number;
}

export async function readFleet(client: ManagerClient): Promise<Fleet> {
  const [{ processes }, { workers, manager }] = await Promise.all([
    client.get<{ processes: ProcessView[] }>('/api/processes'),
    client.get<{ workers: WorkerView[]; manager?: ManagerInfo }>('/api/nodes'),
  ]);
  return {
    processes,
    workers: new Map(workers.map((worker) => [worker.worker_id, worker])),
    nowMs: manager?.now_ms ?? Date.now(),
  };
}

/** The manager's clock alone. */
export const readNowMs = async (client: ManagerClient): Promise<number> =>
  Date.parse((await client.get<{ timestamp: string }>('/api/server/info')).timestamp);

/**
 * The processes that the words mean; no words mean all. For reading only, a name may be cut short as long as one
 * process alone begins so; a command that changes something takes whole names (the manager sees to that).
 * @param orJobs the words may have meant jobs, of which none is called so either
 * @throws CliError notFound for a name that nobody has
 */
export function choose({ processes, workers }: Fleet, words: readonly string[], orJobs = false): ProcessView[] {
  const targets = processes.map((view) => selectable(view, workers));
  const first = chosen(words, targets);
  const completed = new Map(first.unknown.map((word) => [word, onlyOneWith(word, targets)]));
  const lost = first.unknown.filter((word) => completed.get(word) === null);
  if (lost.length > 0) throw notFound(lost, targets, orJobs);
  const { chosen: found } = chosen(
    words.map((word) => completed.get(word) ?? word),
    targets,
  );
  return found.map(({ view }) => view);
}

type Target = Selectable & { readonly view: ProcessView };

const selectable = (view: ProcessView, workers: Fleet['workers']): Target => ({
  view,
  key: view.key,
  id: view.id,
  worker: view.worker_id,
  process: view.process,
  labels: workers.get(view.worker_id)?.labels ?? {},
  state: view.state,
});

function chosen(words: readonly string[], targets: readonly Target[]) {
  try {
    return select(words, targets);
  } catch (error) {
    if (error instanceof Refusal) throw new CliError(EXIT.usage, error.message);
    throw error;
  }
}

function onlyOneWith(prefix: string, targets: readonly Target[]): string | null {
  const begun = targets.filter(({ id, process, key }) => [id, process, key].some((name) => name.startsWith(prefix)));
  return begun.length === 1 ? (begun[0]?.key ?? null) : null;
}

function notFound(lost: readonly string[], targets: readonly Target[], orJobs: boolean): CliError {
  const [word = ''] = lost;
  const near = nearest(word, new Set(targets.flatMap(({ id, key, process }) => [id, key, process])));
  const all = orJobs ? '`procguard ls` and `procguard jobs` show all there are' : '`procguard ls` shows all there are';
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : all;
  return new CliError(EXIT.notFound, `No process${orJobs ? ' or job' : ''} is called ${lost.join(', ')}; ${hint}`);
}
