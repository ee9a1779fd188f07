/** What FailureHandler did. Source: API_PROCGUARD section 1, GET /api/recovery. */
import { ask } from './ask';

export interface Recovery {
  readonly worker_id: string;
  /** Null = the whole worker. */
  readonly process: string | null;
  /** `completed` and `failed` are ends; anything else goes on. */
  readonly stage: string;
  /** Seconds; of one that goes on: so far. */
  readonly duration: number;
  readonly success: boolean;
  readonly error: string | null;
  /** What ProcessMonitor found. */
  readonly finding: string;
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
