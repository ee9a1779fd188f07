/**
 * What may be said to a worker's launcher. One that does not know a word leaves it out unread: what was to be in a container would
 * run bare on its machine. So nothing of it is placed there, defined there, or moved there.
 */
import { Refusal } from '../../../protocol/errors';
import { CONTAINERS } from '../../../protocol/link';
import type { ProcessSpec } from '../../../protocol/process-spec';
import { hasLauncher, type Worker } from '../model';

export const runsContainers = (worker: Worker): boolean => worker.abilities?.includes(CONTAINERS) === true;

/** Of one that does not. A clause. */
export const noContainers = (worker: Worker): string =>
  hasLauncher(worker)
    ? `its launcher (version ${worker.version ?? 'unknown'}) cannot run containers: it is too old, or not installed whole`
    : 'its protocol knows no containers';

/** Null = it may be defined there. @param key for the sentence */
export const containerRefusal = (worker: Worker, spec: ProcessSpec, key: string): Refusal | null =>
  spec.container === undefined || runsContainers(worker)
    ? null
    : new Refusal(
        'bad_request',
        `${key} is to run in a container, and ${noContainers(worker)}; install this manager's version of the launcher on ${worker.id}, or choose another worker`,
      );
