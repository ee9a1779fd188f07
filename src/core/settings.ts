/** What the core's decisions depend on besides the model: the part of the configuration that judges and decides. */

/** One watched quantity. Source: seed 002 `cpu_threshold`, `memory_threshold`. */
export interface Threshold {
  /** A finding when the value stays under this; null = not watched. Fraction. */
  readonly below: number | null;
  /** A finding when the value stays over this; null = not watched. Fraction. */
  readonly above: number | null;
  /** For how long it must stay so. */
  readonly forMs: number;
  readonly action: 'warn' | 'restart';
}

/** How the queue is kept. */
export interface JobSettings {
  /** Waiting for so long, a job goes before all others, and what could run it is kept free for it. */
  readonly starvationMs: number;
  /** `user`, or a label of jobs: among equally urgent ones, whoever has least running is next. */
  readonly fairShareBy: string;
  /** A device on which no more than this is used counts as empty. Bytes. */
  readonly gpuIdleBytes: number;
  /** Silence after which a worker of the SSE protocol is offline, and given up for its job. */
  readonly streamSilenceMs: number;
  /** By scope (jobs/scopes.ts): how many may run at once. They hold before those that people set, and only the file changes them. */
  readonly limits: ReadonlyMap<string, number>;
  /** Jobs that completed or were cancelled: so many are remembered, for so long. */
  readonly kept: number;
  readonly keptMs: number;
  /** Those that failed for good. */
  readonly keptFailed: number;
  readonly keptFailedMs: number;
}
/** Source: API_JOBS 1B (starvation boost 60 min); the others are ours. */
export const JOB_DEFAULTS: JobSettings = {
  starvationMs: 60 * 60_000,
  fairShareBy: 'user',
  gpuIdleBytes: 512 * 2 ** 20,
  streamSilenceMs: 120_000,
  limits: new Map(),
  kept: 10_000,
  keptMs: 7 * 24 * 60 * 60_000,
  keptFailed: 10_000,
  keptFailedMs: 30 * 24 * 60 * 60_000,
};

export interface CoreSettings {
  readonly jobs: JobSettings;
  /** Globs of variables that are secret in every definition given from here, beside those whose names say so. */
  readonly secretNames: readonly string[];
  /** Silence after which a worker is lost; half of it: stale. */
  readonly heartbeatTimeoutMs: number;
  /** How often launchers sample usage and beat. */
  readonly samplingIntervalMs: number;
  readonly zombieDetection: boolean;
  /** Of a running process: cores used by its tree. */
  readonly cpu: Threshold;
  /** Of a machine: fraction of memory that is free. */
  readonly memory: Threshold;
  /** A crash loop: counted restarts at this fraction of the process's own budget. */
  readonly crashLoopShare: number;
  readonly recovery: {
    readonly enabled: boolean;
    /** Attempts of one kind for one process inside the window. */
    readonly maxAttempts: number;
    readonly windowMs: number;
    /** One process failed for good: stop all others. */
    readonly stopAllOnFailure: boolean;
    /** A lost worker's main process starts on an idle worker that allows it by label. */
    readonly reassign: boolean;
    readonly brake: {
      /** So many different processes and workers failed within `windowMs`... */
      readonly failures: number;
      /** ...and they are this fraction of the running processes, or of the workers: one incident. */
      readonly share: number;
      readonly windowMs: number;
      /** Without a new failure for this long it is over. */
      readonly holdMs: number;
      /** Recoveries that were held back and are under way at once after it. */
      readonly releaseAtOnce: number;
    };
  };
}

/** The pace a worker is asked to beat at: as it wished, but often enough to be judged in time. */
export const paceMs = (settings: CoreSettings, wishedMs: number): number =>
  Math.max(50, Math.min(wishedMs, settings.samplingIntervalMs, settings.heartbeatTimeoutMs / 4));
