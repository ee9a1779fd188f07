/**
 * The manager's configuration as the program uses it: every number with its unit, every absence a null with a meaning.
 * Names as people write them stand in keys.ts; `@default` is what holds without a word from the user.
 * Source: seed 002 ("完整配置文件") and API_PROCGUARD section 5, except where a key says it is ours.
 */
import { join } from 'node:path';
import type { LogLevel } from '../../protocol/log-level';
import type { CommandLine } from '../../protocol/process-spec';
import type { CurveKeyFiles } from './curve-keys';
import type { ConfigKeys } from './keys';

const MIB = 1024 * 1024;

export interface ManagerConfig {
  readonly logging: {
    /** Quieter lines are dropped. @default INFO */
    readonly level: LogLevel;
    /** Beside stderr; null = stderr alone. @default null */
    readonly file: string | null;
    /** Python's logging format, or `json`. @default "%(asctime)s - %(name)s - %(levelname)s - %(message)s" */
    readonly format: string;
    /** The file is set aside at this size. Ours: `max_size_mb`. @default 20 MiB */
    readonly maxSizeBytes: number;
    /** Older log files kept. Ours. @default 5 */
    readonly backups: number;
  };
  readonly state: {
    /** Where everything durable lives: ledger, output, pid files. Ours. @default data */
    readonly dataDir: string;
    /** The readable snapshot of the state, never its source. @default <dataDir>/procguard_state.yaml */
    readonly stateFile: string;
    /** Whether the snapshot is written. The ledger is kept in any case. @default true */
    readonly autoSave: boolean;
    /** The snapshot is written at most this often. @default 1 s */
    readonly saveIntervalMs: number;
  };
  /** What is kept of output, and how. Ours. What goes first: docs/logs.md. */
  readonly logs: {
    /** Ended runs of a process. @default 10 */
    readonly retainRuns: number;
    /** What the output of one process takes on the disk. @default 2 GiB */
    readonly retainBytesPerProcess: number;
    /** What the output of one worker's processes takes together. @default 20 GiB */
    readonly retainBytesPerWorker: number;
    /** Since its last byte. @default 30 days */
    readonly retainAgeMs: number;
    /** The same for processes and workers that were removed. @default 7 days */
    readonly retainRemovedAgeMs: number;
    /** Space that is left free on the disk of the output; null = 2 % of it, at most 512 MiB. @default null */
    readonly reserveBytes: number | null;
    /** A piece of a run's output of this size is closed and compressed. @default 64 MiB */
    readonly segmentBytes: number;
    /** @default true */
    readonly compress: boolean;
  };
  /** What is kept of the audit. Ours; the age also as seed 004's SIMPLETUNER_AUDIT_RETENTION_DAYS. */
  readonly audit: {
    /** @default 90 days */
    readonly ageMs: number;
    /** The newest. @default 5 million */
    readonly entries: number;
  };
  /** The link beside the built-in ones, which are always there. */
  readonly communication: {
    /** `mock`: none. `zmq`: ZeroMQ (docs/links.md). @default mock */
    readonly adapterType: 'mock' | 'zmq';
    /** Address to listen on. @default 127.0.0.1 */
    readonly host: string;
    /** Control; output is at the next one. @default 5550 */
    readonly portBase: number;
    /** A manager that stops waits so long for its last words to leave. @default 1000 ms */
    readonly timeoutMs: number;
    /** The manager's CURVE keys. Ours. @default null: nothing is encrypted */
    readonly curve: CurveKeyFiles | null;
  };
  /** What ProcessMonitor looks for. */
  readonly monitoring: {
    /** How often health is judged. @default 1 s */
    readonly intervalMs: number;
    /** Silence after which a worker is lost. @default 10 s */
    readonly heartbeatTimeoutMs: number;
    /** Report processes that are dead and unreaped, or whose leader is gone. @default true */
    readonly zombieDetection: boolean;
    /** Of one process, in cores: 0.1 = a tenth of one core, over its whole tree. @default below 0.1, warn */
    readonly cpu: Threshold;
    /** Of a machine, the fraction of its memory that is free: below 0.1 = nearly full. @default below 0.1, warn */
    readonly memory: Threshold;
    /** How long a threshold must be crossed unless it says so itself. Ours. @default 60 s */
    readonly idleAfterMs: number;
    /** A process whose counted restarts reach this fraction of its `max_restarts` is in a crash loop. Ours. @default 0.5 */
    readonly crashLoopShare: number;
  };
  /** What FailureHandler may do about it. */
  readonly recovery: {
    /** @default true */
    readonly enableAutoRecovery: boolean;
    /** One process's failure stops all others. @default false */
    readonly stopAllOnFailure: boolean;
    /** A lost worker's processes are started on another. @default false */
    readonly taskReassignment: boolean;
    /** How long one recovery may take, and the window its attempts are counted in. @default 60 s */
    readonly recoveryTimeoutMs: number;
    /** Recoveries of one process inside that window; one more gives up. @default 3 */
    readonly maxRecoveryAttempts: number;
    /** Many failures at once are one incident, and FailureHandler holds back while it lasts. Ours. */
    readonly brake: BrakeConfig;
  };
  readonly web: {
    /** Whether the dashboard's pages are served; the API that launchers need always is. @default true */
    readonly enabled: boolean;
    /** Address to listen on. @default 0.0.0.0 */
    readonly host: string;
    /** 0 = any free port. @default 5000 */
    readonly port: number;
    /** Further ports of that address, where the same is served: where clients of other systems look for theirs. Ours. @default none */
    readonly alsoListen: readonly number[];
    /** `Host` names answered beside the machine's own. Ours. @default none */
    readonly allowedHosts: readonly string[];
    /** Where launchers reach this manager from outside; null = as the browser does. Ours. @default null */
    readonly publicUrl: string | null;
    /** Null = plain HTTP. Ours (`web.tls`; docs/tls.md). @default null */
    readonly tls: TlsConfig | null;
    /** `none`: whoever reaches the manager may do everything. Ours (docs/security.md). @default required */
    readonly auth: 'required' | 'none';
    /** From its login to its end, however much it is used. Ours. @default 7 days */
    readonly sessionMs: number;
    /** Proxies whose X-Forwarded-For is believed. Ours. @default none */
    readonly trustedProxies: readonly string[];
  };
  /** What is queued. Ours. */
  readonly jobs: {
    /** Where named jobs are: `<name>.yaml`. Relative to where the manager was started. @default configs/jobs */
    readonly templatesDir: string;
    /** Silence after which a worker of SimpleTuner's protocol is offline; also as seed 004's SIMPLETUNER_HEARTBEAT_TIMEOUT. @default 120 s */
    readonly streamTimeoutMs: number;
    /** Waiting for so long, a job goes before all others. @default 1 h */
    readonly starvationMs: number;
    /** `user`, or a label of jobs: who has least running is next among equals. @default user */
    readonly fairShareBy: string;
    /** A device on which no more is used is empty. @default 512 MiB */
    readonly gpuIdleBytes: number;
    /** How many jobs of a scope (`all`, `user:*`, `label:team=nlp`) may run at once. @default none */
    readonly limits: Readonly<Record<string, number>>;
    /** Jobs that completed or were cancelled, and are remembered: so many, for so long. @default 10000, 7 days */
    readonly kept: number;
    readonly keptMs: number;
    /** Those that failed for good. @default 10000, 30 days */
    readonly keptFailed: number;
    readonly keptFailedMs: number;
  };
  readonly security: {
    /** Globs (`*_DSN`) of variables that are secret beside those whose names say so. Ours. @default none */
    readonly secretNames: readonly string[];
  };
  /** Run by the launcher beside the manager (`local`). @default none */
  readonly workers: readonly WorkerConfig[];
}

export interface TlsConfig {
  /** The server's key and certificates in PEM; null = the manager makes its own. @default null */
  readonly files: { readonly keyFile: string; readonly certFile: string } | null;
  /** Who signs clients' certificates, and whether every client must show one; null = none are asked for. @default null */
  readonly clients: { readonly caFile: string; readonly certificates: 'optional' | 'required' } | null;
  /** @default 1.2 */
  readonly minVersion: '1.2' | '1.3';
}

/** When a burst of failures is an incident, and how it is let go. */
export interface BrakeConfig {
  /** At least this many different processes and workers must have failed. @default 5 */
  readonly failures: number;
  /** And at least this fraction of the running processes, or of the workers. @default 0.33 */
  readonly share: number;
  /** Within this time. @default 30 s */
  readonly windowMs: number;
  /** The brake is let go after this long without a new failure. @default 60 s */
  readonly holdMs: number;
  /** Then so many recoveries are under way at once. @default 3 */
  readonly releaseAtOnce: number;
}

/** A plain number in the file is `below`. */
export interface Threshold {
  /** Less than this for `forMs` is a finding; null = no lower bound. */
  readonly below: number | null;
  /** More than this for `forMs` is a finding; null = no upper bound. */
  readonly above: number | null;
  /** @default monitoring.idle_after */
  readonly forMs: number;
  /** `restart`: FailureHandler restarts the process. @default warn */
  readonly action: 'warn' | 'restart';
}

export interface WorkerConfig {
  readonly workerId: string;
  readonly command: CommandLine;
  /** As written: relative to where the manager was started; null = there. @default null */
  readonly workingDir: string | null;
  /** @default none */
  readonly env: Readonly<Record<string, string>>;
  /** Variables whose values are secret, beside those whose names say so. Ours. @default none */
  readonly secrets: readonly string[];
  /** Restarts within ten minutes; one more ends in `failed`. @default 3 */
  readonly maxRestarts: number;
  /** Before the first restart; doubles with each further one. @default 5 s */
  readonly restartDelayMs: number;
  /** Ours. @default on-failure */
  readonly restartPolicy: 'always' | 'on-failure' | 'never';
  /** From SIGTERM to SIGKILL. Ours. @default 10 s */
  readonly stopTimeoutMs: number;
  /** Gets the leader's pid while it runs; null = none. @default null */
  readonly pidFile: string | null;
  /** A free word. @default default */
  readonly workerType: string;
  /** Asked by GET while it runs; null = not asked. @default null */
  readonly healthCheckUrl: string | null;
  /** Start it when it is met for the first time. Ours. @default true */
  readonly autoStart: boolean;
  /** Of the local worker; two entries may not disagree. Ours. @default none */
  readonly labels: Readonly<Record<string, string>>;
}

export function managerConfigOf(keys: ConfigKeys): ManagerConfig {
  const { logging, state, logs, audit, communication, monitoring, recovery, web, security, jobs, workers } = keys;
  const { adapter_config: adapter } = communication;
  const threshold = (written: ConfigKeys['monitoring']['cpu_threshold']): Threshold => ({
    below: written.below,
    above: written.above,
    forMs: ms(written.for ?? monitoring.idle_after),
    action: written.action,
  });
  return {
    logging: {
      level: logging.level,
      file: logging.file,
      format: logging.format,
      maxSizeBytes: logging.max_size_mb * MIB,
      backups: logging.backups,
    },
    state: {
      dataDir: state.data_dir,
      stateFile: state.state_file ?? join(state.data_dir, 'procguard_state.yaml'),
      autoSave: state.auto_save,
      saveIntervalMs: ms(state.save_interval),
    },
    logs: {
      retainRuns: logs.retain_runs,
      retainBytesPerProcess: logs.retain_bytes_per_process,
      retainBytesPerWorker: logs.retain_bytes_per_worker,
      retainAgeMs: ms(logs.retain_age),
      retainRemovedAgeMs: ms(logs.retain_removed_age),
      reserveBytes: logs.reserve,
      segmentBytes: logs.segment_size,
      compress: logs.compress,
    },
    audit: { ageMs: ms(audit.retain_age), entries: audit.retain_entries },
    communication: {
      adapterType: communication.adapter_type,
      host: adapter.host,
      portBase: adapter.port_base,
      timeoutMs: adapter.timeout,
      curve: keyFilesOf(adapter.curve),
    },
    monitoring: {
      intervalMs: ms(monitoring.interval),
      heartbeatTimeoutMs: ms(monitoring.heartbeat_timeout),
      zombieDetection: monitoring.zombie_detection,
      cpu: threshold(monitoring.cpu_threshold),
      memory: threshold(monitoring.memory_threshold),
      idleAfterMs: ms(monitoring.idle_after),
      crashLoopShare: monitoring.crash_loop_share,
    },
    recovery: {
      enableAutoRecovery: recovery.enable_auto_recovery,
      stopAllOnFailure: recovery.stop_all_on_failure,
      taskReassignment: recovery.task_reassignment,
      recoveryTimeoutMs: ms(recovery.recovery_timeout),
      maxRecoveryAttempts: recovery.max_recovery_attempts,
      brake: {
        failures: recovery.brake.failures,
        share: recovery.brake.share,
        windowMs: ms(recovery.brake.window),
        holdMs: ms(recovery.brake.hold),
        releaseAtOnce: recovery.brake.release_at_once,
      },
    },
    web: {
      enabled: web.enabled,
      host: web.host,
      port: web.port,
      alsoListen: web.also_listen,
      allowedHosts: web.allowed_hosts,
      publicUrl: web.public_url,
      tls: tlsOf(web.tls),
      auth: web.auth,
      sessionMs: Math.round(web.session_hours * 3_600_000),
      trustedProxies: web.trusted_proxies,
    },
    jobs: {
      templatesDir: jobs.templates_dir,
      streamTimeoutMs: ms(jobs.stream_timeout),
      starvationMs: ms(jobs.starvation_after),
      fairShareBy: jobs.fair_share_by,
      gpuIdleBytes: jobs.gpu_idle,
      limits: jobs.limits,
      kept: jobs.kept,
      keptMs: ms(jobs.kept_age),
      keptFailed: jobs.kept_failed,
      keptFailedMs: ms(jobs.kept_failed_age),
    },
    security: { secretNames: security.secret_names },
    workers: workers.map((worker) => ({
      workerId: worker.worker_id,
      command: worker.command,
      workingDir: worker.working_dir,
      env: worker.env,
      secrets: worker.secrets,
      maxRestarts: worker.max_restarts,
      restartDelayMs: ms(worker.restart_delay),
      restartPolicy: worker.restart_policy,
      stopTimeoutMs: ms(worker.stop_timeout),
      pidFile: worker.pid_file,
      workerType: worker.worker_type,
      healthCheckUrl: worker.health_check_url,
      autoStart: worker.auto_start,
      labels: worker.labels,
    })),
  };
}

const keyFilesOf = ({
  public_key_file: publicKeyFile,
  secret_key_file: secretKeyFile,
}: ConfigKeys['communication']['adapter_config']['curve']): CurveKeyFiles | null =>
  publicKeyFile === null || secretKeyFile === null ? null : { publicKeyFile, secretKeyFile };

function tlsOf({
  enabled,
  key_file: keyFile,
  cert_file: certFile,
  ...tls
}: ConfigKeys['web']['tls']): TlsConfig | null {
  const files = keyFile === null || certFile === null ? null : { keyFile, certFile };
  if (!(enabled ?? files !== null)) return null;
  const { client_ca_file: caFile, client_cert: certificates, min_version: minVersion } = tls;
  return { files, clients: caFile === null ? null : { caFile, certificates }, minVersion };
}

/** Never 0 for a positive time: a thousandth of a millisecond must not become "at once, for ever". */
const ms = (seconds: number): number => (seconds === 0 ? 0 : Math.max(1, Math.round(seconds * 1000)));
