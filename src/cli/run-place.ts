/** On which worker `procguard run` runs. */
import { nearest } from '../../protocol/errors';
import type { WorkerView } from '../../protocol/views';
import { CliError, EXIT } from './exit';

const CONNECTED = new Set<WorkerView['state']>(['idle', 'busy']);
/** The launcher beside the manager. */
const LOCAL = 'local';

/**
 * @param wanted --on; undefined = the local one when it is connected, else the only one there is
 * @throws CliError
 */
export function placeOf(workers: readonly WorkerView[], wanted: string | undefined): string {
  const launchers = workers.filter(({ type }) => type === 'remote' || type === 'local');
  if (wanted !== undefined) return named(launchers, wanted);
  const connected = launchers.filter(({ state }) => CONNECTED.has(state)).map(({ worker_id: id }) => id);
  if (connected.includes(LOCAL)) return LOCAL;
  const [only, ...others] = connected;
  if (only === undefined)
    throw new CliError(
      EXIT.failed,
      'No worker is connected that could run it; start one with `procguard worker --worker-id NAME --manager-url URL`',
    );
  if (others.length > 0)
    throw new CliError(
      EXIT.usage,
      `${connected.length} workers could run it; name one with --on: ${connected.join(', ')}`,
    );
  return only;
}

function named(launchers: readonly WorkerView[], wanted: string): string {
  const worker = launchers.find(({ worker_id: id }) => id === wanted);
  const ids = launchers.map(({ worker_id: id }) => id);
  if (worker === undefined) {
    const [near] = nearest(wanted, ids);
    const hint = near === undefined ? `there are ${ids.join(', ') || 'none'}` : `did you mean ${near}?`;
    throw new CliError(EXIT.notFound, `No worker that can run commands is called ${wanted}; ${hint}`);
  }
  if (CONNECTED.has(worker.state)) return wanted;
  throw new CliError(EXIT.failed, `Worker ${wanted} is ${worker.state} (${worker.why}); nothing was started`);
}
