/** What went wrong and what was done about it. */
import type { IncidentView, RecoveryView } from '../../../protocol/views';
import { ask } from './ask';

export interface Recoveries {
  readonly stats: {
    readonly total_recoveries: number;
    readonly successful_recoveries: number;
    readonly failed_recoveries: number;
    /** 0..1 */
    readonly success_rate: number;
  };
  /** Newest first. */
  readonly stories: readonly RecoveryView[];
  readonly incidents: readonly IncidentView[];
}
const STORIES_SHOWN = 200;

export const readRecoveries = (signal: AbortSignal): Promise<Recoveries> =>
  ask(`recovery?limit=${STORIES_SHOWN}`, { signal });
