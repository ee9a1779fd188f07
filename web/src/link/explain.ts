/** Why a process or a worker is as it is. */
import type { Explanation } from '../../../protocol/views';
import { segment } from './address';
import { ask } from './ask';

/** @param target a process's key, or a worker's id */
export const readExplanation = (target: string, signal: AbortSignal): Promise<Explanation> =>
  ask(`explain/${segment(target)}${target.includes('/') ? '' : '?node=1'}`, { signal });
