/** A launcher with shims that wait: some jobs have run on it. */
import { startLauncher, type StartedLauncher } from '../../harness/launcher';
import type { World } from '../../harness/world';
import type { TinyManager } from '../tiny-manager';
import { connected, ended, forgetWord, runWord } from './job-words';

export interface Warm {
  readonly manager: TinyManager;
  readonly launcher: StartedLauncher;
}

export async function warmLauncher(world: World, manager: TinyManager, slots: number): Promise<Warm> {
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--slots', String(slots)] });
  await connected(manager);
  for (const job of ['first', 'second']) {
    manager.job(runWord(job, 'true', { isNew: true }));
    await ended(manager, job);
    manager.job(forgetWord(job));
  }
  return { manager, launcher };
}
