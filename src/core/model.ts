/**
 * The manager's whole knowledge, in memory. One engine owns it; `apply` (facts.ts) is the one place where it changes.
 *
 * Durable rows (workers, processes, commands, recoveries) are mirrored in the ledger. `contacts` and `findings` are
 * not: a heartbeat must cost no write, and both are learned again within seconds of a restart.
 */
import { processKey } from '../../protocol/ids';
import type { CommandId, InstanceId, ProcessKey, ProcessName, RunId, WorkerId } from '../../protocol/ids';
import type { CommandToLauncher, Labels, MachineUsage, ProcessUsage } from '../../protocol/link';
import { commandText, type ProcessSpec } from '../../protocol/process-spec';
import type { Desired, ProcessReport, StopCertificate } from '../../protocol/process-state';
import { OwnedRows } from './owned-rows';

/** How surely a worker is there. Unknown is not dead: `stale`, then `lost`, and back again without harm. */
export type Presence =
  /** Registered, not yet heard from. */
  | { readonly kind: 'connecting'; readonly sinceMs: number }
  | { readonly kind: 'present'; readonly sinceMs: number }
  /** Silent for half of its timeout. */
  | { readonly kind: 'stale'; readonly sinceMs: number }
  /** Silent for its timeout: what it runs is unknown. */
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly lastContactMs: number };

export type WorkerType = 'remote' | 'local' | 'plain';

export interface Worker {
  readonly id: WorkerId;
  readonly type: WorkerType;
  readonly hostname: string;
  readonly labels: Labels;
  readonly version: string | null;
  /** The launcher's present life, and the highest of its facts committed here. Null for plain clients. */
  readonly instance: InstanceId | null;
  readonly ackedSeq: number;
  readonly registeredAtMs: number;
  /** How often it said it would beat; bounds how soon silence means something. */
  readonly heartbeatIntervalMs: number;
  readonly presence: Presence;
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
}

export interface Command {
  readonly id: CommandId;
  readonly worker: WorkerId;
  readonly process: ProcessName;
  readonly message: CommandToLauncher;
  readonly issuedAtMs: number;
  /** Rises with each command of the fleet: delivery order. */
  readonly order: number;
}

/** Source: seed 002's recovery stages. */
export type RecoveryStage = 'detected' | 'stopping' | 'reassigning' | 'restarting' | 'completed' | 'failed';

export interface Recovery {
  readonly id: string;
  readonly worker: WorkerId;
  readonly process: ProcessName | null;
  /** What was found, one sentence. */
  readonly finding: string;
  readonly stage: RecoveryStage;
  readonly beganAtMs: number;
  readonly endedAtMs: number | null;
  readonly error: string | null;
  /** The command whose result ends it; null = the launcher acts by itself. */
  readonly command: CommandId | null;
}

/** What is known of a worker right now and is never written down. */
export interface Contact {
  lastContactMs: number;
  /** The open link, if any. */
  connection: string | null;
  /** True once this connection has synced: commands may flow. */
  synced: boolean;
  machine: MachineUsage | null;
  usage: Map<ProcessName, ProcessUsage>;
}

export interface Finding {
  readonly kind: 'idle' | 'busy' | 'memory-low' | 'memory-high' | 'zombie' | 'unhealthy';
  readonly message: string;
  readonly sinceMs: number;
}

export interface Model {
  readonly workers: Map<WorkerId, Worker>;
  readonly processes: OwnedRows<ProcessKey, Process>;
  /** Not yet done, in order of issue. */
  readonly commands: OwnedRows<CommandId, Command>;
  /** Newest last, bounded. */
  readonly recoveries: Map<string, Recovery>;
  readonly recoveryTotals: { completed: number; failed: number };
  readonly contacts: Map<WorkerId, Contact>;
  /** By `worker` or `worker/process`, then by kind. */
  readonly findings: Map<string, Map<Finding['kind'], Finding>>;
  /** By `worker` or `worker/process` and kind: since when a threshold has been crossed, before it is a finding. */
  readonly crossings: Map<string, number>;
  /** Last number given to a command (its id and its place in the order), last number given to an event. Only rise. */
  commandOrder: number;
  eventSeq: number;
}

export const emptyModel = (): Model => ({
  workers: new Map(),
  processes: new OwnedRows(),
  commands: new OwnedRows(),
  recoveries: new Map(),
  recoveryTotals: { completed: 0, failed: 0 },
  contacts: new Map(),
  findings: new Map(),
  crossings: new Map(),
  commandOrder: 0,
  eventSeq: 0,
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

export const contactOf = (model: Model, worker: WorkerId, nowMs: number): Contact => {
  let contact = model.contacts.get(worker);
  if (contact === undefined) {
    contact = { lastContactMs: nowMs, connection: null, synced: false, machine: null, usage: new Map() };
    model.contacts.set(worker, contact);
  }
  return contact;
};
