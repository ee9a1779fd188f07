/** What FailureHandler did. Source: API_PROCGUARD section 1, GET /api/recovery. */
import { ask } from './ask';

export interface Recovery {
  readonly worker_id: string;
  readonly stage: string;
  /** Seconds; null = still going on. */
  readonly duration: number | null;
  readonly success: boolean | null;
  readonly error: string | null;
}
export interface Recoveries {
  readonly stats: {
    readonly total_recoveries: number;
    readonly successful_recoveries: number;
    readonly failed_recoveries: number;
    /** 0..1 */
    readonly success_rate: number;
  };
  readonly history: readonly Recovery[];
}
export const readRecoveries = (): Promise<Recoveries> => ask('recovery');
