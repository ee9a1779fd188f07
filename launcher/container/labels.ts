/** By what a container of ours is known to its engine, also after everybody who made it is gone. */
import type { RunId } from '../../protocol/ids';

/** Holds the id of the run it is. */
export const RUN_LABEL = 'procguard.run';
export const WORKER_LABEL = 'procguard.worker';
export const PROCESS_LABEL = 'procguard.process';

/** One name, one container: an engine refuses a second of the same run. */
export const containerName = (run: RunId): string => `procguard-${run}`;
