/** Which process a path like /api/workers/<id>/... means. */
import { nearest, Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import { processesOf, type Model, type Process } from '../model';

/**
 * `id` is a worker's id (then its main process is meant, or `process` of it), or the name of a process that only one
 * worker has: so the config's `workers[]`, which one local launcher runs, answer to their own ids as in seed 002.
 * A key (`w1/web`, its slash escaped in a path) names one exactly.
 */
export function findProcess(model: Model, id: string, process: string | null): Process | Refusal {
  const slash = id.indexOf('/');
  if (slash > 0) return findProcess(model, id.slice(0, slash), id.slice(slash + 1));
  const worker = model.workers.get(id as WorkerId);
  if (worker === undefined) {
    const named = [...model.processes.values()].filter(({ name }) => (name as string) === id);
    if (named.length === 1 && named[0] !== undefined && (process === null || process === id)) return named[0];
    if (named.length > 1)
      return new Refusal(
        'unknown_worker',
        `${id} is a process of several workers: name one of ${list(named.map(({ key }) => key))}`,
      );
    return unknownWorker(model, id);
  }
  const own = processesOf(model, worker.id);
  const wanted =
    process === null
      ? own[0]?.name === id || own.length === 1
        ? own[0]
        : undefined
      : own.find(({ name }) => (name as string) === process);
  if (wanted !== undefined) return wanted;
  const known = own.map(({ name }) => name);
  if (process !== null)
    return new Refusal('unknown_process', `worker ${id} has no process ${process}; it has ${list(known)}`, {
      known,
      nearest: nearest(process, known),
    });
  return new Refusal(
    'unknown_process',
    known.length === 0
      ? worker.presence.kind === 'connecting'
        ? `worker ${id} is connecting and has not yet told what it runs; ask again in a moment`
        : `worker ${id} has no process: it was started without a command`
      : `worker ${id} has ${known.length} processes; name one with "process": ${list(known)}`,
    { known },
  );
}

export function unknownWorker(model: Model, id: string): Refusal {
  const known = [
    ...new Set([...model.workers.keys(), ...[...model.processes.values()].map(({ name }) => name as string)]),
  ].sort();
  const close = nearest(id, known);
  const hint =
    known.length === 0
      ? 'no worker has registered yet'
      : close.length > 0
        ? `did you mean ${list(close)}?`
        : `known: ${list(known)}`;
  return new Refusal('unknown_worker', `no worker ${JSON.stringify(id.slice(0, 200))}; ${hint}`, {
    known: known.slice(0, 100),
    nearest: close,
  });
}

const list = (names: readonly string[]): string =>
  names.length === 0
    ? 'none'
    : names.slice(0, 10).join(', ') + (names.length > 10 ? ` and ${names.length - 10} more` : '');
