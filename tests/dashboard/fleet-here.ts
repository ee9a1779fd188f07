/** A manager and launchers for a page to show. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessView } from '../../protocol/views';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import type { World } from '../harness/world';

export const COUNTING = 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.02; done';

export function startWorker(world: World, manager: StartedManager, worker: string, command: string): StartedLauncher {
  return startLauncher(world, { worker, managerUrl: manager.url, flags: ['--command', command, '--auto-start'] });
}

/** A manager with one running worker for each command; resolves when all of them run. */
export async function startFleet(world: World, commands: Readonly<Record<string, string>>): Promise<StartedManager> {
  const manager = await StartedManager.start(world);
  for (const [worker, command] of Object.entries(commands)) startWorker(world, manager, worker, command);
  for (const worker of Object.keys(commands))
    await manager.until(`${worker} to run`, worker, ({ state }) => state === 'running');
  return manager;
}

/** A worker with a file of its own: processes in the words of a document, started. */
export function startProcesses(
  world: World,
  manager: StartedManager,
  worker: string,
  processes: readonly Readonly<Record<string, unknown>>[],
): StartedLauncher {
  const file = join(world.directory(), 'worker.yaml');
  writeFileSync(file, JSON.stringify({ processes: processes.map((one) => ({ auto_start: true, ...one })) }));
  return startLauncher(world, { worker, managerUrl: manager.url, flags: ['--config', file] });
}

/** Resolves with the process once the condition holds. */
export const untilProcess = (
  manager: StartedManager,
  key: string,
  what: string,
  holds: (process: ProcessView) => boolean,
): Promise<ProcessView> =>
  until(`${key} ${what}`, 30_000, async () => {
    const { processes } = await manager.get<{ processes: ProcessView[] }>('/api/processes');
    return processes.find((process) => process.key === key && holds(process)) ?? null;
  });
