/** A manager and launchers for a page to show. */
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
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
