/** The model as people see it: one row per worker, one per process. What cannot be known is said to be unknown. */
import { describeExit } from '../../protocol/exit';
import { runBornAtMs, type WorkerId } from '../../protocol/ids';
import type { ProcessView, ShownProcessState, WorkerState, WorkerView } from '../../protocol/views';
import { disabledAsToldLast } from './processes/disabled';
import { workerGpus, workerJobs } from './jobs/worker-jobs';
import { isAlive, isMain, type Finding, type Model, type Process, type Worker } from './model';
import { isNote, isTrouble } from './monitor/weight';
import { outdatedNote } from './processes/outdated';

export function workerView(model: Model, worker: Worker): WorkerView {
  const contact = model.contacts.get(worker.id);
  const { state, why } = workerState(model, worker);
  return {
    worker_id: worker.id,
    type: worker.type,
    state,
    why,
    hostname: worker.hostname,
    labels: worker.labels,
    version: worker.version,
    registered_at_ms: worker.registeredAtMs,
    last_contact_ms:
      worker.presence.kind === 'lost'
        ? worker.presence.lastContactMs
        : (contact?.lastContactMs ?? worker.registeredAtMs),
    machine: contact?.machine ?? null,
    slots: worker.slots,
    slots_held: contact?.slotsHeld ?? 0,
    jobs: workerJobs(model, worker),
    gpus: workerGpus(model, worker),
    findings: messages(model, worker.id, isTrouble),
  };
}

export function workerState(model: Model, worker: Worker): { state: WorkerState; why: string } {
  switch (worker.presence.kind) {
    case 'connecting':
      return { state: 'connecting', why: 'registered; its link is not open yet' };
    case 'stale':
      return { state: 'stale', why: 'silent for half of its timeout' };
    case 'lost':
      return { state: 'offline', why: 'lost: silent for its whole timeout; what it runs is unknown and left alone' };
    case 'present': {
      if (worker.isDraining) return { state: 'draining', why: 'an operator drains it: it takes nothing new' };
      if (worker.type === 'sse' && model.contacts.get(worker.id)?.connection == null)
        return { state: 'connecting', why: 'registered; its stream is not open' };
      const running = [...model.processes.of(worker.id)].filter(isAlive).length;
      const jobs = model.jobs.countOn(worker.id);
      const own = model.contacts.get(worker.id)?.slotsHeld ?? 0;
      if (running + jobs + own === 0) return { state: 'idle', why: 'nothing runs' };
      const told = [
        ...(running === 0 ? [] : [`${running} running`]),
        ...(jobs === 0 ? [] : [jobsText(jobs)]),
        ...(own === 0 ? [] : [`${own} of the machine's own queue`]),
      ];
      return { state: 'busy', why: told.join(', ') };
    }
  }
}

const jobsText = (count: number): string => (count === 1 ? '1 job' : `${count} jobs`);

export function processView(model: Model, process: Process, logBytes: number): ProcessView {
  const worker = model.workers.get(process.worker);
  const isLost = worker?.presence.kind === 'lost';
  const reported = process.actual.via === 'launcher' ? fromLauncher(process) : fromPlain(process);
  const couldBeAlive = !['stopped', 'exited', 'failed'].includes(reported.state);
  const state: ShownProcessState = isLost && couldBeAlive ? 'unknown' : reported.state;
  const launcherReport = process.actual.via === 'launcher' ? process.actual.report : null;
  const shownState = launcherReport?.state;
  const owed = outdatedNote(process);
  const measured =
    reported.state === 'running' ? model.contacts.get(process.worker)?.usage.get(process.name) : undefined;
  return {
    key: process.key,
    worker_id: process.worker,
    process: process.name,
    id: isMain(process) ? process.worker : worker?.type === 'local' ? process.name : process.key,
    ...reported,
    state,
    why: whyOf(process, state, reported),
    desired: process.desired,
    command: process.command,
    working_dir: process.workingDir,
    process_type: process.spec?.type ?? 'default',
    max_restarts: process.spec?.restart.maxRestarts ?? 0,
    cpu: measured?.cpu ?? null,
    rss_bytes: measured?.rssBytes ?? null,
    pss_bytes: measured?.pssBytes ?? null,
    read_bytes_per_second: measured?.readBytesPerSecond ?? null,
    write_bytes_per_second: measured?.writeBytesPerSecond ?? null,
    open_files: measured?.openFiles ?? null,
    gpus: measured?.gpus ?? [],
    disabled: disabledAsToldLast(model, process),
    unenforced: launcherReport?.unenforced ?? [],
    ...(launcherReport?.isolation === undefined ? {} : { isolation: launcherReport.isolation }),
    ready: shownState?.kind === 'running' ? shownState.readyAtMs !== null : null,
    waiting_for: shownState?.kind === 'waiting' ? shownState.on : [],
    version: versionShown(model, process),
    set: process.spec?.set ?? null,
    depends_on: process.spec?.dependsOn ?? {},
    healthy: measured?.healthy ?? null,
    findings: messages(model, process.key, isTrouble),
    notes: [...(owed === null ? [] : [owed]), ...messages(model, process.key, isNote)],
    log_bytes: logBytes,
    last_run:
      process.lastEndedRun === null ? null : { run_id: process.lastEndedRun, output_bytes: process.lastEndedBytes },
    certificate: process.certificate,
  };
}

/** Of the definition that its launcher has; the ones behind it are on their way. */
function versionShown(model: Model, { key, worker, name }: Process): number | null {
  const versions = model.definitions.get(key)?.versions.filter(({ spec }) => spec !== null) ?? [];
  if (versions.length === 0) return null;
  let onTheirWay = 0;
  for (const { message, process } of model.commands.of(worker))
    if (message.kind === 'define' && process === name) onTheirWay += 1;
  return versions.at(-1 - onTheirWay)?.number ?? null;
}

function whyOf(process: Process, state: ShownProcessState, reported: Reported): string {
  if (process.supersededBy !== null) return `superseded: runs as ${process.supersededBy} now; was ${reported.state}`;
  if (state === 'unknown')
    return `worker ${process.worker} is lost; last known: ${reported.state}. It is left alone and shown again when the worker returns`;
  return reported.why;
}

type Reported = Pick<
  ProcessView,
  | 'state'
  | 'why'
  | 'since_ms'
  | 'pid'
  | 'run_id'
  | 'started_at_ms'
  | 'restart_count'
  | 'restarts_counted'
  | 'restart_at_ms'
  | 'exit_code'
  | 'signal'
>;

function fromLauncher(process: Process): Reported {
  if (process.actual.via !== 'launcher') throw new Error(`${process.key} is not a launcher's`);
  const { report } = process.actual;
  const { state } = report;
  const run = 'run' in state ? state.run : null;
  const isLive = state.kind === 'running' || state.kind === 'stopping' || state.kind === 'starting';
  return {
    state: state.kind,
    why: state.why,
    since_ms: state.sinceMs,
    pid: state.kind === 'running' ? state.identity.pid : null,
    run_id: run,
    started_at_ms: isLive && run !== null ? runBornAtMs(run) : null,
    restart_count: report.restarts,
    restarts_counted: report.restartsCounted,
    restart_at_ms: state.kind === 'backoff' ? state.restartAtMs : null,
    exit_code: report.lastExit?.exitCode ?? null,
    signal: report.lastExit?.signal ?? null,
  };
}

function fromPlain(process: Process): Reported {
  if (process.actual.via !== 'plain') throw new Error(`${process.key} is not a plain client's`);
  const { report } = process.actual;
  const state = report.status === 'registered' ? 'stopped' : report.status;
  const exit =
    report.exitCode === null
      ? ''
      : `: ${describeExit({ exitCode: report.exitCode, signal: null, atMs: 0, source: 'record', cause: null })}`;
  return {
    state,
    why: report.status === 'registered' ? 'registered; not yet heard from' : `its worker says ${report.status}${exit}`,
    since_ms: report.sinceMs,
    pid: report.pid,
    run_id: report.run,
    started_at_ms: state === 'running' ? report.sinceMs : null,
    restart_count: report.restarts,
    restarts_counted: report.restarts,
    restart_at_ms: null,
    exit_code: report.exitCode,
    signal: null,
  };
}

const messages = (model: Model, subject: WorkerId | Process['key'], which: (finding: Finding) => boolean): string[] =>
  [...(model.findings.get(subject)?.values() ?? [])].filter(which).map(({ message }) => message);
