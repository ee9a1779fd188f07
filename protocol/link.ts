/**
 * Launcher <-> manager. Registration is one HTTP POST; everything after it runs over one Socket.IO connection
 * (namespace `/launcher`, opened by the launcher) and, for output bytes, over HTTP bodies.
 *
 * Rules:
 * - Facts carry a rising `seq` of the launcher's instance. The manager acknowledges the highest one it has committed
 *   (`acked`), never one by one; where all of them are of attempts, up to a second later. Facts not acknowledged are sent
 *   again after a reconnect; applying one twice is harmless.
 * - A connection begins with `sync`: the whole table, and the facts not yet acknowledged. Its reply says what the
 *   manager has of each run's output; the launcher goes on from there.
 * - Commands carry an id; a launcher that has seen it answers with the result it already gave.
 * - `beat` is one-way. Nothing is written because of one.
 */
import { z } from 'zod';
import { Env, ProcessSpec } from './process-spec';
import { Standing } from './dependencies';
import { CommandId, InstanceId, ProcessName, RunId, WorkerId } from './ids';
import { Desired, ProcessIdentity, ProcessReport, StopCertificate } from './process-state';
import { Exit } from './exit';
import { LIMITS } from './limits';
import { AttemptId, AttemptOutcome, JobId } from './jobs';
import { Moment } from './moment';

export const LINK_NAMESPACE = '/launcher';
/**
 * POST body: bytes. Query: worker, process, run, offset, and `stream=stderr` for the second stream of a split run.
 * Reply: OutputReply. With `gap=<bytes>&reason=<GapReason>` and no body, the range [offset, offset + gap) is declared
 * lost: taken like bytes are, only at the stream's length, so that it counts once however often it is said.
 */
export const OUTPUT_PATH = '/link/v1/output';

/** Beside `Authorization`, on the roads by HTTP: a launcher's own key, where the bearer is a token it was given. */
export const WORKER_KEY_HEADER = 'x-worker-key';

export const Labels = z
  .record(z.string().min(1).max(LIMITS.nameCharsMax), z.string().max(LIMITS.nameCharsMax))
  .refine((labels) => Object.keys(labels).length <= LIMITS.labelsMax, `more than ${LIMITS.labelsMax} labels`);
export type Labels = z.infer<typeof Labels>;

/** An ability: it runs `container` of a definition in a container, and has the program that keeps it. */
export const CONTAINERS = 'containers';

/** What a launcher is, in its registration and again in the handshake of each connection. */
export const LauncherIdentity = z.object({
  worker: WorkerId,
  instance: InstanceId,
  protocol: z.number().int(),
  version: z.string().max(64),
  hostname: z.string().max(256),
  bootId: z.string().max(64),
  pid: z.number().int(),
  /** How the user asked it to beat; the manager may set a faster pace. */
  heartbeatIntervalMs: z.number().int().positive(),
  labels: Labels,
  /** Given to it: `wt_...` minted for this worker, or `jt_...` to join. */
  token: z.string().max(256).nullable(),
  /** Its own, made at its first start and kept in its data directory: `wk_...`. */
  key: z.string().max(256).nullable().default(null),
  /** Attempts of jobs that it runs at once; absent or 0 = it takes none. */
  slots: z.number().int().min(0).max(10_000).optional(),
  /**
   * What it understands that launchers of its protocol did not always. Such words are left out unread by one that does not know
   * them, so they are said to nobody who does not list them. Absent = nothing.
   */
  abilities: z.array(z.string().max(64)).max(64).optional(),
  /** `local`: the launcher beside the manager that runs the config's `workers[]`. */
  kind: z.enum(['remote', 'local']),
});
export type LauncherIdentity = z.infer<typeof LauncherIdentity>;

export const Verb = z.enum(['start', 'stop', 'restart', 'kill']);
export type Verb = z.infer<typeof Verb>;

/** manager -> launcher, event `command`. `by` is who asked; `why` adds a reason and may be empty. */
export const CommandToLauncher = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('control'),
    id: CommandId,
    process: ProcessName,
    verb: Verb,
    /** Only while this run lives: who decided by looking at it must not hit the next one, or wake what is over. */
    onlyRun: RunId.nullable().default(null),
    by: z.string(),
    why: z.string(),
  }),
  /** Take this process over from a lost worker, or define it; then start it. */
  z.object({
    kind: z.literal('define'),
    id: CommandId,
    spec: ProcessSpec,
    start: z.boolean(),
    by: z.string(),
    why: z.string(),
  }),
  /** Stop it and keep it stopped, whatever would start it, until it is enabled or `untilMs` has come. */
  z.object({
    kind: z.literal('disable'),
    id: CommandId,
    process: ProcessName,
    untilMs: Moment.nullable(),
    by: z.string(),
    /** The operator's reason. */
    why: z.string(),
  }),
  /** It may run again, and does if it was wanted when it was disabled. */
  z.object({ kind: z.literal('enable'), id: CommandId, process: ProcessName, by: z.string(), why: z.string() }),
  /** Stop, verify and forget a process that meanwhile runs elsewhere. */
  z.object({ kind: z.literal('supersede'), id: CommandId, process: ProcessName, by: z.string(), why: z.string() }),
]);
export type CommandToLauncher = z.infer<typeof CommandToLauncher>;

/** Run it: the process `job.<attempt>` of role `job`, never restarted. Known already = nothing to do. */
export const RunWord = z.object({
  kind: z.literal('run'),
  attempt: AttemptId,
  job: JobId,
  epoch: z.number().int(),
  spec: ProcessSpec,
  /** Without a renewal for this long it is stopped here: the manager waits a little longer before it gives it away. */
  trustMs: z.number().int().positive(),
  /** From its start; null = no limit. */
  runMs: z.number().int().positive().nullable(),
  /** Without a byte of output; null = no limit. */
  silenceMs: z.number().int().positive().nullable(),
  /** A regular expression over its lines: the first group is a percentage, the second a message. Null = none. */
  progress: z.string().max(LIMITS.searchCharsMax).nullable().default(null),
  /**
   * The newest question (`renew`) or mark (`beat`) of this connection that the manager had heard when it said this: so the
   * word is no older than that, by the launcher's own clock. Absent = none, or a manager that does not count them.
   */
  heard: z.number().int().optional(),
  /** Said for the first time: nothing of it can have begun. Absent = it may have been said before. */
  isNew: z.literal(true).optional(),
});
export type RunWord = z.infer<typeof RunWord>;

/**
 * manager -> launcher, event `job`. A live attempt's own row in the manager is what makes it be told again after a sync, so
 * these carry no command id: each is recognised by its attempt.
 */
export const JobWord = z.discriminatedUnion('kind', [
  RunWord,
  /** Stop it, verify, and report its end as this outcome. Not yet begun = it never begins. */
  z.object({ kind: z.literal('stop'), attempt: AttemptId, outcome: AttemptOutcome, by: z.string(), why: z.string() }),
  /** Its end is recorded, or it is not this worker's any more: what still runs of it is stopped, and its files may go. */
  z.object({ kind: z.literal('forget'), attempt: AttemptId }),
]);
export type JobWord = z.infer<typeof JobWord>;

/**
 * launcher -> manager, event `slots`: so many of its slots are held by the machine's own queue, of which the manager hears nothing
 * else. Said when the number is another one than was said last, here or in a sync.
 */
export const SlotsMessage = z.object({ held: z.number().int().min(0).max(10_000) });
export type SlotsMessage = z.infer<typeof SlotsMessage>;

/** launcher -> manager, event `renew`: these attempts are held. Answered by `renewed` with the same number. */
export const RenewMessage = z.object({ number: z.number().int(), attempts: z.array(AttemptId) });
export type RenewMessage = z.infer<typeof RenewMessage>;
/** manager -> launcher, event `renewed`. Trust counts from when the question was sent. `gone`: not this worker's any more. */
export const RenewedMessage = z.object({ number: z.number().int(), gone: z.array(AttemptId) });
export type RenewedMessage = z.infer<typeof RenewedMessage>;

/**
 * manager -> launcher, event `standings`: how processes of other workers stand on which processes of this one depend.
 * Sent whole after each sync, and an entry at a time when it changed. What was never told is not known, and holds back.
 */
export const StandingsMessage = z.object({ standings: z.record(z.string(), Standing) });
export type StandingsMessage = z.infer<typeof StandingsMessage>;

/** How a command ended. `certificate` comes with stop, restart and kill of something that ran. */
export const CommandResult = z.object({
  ok: z.boolean(),
  /** One sentence: `running, pid 4711`, `already stopped`, `not stopped: 2 processes left`. */
  message: z.string(),
  certificate: StopCertificate.nullable(),
  /** Set where a rule of the machine's owner is against it: asking again changes nothing. */
  refusedBy: z.literal('rule').optional(),
});
export type CommandResult = z.infer<typeof CommandResult>;

export const LauncherFact = z.discriminatedUnion('kind', [
  /** A process's report changed. The only carrier of state; the ones below add what a report does not keep. */
  z.object({ kind: z.literal('process.changed'), report: ProcessReport }),
  z.object({ kind: z.literal('process.removed'), process: ProcessName, why: z.string() }),
  z.object({
    kind: z.literal('run.started'),
    process: ProcessName,
    run: RunId,
    identity: ProcessIdentity,
    command: z.string(),
  }),
  z.object({
    kind: z.literal('run.ended'),
    process: ProcessName,
    run: RunId,
    exit: Exit,
    outputBytes: z.number().int(),
    certificate: StopCertificate.nullable(),
  }),
  z.object({ kind: z.literal('command.done'), id: CommandId, result: CommandResult }),
  z.object({
    kind: z.literal('attempt.started'),
    attempt: AttemptId,
    run: RunId,
    pid: z.number().int(),
    /** What isolation is really in force, in words; empty = none. Told again when it is known better: a container's comes later. */
    isolation: z.array(z.string()).default([]),
    /** What was asked for and is not in force, a sentence each. */
    unenforced: z.array(z.string()).default([]),
  }),
  /** Told until `forget` comes. */
  z.object({
    kind: z.literal('attempt.ended'),
    attempt: AttemptId,
    /** Null = it was never born. */
    run: RunId.nullable(),
    outcome: AttemptOutcome,
    /** A sentence: `exit code 7`, `stopped: preempted by j_9`, `command rejected: ...`. */
    why: z.string(),
    /** It was not born for a reason that may pass (a full disk, no memory): nothing of it ran. Absent = not so, or not known. */
    isHindered: z.literal(true).optional(),
    exit: Exit.nullable(),
    certificate: StopCertificate.nullable(),
    outputBytes: z.number().int(),
  }),
  /** From its log or its own word. */
  z.object({
    kind: z.literal('attempt.progress'),
    attempt: AttemptId,
    /** 0..100; null = not told. */
    percent: z.number().min(0).max(100).nullable(),
    message: z.string().max(LIMITS.reasonCharsMax).nullable(),
  }),
]);
export type LauncherFact = z.infer<typeof LauncherFact>;

export const SequencedFact = z.object({ seq: z.number().int().positive(), atMs: z.number(), fact: LauncherFact });
export type SequencedFact = z.infer<typeof SequencedFact>;

/** launcher -> manager, event `facts`. */
export const FactsMessage = z.object({ facts: z.array(SequencedFact).max(LIMITS.factsPerMessageMax) });
export type FactsMessage = z.infer<typeof FactsMessage>;

/** launcher -> manager, event `sync`, answered by SyncReply. Facts left over follow as `facts` messages. */
export const SyncMessage = z.object({
  processes: z.array(z.object({ spec: ProcessSpec, report: ProcessReport })),
  /** Runs whose output the launcher still holds: the living one and ended ones not yet known to be shipped whole. */
  runs: z.array(z.object({ process: ProcessName, run: RunId })),
  /** Attempts of jobs that it holds, ended ones too until they are forgotten. Their processes are not among `processes`. */
  attempts: z.array(AttemptId).optional(),
  /** Of its slots, by the machine's own queue. Absent = none. */
  slotsHeld: z.number().int().min(0).max(10_000).optional(),
  /** Its newest fact as it says this: that one and all before it are older than this table. Absent = it does not say. */
  newestSeq: z.number().int().min(0).optional(),
});
export type SyncMessage = z.infer<typeof SyncMessage>;
export const SyncReply = z.object({
  /** Bytes of each stream that the manager's log store has, gaps included, by `streamKey`. */
  outputBytes: z.record(z.string(), z.number().int()),
  /** The pace the manager asks for. */
  heartbeatIntervalMs: z.number().int().positive(),
});
export type SyncReply = z.infer<typeof SyncReply>;

/** manager -> launcher, event `acked`: facts up to and including this one are committed. */
export const AckedMessage = z.object({ seq: z.number().int() });
export type AckedMessage = z.infer<typeof AckedMessage>;

/** A device as nvidia-smi tells it. */
export const GpuDevice = z.object({
  index: z.number().int(),
  uuid: z.string(),
  name: z.string(),
  memoryTotalBytes: z.number(),
  memoryUsedBytes: z.number(),
  /** 0..1; null = the device does not tell. */
  utilization: z.number().nullable(),
});
export type GpuDevice = z.infer<typeof GpuDevice>;

/** What one tree holds of a device. */
export const GpuShare = z.object({
  index: z.number().int(),
  memoryBytes: z.number(),
  /** 0..1 of the device by this tree; null = not told. */
  utilization: z.number().nullable(),
});
export type GpuShare = z.infer<typeof GpuShare>;

/** One process's use, measured over its whole tree. */
export const ProcessUsage = z.object({
  name: ProcessName,
  run: RunId,
  /** Fraction of one core since the last sample: 1 = one core busy. */
  cpu: z.number(),
  rssBytes: z.number(),
  /** Shared memory counted once, in shares; null = not measured (it costs too much, or the system has none). */
  pssBytes: z.number().nullable().default(null),
  /** Since the last sample, from and to disks; null = not measured. */
  readBytesPerSecond: z.number().nullable().default(null),
  writeBytesPerSecond: z.number().nullable().default(null),
  /** Descriptors open over the tree; null = not measured. */
  openFiles: z.number().int().nullable().default(null),
  /** Devices its tree uses; empty = none, or none known. */
  gpus: z.array(GpuShare).default([]),
  /** Processes in the tree, the leader included. */
  processes: z.number().int(),
  /** Null = none. `dead-unreaped`: the leader is a zombie. `leader-gone`: descendants live on without it. */
  zombie: z.enum(['dead-unreaped', 'leader-gone']).nullable(),
  /** Null = no check configured, or not yet tried. */
  healthy: z.boolean().nullable(),
  healthError: z.string().nullable(),
  /** Alive probes with `action: warn` that fail now, a sentence each. */
  warnings: z.array(z.string()).default([]),
});
export type ProcessUsage = z.infer<typeof ProcessUsage>;

export const MachineUsage = z.object({
  /** As `uname -s` and `uname -m` say it: Linux, x86_64. Absent from launchers older than jobs. */
  os: z.string().max(64).optional(),
  arch: z.string().max(64).optional(),
  cpus: z.number().int(),
  /** Fraction of the whole machine. */
  cpu: z.number(),
  memoryTotalBytes: z.number(),
  memoryAvailableBytes: z.number(),
  load1: z.number(),
  /** Of the filesystem that holds the launcher's data. Null = not measured. */
  diskTotalBytes: z.number().nullable().default(null),
  diskFreeBytes: z.number().nullable().default(null),
  /** Null = no nvidia-smi, or it does not answer (then `gpuTrouble` says so). */
  gpus: z.array(GpuDevice).nullable().default(null),
  gpuTrouble: z.string().nullable().default(null),
  /** So long before this was told the devices were looked at. Launchers that do not say it are taken to have looked just then. */
  gpusAgeMs: z.number().min(0).default(0),
});
export type MachineUsage = z.infer<typeof MachineUsage>;

/**
 * launcher -> manager, event `beat`. `usage` holds what changed since it was last told, and everything again now and
 * then (a beat may be lost): what is not in it is as it was. `gone`: processes that run no more.
 */
export const Beat = z.object({
  atMs: z.number(),
  machine: MachineUsage.nullable(),
  usage: z.array(ProcessUsage),
  gone: z.array(ProcessName).default([]),
  /** Counted on with the questions of `renew`; told back as `heard` by words to run something. */
  mark: z.number().int().optional(),
});
export type Beat = z.infer<typeof Beat>;

/** Manager's answer to output bytes: 200 with what it now has, or 409 with where to go on from. */
export const OutputReply = z.object({ offset: z.number().int() });
export type OutputReply = z.infer<typeof OutputReply>;

/**
 * POST /api/workers/register. The seed's client sends worker_id, command, working_dir, hostname; ours adds `launcher`.
 */
export const RegisterBody = z.object({
  worker_id: WorkerId,
  command: z.string().max(LIMITS.commandCharsMax).optional(),
  working_dir: z.string().nullish(),
  hostname: z.string().nullish(),
  env: Env.optional(),
  labels: Labels.optional(),
  heartbeat_interval: z.number().positive().optional(),
  launcher: LauncherIdentity.optional(),
  /** It was told that it waits for approval, and has said so: the answer may be held until there is another. */
  may_hold: z.boolean().optional(),
});
export type RegisterBody = z.infer<typeof RegisterBody>;

/** The launcher's share of the reply to a registration. */
export const RegisterReply = z.object({
  success: z.literal(true),
  worker_id: WorkerId,
  /** Seconds, the pace the manager asks for. */
  heartbeat_interval: z.number(),
  /** Seconds of silence after which the worker is lost. */
  heartbeat_timeout: z.number(),
});
export type RegisterReply = z.infer<typeof RegisterReply>;
export { Desired };
