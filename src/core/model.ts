/**
 * The manager's whole knowledge, in memory. One engine owns it; `apply` (facts.ts) is the one place where it changes.
 *
 * Durable rows (workers, processes, commands, recoveries, incidents) are mirrored in the ledger. `contacts`, `findings`
 * and `failures` are not: a heartbeat must cost no write, and all are learned again within seconds of a restart.
 */
import { processKey } from '../../protocol/ids';
import type { CommandId, InstanceId, ProcessKey, ProcessName, RunId, WorkerId } from '../../protocol/ids';
import type { CommandToLauncher, Labels, MachineUsage, ProcessUsage } from '../../protocol/link';
import { commandText, type ProcessSpec } from '../../protocol/process-spec';
import type { AttemptId } from '../../protocol/jobs';
import type { Desired, ProcessReport, StopCertificate } from '../../protocol/process-state';
import type { Definition } from './definitions/versions';
import { DependentRows } from './dependent-rows';
import { Jobs } from './jobs/jobs';
import type { DeclaredGpu, DeviceLoad } from './jobs/rows';
import { OwnedRows } from './owned-rows';
import { Schedules } from './schedules/schedules';
import { Repeats } from './trust/repeats';
import { Trust } from './trust/trust';
import type { Asker } from '../../protocol/trust';

/** How surely a worker is there. Unknown is not dead: `stale`, then `lost`, and back again without harm. */
export type Presence =
  /** Registered, not yet heard from. */
  | { readonly kind: 'connecting'; readonly sinceMs: number }
  | { readonly kind: 'present'; readonly sinceMs: number }
  /** Silent for half of its timeout. */
  | { readonly kind: 'stale'; readonly sinceMs: number }
  /** Silent for its timeout: what it runs is unknown. */
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly lastContactMs: number };

/** `claim` and `sse` speak the protocols of seeds 003 and 004: they run jobs, and no processes. */
export type WorkerType = 'remote' | 'local' | 'plain' | 'claim' | 'sse';

/** It runs our launcher: processes can be there, and orders go over its link. */
export const hasLauncher = ({ type }: { readonly type: WorkerType }): boolean => type === 'remote' || type === 'local';

export interface Worker {
  readonly id: WorkerId;
  readonly type: WorkerType;
  readonly hostname: string;
  readonly labels: Labels;
  readonly version: string | null;
  /** The launcher's present life, and the highest of its facts of processes committed here. Null for plain clients. */
  readonly instance: InstanceId | null;
  readonly ackedSeq: number;
  readonly registeredAtMs: number;
  /** How often it said it would beat; bounds how soon silence means something. */
  readonly heartbeatIntervalMs: number;
  readonly presence: Presence;
  /** Finishes what runs and takes nothing new, until an operator says otherwise. */
  readonly isDraining: boolean;
  /** Attempts of jobs that it runs at once. */
  readonly slots: number;
  /** Its devices by its own word; null = they are measured (`Contact.machine`). */
  readonly gpus: readonly DeclaredGpu[] | null;
  /** What its launcher understands, in words of protocol/link.ts. Absent = nothing beyond its protocol. */
  readonly abilities?: readonly string[] | undefined;
  /** It leaves after one job, and is forgotten soon after (seed 004). Absent = it stays. */
  readonly isEphemeral?: boolean;
}

/** What a plain HTTP client says of its one process. Source: seed 002, heartbeat. */
export interface PlainReport {
  readonly status: 'registered' | 'running' | 'stopped' | 'exited' | 'failed';
  readonly pid: number | null;
  readonly restarts: number;
  readonly exitCode: number | null;
  readonly sinceMs: number;
  /** Where its posted log lines go; a new one with each registration. */
  readonly run: RunId;
}

export interface Process {
  readonly key: ProcessKey;
  readonly worker: WorkerId;
  readonly name: ProcessName;
  readonly command: string;
  readonly workingDir: string | null;
  /** Null for a plain client's: it decides by itself. */
  readonly spec: ProcessSpec | null;
  /** What the operator, or its configuration, wants. */
  readonly desired: Desired;
  readonly actual:
    | { readonly via: 'launcher'; readonly report: ProcessReport }
    | { readonly via: 'plain'; readonly report: PlainReport };
  /** How the last stop went, kept over later runs. */
  readonly certificate: StopCertificate | null;
  /** The run whose end was recorded last; a repeat of the same end is not news. */
  readonly lastEndedRun: RunId | null;
  /** How much that run wrote, by its launcher's word; what is stored may still be less. */
  readonly lastEndedBytes: number | null;
  /** Runs elsewhere now: its worker was lost and another took over. Stopped first thing when its worker returns. */
  readonly supersededBy: ProcessKey | null;
  /** The run that was born of an earlier definition, as far as we heard of both; of another run it says nothing. Absent or null = none. */
  readonly outdatedRun?: RunId | null | undefined;
}

export interface Command {
  readonly id: CommandId;
  readonly worker: WorkerId;
  readonly process: ProcessName;
  readonly message: CommandToLauncher;
  readonly issuedAtMs: number;
  /** Who asked; its end is audited as theirs. */
  readonly asker: Asker;
  /** Rises with each command of the fleet: delivery order. */
  readonly order: number;
}

/** Source: seed 002's recovery stages. */
export type RecoveryStage = 'detected' | 'stopping' | 'reassigning' | 'restarting' | 'completed' | 'failed';

/** What went wrong. `crash-loop`: restarts that use up their budget. `breach`: a threshold or a limit of memory or CPU. */
export type RecoveryKind =
  'crash' | 'crash-loop' | 'worker-lost' | 'zombie' | 'silence' | 'unhealthy' | 'breach' | 'stop-all';

/** A story: found, decided, did, result. The first three are a sentence each from the beginning on. */
export interface Recovery {
  readonly id: string;
  readonly worker: WorkerId;
  /** Null = it is about the worker itself. */
  readonly process: ProcessName | null;
  readonly kind: RecoveryKind;
  readonly stage: RecoveryStage;
  readonly found: string;
  readonly decided: string;
  readonly did: string;
  /** Null = not yet. */
  readonly result: string | null;
  readonly beganAtMs: number;
  readonly endedAtMs: number | null;
  /** Of its kind inside the window, this one included, and how many are allowed. */
  readonly attempt: number;
  readonly attemptsMax: number;
  /** Who acts; null = nobody: left alone, held back, or refused by a spent budget or by a rule of the machine. */
  readonly actor: 'launcher' | 'FailureHandler' | null;
  /** Commands whose results end it, those not yet done. */
  readonly waitsFor: readonly CommandId[];
  /** What went wrong with those that are done, a sentence each. */
  readonly mishaps: readonly string[];
  /** Until when it counts against the budget; null = it is no attempt of FailureHandler's. */
  readonly countsUntilMs: number | null;
  /** The finding it answers; null = it answers a fact. */
  readonly trigger: { readonly subject: string; readonly finding: Finding['kind'] } | null;
  /** Held back by the brake: acted on when that is let go, if it is still so. */
  readonly isHeld: boolean;
  /** The incident it is part of; null = it stands alone. */
  readonly incident: string | null;
}

/** Many failures at once, told as one. FailureHandler holds back while it goes on. */
export interface Incident {
  readonly id: string;
  readonly beganAtMs: number;
  /** Null = it goes on. */
  readonly endedAtMs: number | null;
  readonly why: string;
  /** Keys of processes and ids of workers that failed in it. */
  readonly subjects: readonly string[];
  /** When the brake is let go if nothing more fails. */
  readonly releaseAtMs: number;
}

/** What is known of a worker right now and is never written down. */
export interface Contact {
  lastContactMs: number;
  /**
   * The highest of its launcher's facts committed here, those of attempts alone included, which may be told twice without harm:
   * a row of the worker for each of them would cost as much as the rest of a short job. See `Worker.ackedSeq`.
   */
  ackedSeq: number;
  /** The open link, if any. */
  connection: string | null;
  /** True once this connection has synced: commands may flow. */
  synced: boolean;
  /** Facts up to this one are older than the table it synced; 0 = it did not say. */
  tableSeq: number;
  /** Processes that an older fact has moved back since: what followed is told in order (processes/overtaken.ts). */
  readonly movedBack: Set<ProcessKey>;
  machine: MachineUsage | null;
  /** When its devices were looked at; 0 = never. */
  devicesSeenAtMs: number;
  usage: Map<ProcessName, ProcessUsage>;
  /** Of a worker that tells its devices itself (seed 004); null = it said nothing of it. */
  deviceLoad: DeviceLoad | null;
  /** Of its slots, by its machine's own queue. */
  slotsHeld: number;
  /** The last request for jobs of a worker that claims: a repeat is answered alike. */
  lastClaim: { readonly requestId: string; readonly attempts: readonly AttemptId[] } | null;
  /** It gave a job up unasked, as one does that is being shut down, and has not been heard since. */
  isLeaving: boolean;
  /** What this connection was told of processes elsewhere, as JSON by key: only news travels (standings.ts). */
  readonly standingsTold: Map<string, string>;
}

export interface Finding {
  readonly kind:
    'idle' | 'busy' | 'memory-low' | 'memory-high' | 'disk-full' | 'zombie' | 'unhealthy' | 'silence' | 'crash-loop';
  readonly message: string;
  readonly sinceMs: number;
}

export interface Postponed {
  readonly subject: string;
  readonly finding: Finding['kind'];
  readonly untilMs: number;
}

export interface Model {
  /** Users, tokens, workers' credentials. */
  readonly trust: Trust;
  readonly jobs: Jobs;
  readonly schedules: Schedules;
  readonly workers: Map<WorkerId, Worker>;
  readonly processes: DependentRows<ProcessKey, Process>;
  /** Of the processes that the manager gave, also of removed ones. */
  readonly definitions: Map<ProcessKey, Definition>;
  /** Not yet done, in order of issue. */
  readonly commands: OwnedRows<CommandId, Command>;
  /** Newest last, bounded. */
  readonly recoveries: OwnedRows<string, Recovery>;
  readonly recoveryTotals: { completed: number; failed: number };
  /** Newest last, bounded; at most one goes on. */
  readonly incidents: Map<string, Incident>;
  /** By process key or worker id: when it failed last. Oldest first, as far back as the brake looks. */
  readonly failures: Map<string, number>;
  /** By subject and kind: findings that a spent budget left unanswered, and when they are looked at again. */
  readonly postponed: Map<string, Postponed>;
  readonly contacts: Map<WorkerId, Contact>;
  /** What the audit was told of lately. */
  readonly refusals: Repeats;
  /** By `worker` or `worker/process`, then by kind. */
  readonly findings: Map<string, Map<Finding['kind'], Finding>>;
  /** By `worker` or `worker/process` and kind: since when a threshold has been crossed, before it is a finding. */
  readonly crossings: Map<string, number>;
  /** Last number given to a command (its id and its place in the order), a recovery or an incident; to an event. Only rise. */
  commandOrder: number;
  eventSeq: number;
  /** Last number given to a change of definitions; only rises. */
  definitionChanges: number;
}

export const emptyModel = (): Model => ({
  trust: new Trust(),
  jobs: new Jobs(),
  schedules: new Schedules(),
  workers: new Map(),
  processes: new DependentRows(),
  definitions: new Map(),
  commands: new OwnedRows(),
  recoveries: new OwnedRows(),
  recoveryTotals: { completed: 0, failed: 0 },
  incidents: new Map(),
  failures: new Map(),
  postponed: new Map(),
  contacts: new Map(),
  refusals: new Repeats(),
  findings: new Map(),
  crossings: new Map(),
  commandOrder: 0,
  eventSeq: 0,
  definitionChanges: 0,
});

/** A launcher's process at its first word. */
export const newProcess = (worker: WorkerId, spec: ProcessSpec, report: ProcessReport): Process => ({
  key: processKey(worker, spec.name),
  worker,
  name: spec.name,
  command: commandText(spec.command),
  workingDir: spec.workingDir,
  spec,
  desired: report.desired,
  actual: { via: 'launcher', report },
  certificate: null,
  lastEndedRun: null,
  lastEndedBytes: null,
  supersededBy: null,
});

/** All processes of a worker, the main one (named as the worker) first. */
export function processesOf(model: Model, worker: WorkerId): Process[] {
  return [...model.processes.of(worker)].sort(
    (a, b) => Number(isMain(b)) - Number(isMain(a)) || a.name.localeCompare(b.name),
  );
}

export const isMain = (process: Process): boolean => (process.name as string) === (process.worker as string);

/** Something of it runs, as far as is known. */
export function isAlive({ actual }: Process): boolean {
  const state = actual.via === 'launcher' ? actual.report.state.kind : actual.report.status;
  return state === 'starting' || state === 'running' || state === 'stopping';
}

/** The run that there is; null = none, or a plain client's, which is not known. */
export const livingRun = ({ actual }: Process): RunId | null =>
  actual.via === 'launcher' && 'run' in actual.report.state ? actual.report.state.run : null;

export const contactOf = (model: Model, worker: WorkerId, nowMs: number): Contact => {
  let contact = model.contacts.get(worker);
  if (contact === undefined) {
    contact = {
      lastContactMs: nowMs,
      ackedSeq: 0,
      connection: null,
      synced: false,
      tableSeq: 0,
      movedBack: new Set(),
      machine: null,
      devicesSeenAtMs: 0,
      usage: new Map(),
      deviceLoad: null,
      slotsHeld: 0,
      lastClaim: null,
      isLeaving: false,
      standingsTold: new Map(),
    };
    model.contacts.set(worker, contact);
  }
  return contact;
};
