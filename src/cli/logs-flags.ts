/** The flags of `procguard logs`, for processes and for jobs. */
export const LINES_DEFAULT = 200;

export interface LogsFlags {
  readonly follow?: boolean;
  /** Default: 200, and with --grep all. */
  readonly lines?: number;
  readonly stderr?: boolean;
  readonly since?: string;
  readonly grep?: string;
  readonly run?: string;
  readonly previous?: boolean;
  readonly timestamps?: boolean;
}
