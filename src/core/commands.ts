/** What the engine can be asked, and what it answers. Imperative; one decider per kind (decide.ts). */
import type { CommandId, InstanceId, ProcessKey, ProcessName, RunId, WorkerId } from '../../protocol/ids';
import type {
  CommandToLauncher,
  JobWord,
  Labels,
  LauncherIdentity,
  SequencedFact,
  StandingsMessage,
  SyncMessage,
  Verb,
} from '../../protocol/link';
import type { ProcessSpec } from '../../protocol/process-spec';
import type { AgentWord } from '../../protocol/simpletuner';
import type { SetDocument } from '../../protocol/process-document';
import type { Refusal } from '../../protocol/errors';
import type { Changed, Rollback } from './definitions/change-words';
import type { Fact } from './facts';
import type { Finding } from './model';
import type { Asker } from '../../protocol/trust';
import type { AccountId, Proof } from './trust/rows';
import type { TrustCommand, TrustReplies } from './trust/words';
import type { JobCommand, JobReplies } from './jobs/words';
import type { ScheduleCommand, ScheduleReplies } from './schedules/words';

/**
 * Whether who asks may change these workers: looked at when it is decided, on the model of that moment, because what a
 * name means, where a process is placed and what a start takes along is known only then. Null = yes.
 */
export type Hold = (workers: Iterable<WorkerId>) => Refusal | null;
/** Absent: the manager asks by itself. */
interface Held {
  readonly by: Asker;
  readonly hold?: Hold | undefined;
}

export type EngineCommand =
  | TrustCommand
  | JobCommand
  | ScheduleCommand
  | {
      readonly kind: 'registerLauncher';
      readonly identity: LauncherIdentity;
      readonly proof: Proof;
      /** For an account, should one be made. */
      readonly newAccount: AccountId;
    }
  | {
      readonly kind: 'registerPlain';
      readonly id: WorkerId;
      readonly command: string;
      readonly workingDir: string | null;
      readonly hostname: string;
      readonly labels: Labels;
      readonly heartbeatIntervalMs: number;
      readonly run: RunId;
      /** Whose token it showed; null = it is let in without: at home, or by a person who may. */
      readonly account: AccountId | null;
      readonly by: Asker;
    }
  | {
      readonly kind: 'openLink';
      readonly identity: LauncherIdentity;
      readonly proof: Proof;
      readonly connection: string;
    }
  | { readonly kind: 'closeLink'; readonly worker: WorkerId; readonly connection: string }
  | { readonly kind: 'sync'; readonly worker: WorkerId; readonly connection: string; readonly message: SyncMessage }
  | {
      readonly kind: 'launcherFacts';
      readonly worker: WorkerId;
      readonly instance: InstanceId;
      readonly facts: readonly SequencedFact[];
      /** When they came; they may be decided a little later. Absent = now. */
      readonly heardAtMs?: number;
    }
  /** Heard from a worker that was not `present`. */
  | { readonly kind: 'heard'; readonly worker: WorkerId }
  | { readonly kind: 'plainHeartbeat'; readonly worker: WorkerId; readonly said: PlainSaid }
  /** A reply that carried a plain client's command did not reach it. */
  | { readonly kind: 'requeue'; readonly command: QueuedForPlain }
  | (Held & {
      readonly kind: 'control';
      /** A worker's id, or a process's own name when it is unique (API_PROCGUARD: /api/workers/<id>/...). */
      readonly id: string;
      readonly process: string | null;
      readonly verb: Verb;
    })
  /** A process from the manager: defined on a launcher's worker (again, when it is known), and started if asked. */
  | (Held & {
      readonly kind: 'defineProcess';
      readonly worker: string;
      readonly spec: ProcessSpec;
      readonly start: boolean;
      /** Refused when the worker has a process of that name. */
      readonly mustBeNew: boolean;
    })
  /** Stopped, verified and forgotten by its launcher. */
  | (Held & { readonly kind: 'forgetProcess'; readonly id: string; readonly process: string })
  /** A document: its processes become as it says, and those of its set that left it go. */
  | (Held & { readonly kind: 'applySet'; readonly document: SetDocument })
  | (Held & { readonly kind: 'rollback'; readonly asked: Rollback })
  /** It is stopped and kept stopped, whatever would start it. */
  | (Held & {
      readonly kind: 'disable';
      readonly id: string;
      readonly process: string | null;
      readonly reason: string;
      /** Null = until somebody enables it. */
      readonly untilMs: number | null;
    })
  | (Held & { readonly kind: 'enable'; readonly id: string; readonly process: string | null })
  | { readonly kind: 'removeWorker'; readonly id: string; readonly by: Asker; readonly why: string }
  | { readonly kind: 'cleanup'; readonly stopped: boolean; readonly all: boolean; readonly by: Asker }
  | { readonly kind: 'judge'; readonly raised: readonly FindingOf[]; readonly cleared: readonly FindingOf[] }
  | { readonly kind: 'tick' }
  /** A figure came that may let a job be placed: a device was seen empty. */
  | { readonly kind: 'match' }
  /** The manager stops: what was counted of refusals is told, although its time is not over. */
  | { readonly kind: 'tellRefusals' };

export interface FindingOf {
  /** `worker` or `worker/process`. */
  readonly subject: string;
  readonly finding: Finding;
}

/** A plain client's word on its process, already parsed. */
export interface PlainSaid {
  readonly status: 'running' | 'stopped' | 'exited' | 'failed' | null;
  readonly pid: number | null | undefined;
  readonly restarts: number | undefined;
  readonly exitCode: number | null | undefined;
}

export interface QueuedForPlain {
  readonly worker: WorkerId;
  readonly process: ProcessName;
  readonly id: CommandId;
  readonly verb: Verb;
  readonly issuedAtMs: number;
  readonly order: number;
}

/** `sent`: on its way over the open link. `queued`: kept for a worker that is away, or that polls. */
export interface ControlReply {
  readonly id: CommandId;
  readonly key: ProcessKey;
  readonly delivery: 'sent' | 'queued';
  readonly note: string;
  /** What else follows from it, for the operator: who was started too, who depends on it; null = nothing. */
  readonly remark: string | null;
}

export interface Replies extends TrustReplies, JobReplies, ScheduleReplies {
  registerLauncher: { readonly paceMs: number };
  registerPlain: { readonly paceMs: number };
  openLink: null;
  closeLink: null;
  sync: { readonly paceMs: number };
  launcherFacts: null;
  heard: null;
  plainHeartbeat: { readonly command: QueuedForPlain | null };
  requeue: null;
  control: ControlReply;
  defineProcess: ControlReply;
  forgetProcess: ControlReply;
  applySet: Changed;
  rollback: Changed;
  disable: ControlReply;
  enable: ControlReply;
  removeWorker: { readonly removed: number };
  cleanup: { readonly removed: number };
  judge: null;
  tick: null;
  match: null;
  tellRefusals: null;
}

/** What is to be done to the world after the facts are safe. */
export type Effect =
  | { readonly kind: 'send'; readonly worker: WorkerId; readonly message: CommandToLauncher }
  /** Of an attempt; made from its rows, and said again after a sync. */
  | { readonly kind: 'job'; readonly worker: WorkerId; readonly word: JobWord }
  /** To a worker of the SSE protocol, over its stream: said again when that opens anew. */
  | { readonly kind: 'tellAgent'; readonly worker: WorkerId; readonly word: AgentWord }
  /** `mayWait`: its launcher has nothing to do on it but to forget what it keeps for a reconnect. */
  | { readonly kind: 'acknowledge'; readonly worker: WorkerId; readonly seq: number; readonly mayWait: boolean }
  /** Only over the present connection: the next one begins with the whole. */
  | { readonly kind: 'standings'; readonly worker: WorkerId; readonly message: StandingsMessage }
  | { readonly kind: 'askForSync'; readonly worker: WorkerId }
  | { readonly kind: 'closeConnection'; readonly connection: string; readonly why: string };

export interface Decision<K extends EngineCommand['kind'] = EngineCommand['kind']> {
  readonly facts: readonly Fact[];
  readonly effects: readonly Effect[];
  readonly reply: Replies[K] | Refusal;
}

export type CommandOf<K extends EngineCommand['kind']> = Extract<EngineCommand, { kind: K }>;
