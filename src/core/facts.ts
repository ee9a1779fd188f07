/**
 * Everything that can have happened, in the past tense, and the one function that changes the model by it.
 *
 * A fact names what it touched so that the engine can write those rows and tell those who listen; nothing else in the
 * program assigns to a row.
 */
import type { InstanceId, ProcessKey, RunId, WorkerId } from '../../protocol/ids';
import { LIMITS } from '../../protocol/limits';
import type { CommandResult } from '../../protocol/link';
import { commandText, type ProcessSpec } from '../../protocol/process-spec';
import type { Desired, ProcessReport, StopCertificate } from '../../protocol/process-state';
import type { Exit } from '../../protocol/exit';
import type { Touched } from './touched';
import { setIncident, setRecovery } from './recovery/remembered';
import { applyTrust } from './trust/apply-trust';
import type { TrustFact } from './trust/words';
import { applyJobs } from './jobs/apply-jobs';
import type { JobFact } from './jobs/words';
import { applySchedules } from './schedules/apply-schedules';
import type { ScheduleFact } from './schedules/words';
import { withVersion, type Change, type Definition } from './definitions/versions';
import type {
  Command,
  Finding,
  Incident,
  Model,
  PlainReport,
  Presence,
  Process,
  Recovery,
  RecoveryStage,
  Worker,
} from './model';
import { outdatedRunAfter } from './processes/outdated';

export type Fact =
  | TrustFact
  | JobFact
  | ScheduleFact
  | { readonly kind: 'worker.registered'; readonly worker: Worker; readonly isNew: boolean }
  | {
      readonly kind: 'worker.linked';
      readonly id: WorkerId;
      readonly instance: InstanceId;
      readonly restarted: boolean;
    }
  | { readonly kind: 'worker.acked'; readonly id: WorkerId; readonly seq: number }
  | {
      readonly kind: 'worker.presence';
      readonly id: WorkerId;
      readonly presence: Presence;
      readonly was: Presence['kind'];
    }
  | { readonly kind: 'worker.draining'; readonly id: WorkerId; readonly isDraining: boolean; readonly by: string }
  | { readonly kind: 'worker.removed'; readonly id: WorkerId; readonly why: string; readonly by: string }
  | { readonly kind: 'process.defined'; readonly process: Process; readonly isNew: boolean }
  /** Its launcher has taken a new definition; how it is did not change by that. */
  | { readonly kind: 'process.redefined'; readonly key: ProcessKey; readonly spec: ProcessSpec }
  | {
      readonly kind: 'process.reported';
      readonly key: ProcessKey;
      readonly report: ProcessReport;
      readonly was: string;
    }
  | {
      readonly kind: 'process.plain-reported';
      readonly key: ProcessKey;
      readonly report: PlainReport;
      readonly was: string;
    }
  | { readonly kind: 'process.desired'; readonly key: ProcessKey; readonly desired: Desired }
  | { readonly kind: 'process.superseded'; readonly key: ProcessKey; readonly by: ProcessKey | null }
  | { readonly kind: 'process.removed'; readonly key: ProcessKey; readonly why: string }
  /** An operator gave, or took back (spec null), what a process is to be; its launcher is told by a command of its own. */
  | {
      readonly kind: 'definition.given';
      readonly key: ProcessKey;
      readonly worker: WorkerId;
      readonly spec: ProcessSpec | null;
      readonly change: Change;
    }
  | { readonly kind: 'run.started'; readonly key: ProcessKey; readonly run: RunId; readonly pid: number }
  | {
      readonly kind: 'run.ended';
      readonly key: ProcessKey;
      readonly run: RunId;
      readonly exit: Exit;
      readonly outputBytes: number;
      readonly certificate: StopCertificate | null;
    }
  | { readonly kind: 'command.issued'; readonly command: Command }
  | { readonly kind: 'command.done'; readonly command: Command; readonly result: CommandResult }
  | { readonly kind: 'finding.raised'; readonly subject: string; readonly finding: Finding }
  | { readonly kind: 'finding.cleared'; readonly subject: string; readonly finding: Finding }
  /** Looked at again at `untilMs`; null = no longer waited for. */
  | {
      readonly kind: 'finding.postponed';
      readonly subject: string;
      readonly finding: Finding['kind'];
      readonly untilMs: number | null;
    }
  /** `was`: its stage before; null = it is new. */
  | { readonly kind: 'recovery.changed'; readonly recovery: Recovery; readonly was: RecoveryStage | null }
  | { readonly kind: 'incident.began'; readonly incident: Incident }
  | { readonly kind: 'incident.grew'; readonly incident: Incident }
  | { readonly kind: 'incident.ended'; readonly incident: Incident };

/** The one place where the model changes. */
export function apply(model: Model, fact: Fact, touched: Touched): void {
  switch (fact.kind) {
    case 'worker.registered':
      return setWorker(model, fact.worker, touched);
    case 'worker.linked':
      return editWorker(model, fact.id, touched, (worker) => ({
        ...worker,
        instance: fact.instance,
        ackedSeq: worker.instance === fact.instance ? worker.ackedSeq : 0,
      }));
    case 'worker.acked':
      return editWorker(model, fact.id, touched, (worker) => ({
        ...worker,
        ackedSeq: Math.max(worker.ackedSeq, fact.seq),
      }));
    case 'worker.presence':
      return editWorker(model, fact.id, touched, (worker) => ({ ...worker, presence: fact.presence }));
    case 'worker.draining':
      return editWorker(model, fact.id, touched, (worker) => ({ ...worker, isDraining: fact.isDraining }));
    case 'worker.removed':
      return removeWorker(model, fact.id, touched);
    case 'user.set':
    case 'token.set':
    case 'account.set':
    case 'applicant.set':
      return applyTrust(model.trust, fact, touched);
    case 'job.submitted':
    case 'job.changed':
    case 'attempt.changed':
    case 'job.forgotten':
    case 'job-limit.set':
      return applyJobs(model.jobs, fact, touched);
    case 'schedule.set':
    case 'schedule.removed':
      return applySchedules(model.schedules, fact, touched);
    case 'process.defined':
      model.processes.set(fact.process.key, fact.process);
      touched.processes.add(fact.process.key);
      return;
    case 'process.redefined':
      return editProcess(model, fact.key, touched, (process) => ({
        ...process,
        spec: fact.spec,
        command: commandText(fact.spec.command),
        workingDir: fact.spec.workingDir,
        outdatedRun: outdatedRunAfter(process, fact.spec),
      }));
    case 'process.reported':
      return editProcess(model, fact.key, touched, (process) => ({
        ...process,
        desired: fact.report.desired,
        actual: { via: 'launcher', report: fact.report },
        certificate: certificateOf(fact.report) ?? process.certificate,
      }));
    case 'process.plain-reported':
      return editProcess(model, fact.key, touched, (process) => ({
        ...process,
        actual: { via: 'plain', report: fact.report },
      }));
    case 'process.desired':
      return editProcess(model, fact.key, touched, (process) => ({ ...process, desired: fact.desired }));
    case 'process.superseded':
      return editProcess(model, fact.key, touched, (process) => ({ ...process, supersededBy: fact.by }));
    case 'process.removed':
      model.processes.delete(fact.key);
      model.findings.delete(fact.key);
      touched.processes.add(fact.key);
      return forgetOldDefinitions(model, touched);
    case 'definition.given':
      model.definitionChanges = Math.max(model.definitionChanges, fact.change.order);
      model.definitions.set(fact.key, withVersion(model.definitions.get(fact.key), fact));
      touched.definitions.add(fact.key);
      return forgetOldDefinitions(model, touched);
    case 'run.started':
      return;
    case 'run.ended':
      return editProcess(model, fact.key, touched, (process) => ({
        ...process,
        lastEndedRun: fact.run,
        lastEndedBytes: fact.outputBytes,
        certificate: fact.certificate ?? process.certificate,
      }));
    case 'command.issued':
      model.commands.set(fact.command.id, fact.command);
      model.commandOrder = Math.max(model.commandOrder, fact.command.order);
      touched.commands.add(fact.command.id);
      return;
    case 'command.done':
      model.commands.delete(fact.command.id);
      touched.commands.add(fact.command.id);
      return;
    case 'finding.raised': {
      const own = model.findings.get(fact.subject) ?? new Map<Finding['kind'], Finding>();
      own.set(fact.finding.kind, fact.finding);
      model.findings.set(fact.subject, own);
      return touchSubject(model, fact.subject, touched);
    }
    case 'finding.cleared':
      model.findings.get(fact.subject)?.delete(fact.finding.kind);
      model.postponed.delete(`${fact.subject} ${fact.finding.kind}`);
      return touchSubject(model, fact.subject, touched);
    case 'finding.postponed': {
      const { subject, finding, untilMs } = fact;
      if (untilMs === null) model.postponed.delete(`${subject} ${finding}`);
      else model.postponed.set(`${subject} ${finding}`, { subject, finding, untilMs });
      return;
    }
    case 'recovery.changed':
      return setRecovery(model, fact.recovery, touched);
    case 'incident.began':
    case 'incident.grew':
    case 'incident.ended':
      return setIncident(model, fact.incident, touched);
  }
}

function setWorker(model: Model, worker: Worker, touched: Touched): void {
  model.workers.set(worker.id, worker);
  touched.workers.add(worker.id);
}

function editWorker(model: Model, id: WorkerId, touched: Touched, edit: (worker: Worker) => Worker): void {
  const worker = model.workers.get(id);
  if (worker !== undefined) setWorker(model, edit(worker), touched);
}

function editProcess(model: Model, key: ProcessKey, touched: Touched, edit: (process: Process) => Process): void {
  const process = model.processes.get(key);
  if (process === undefined) return;
  model.processes.set(key, edit(process));
  touched.processes.add(key);
}

/** The bound is on what has no process any more: removed, or gone with its worker. */
function forgetOldDefinitions(model: Model, touched: Touched): void {
  // Definitions go rarely, so the longest unchanged is found where it is needed and not kept in order.
  if (model.definitions.size - model.processes.size <= LIMITS.removedDefinitionsKept) return;
  const newest = ({ versions }: Definition): number => versions.at(-1)?.change.order ?? 0;
  const gone = [...model.definitions.values()]
    .filter(
      ({ key, worker, versions }) =>
        (versions.at(-1)?.spec === null || !model.workers.has(worker)) && !model.processes.has(key),
    )
    .sort((a, b) => newest(a) - newest(b));
  for (const { key } of gone.slice(0, Math.max(0, gone.length - LIMITS.removedDefinitionsKept))) {
    model.definitions.delete(key);
    touched.definitions.add(key);
  }
}

/** A worker takes its processes, its waiting commands and its findings with it. */
function removeWorker(model: Model, id: WorkerId, touched: Touched): void {
  for (const process of [...model.processes.of(id)]) {
    model.processes.delete(process.key);
    model.findings.delete(process.key);
    touched.processes.add(process.key);
  }
  for (const command of [...model.commands.of(id)]) {
    model.commands.delete(command.id);
    touched.commands.add(command.id);
  }
  model.workers.delete(id);
  model.contacts.delete(id);
  model.findings.delete(id);
  touched.workers.add(id);
}

function touchSubject(model: Model, subject: string, touched: Touched): void {
  if (model.processes.has(subject as ProcessKey)) touched.processes.add(subject as ProcessKey);
  else touched.workers.add(subject as WorkerId);
}

const certificateOf = (report: ProcessReport): StopCertificate | null =>
  report.state.kind === 'stopped' || report.state.kind === 'failed' ? report.state.certificate : null;
