/**
 * The names that a worker of SimpleTuner knows for flags of ours (seed 004), taken key by key where ours is not given. (There
 * a variable counted only where both the flag for the address and the one for the token were absent.)
 */
import type { Flag } from './flags';

export interface OtherName {
  readonly flag: string;
  readonly variable: string;
}

export const SIMPLETUNER_NAMES: Partial<Record<Flag, OtherName>> = {
  'manager-url': { flag: 'orchestrator-url', variable: 'SIMPLETUNER_ORCHESTRATOR_URL' },
  token: { flag: 'worker-token', variable: 'SIMPLETUNER_WORKER_TOKEN' },
  'worker-id': { flag: 'name', variable: 'SIMPLETUNER_WORKER_NAME' },
};

/** @param from where a value was found: a flag with its dashes, or a variable */
export const namesTheirs = (flag: Flag, from: string | undefined): boolean => {
  const theirs = SIMPLETUNER_NAMES[flag];
  return theirs !== undefined && (from === `--${theirs.flag}` || from === theirs.variable);
};
