/**
 * FailureHandler: what to do about what was found, within limits.
 *
 * Restarts of one process belong to its launcher (they work through a network cut); here they are only told as
 * recoveries. What one launcher cannot handle is decided here: a lost worker, a zombie, a failed health check, a
 * breached threshold, one failure that is to stop all. Every own attempt counts against `max_recovery_attempts` inside
 * `recovery_timeout`; a spent budget is said once and ends in `failed`.
 *
 * It reacts to facts and is asked after each one is applied.
 */
import { processKey, type ProcessName, type RunId, type WorkerId } from '../../../protocol/ids';
import type { Effect } from '../commands';
import type { Fact } from '../facts';
import {
  isMain,
  processesOf,
  type Finding,
  type Model,
  type Process,
  type Recovery,
  type RecoveryStage,
} from '../model';
import { issue } from '../processes/issue';
import type { CoreSettings } from '../settings';
import { idleTarget } from './reassignment';

export interface Reaction {
  readonly facts: Fact[];
  readonly effects: Effect[];
}

const BY = 'FailureHandler';

export function react(model: Model, fact: Fact, settings: CoreSettings, nowMs: number): Reaction {
  const reaction: Reaction = { facts: [], effects: [] };
  switch (fact.kind) {
    case 'process.reported':
      reactToReport(model, fact, settings, nowMs, reaction);
      break;
    case 'worker.presence':
      if (fact.presence.kind === 'lost' && settings.recovery.enabled && settings.recovery.reassign)
        reassign(model, fact.id, nowMs, reaction);
      break;
    case 'finding.raised':
      if (settings.recovery.enabled && calls(fact.finding, settings))
        restartFor(model, fact.subject, fact.finding, settings, nowMs, reaction);
      break;
    case 'command.done':
      for (const recovery of model.recoveries.values())
        if (recovery.command === fact.command.id && recovery.endedAtMs === null)
          reaction.facts.push(
            fact.result.ok
              ? ended(recovery, 'completed', nowMs)
              : ended(recovery, 'failed', nowMs, fact.result.message),
          );
      break;
    default:
      break;
  }
  return reaction;
}

/** The launcher's own restarts, told as recoveries; and the one failure that is to stop all others. */
function reactToReport(
  model: Model,
  fact: Extract<Fact, { kind: 'process.reported' }>,
  settings: CoreSettings,
  nowMs: number,
  reaction: Reaction,
): void {
  const { state } = fact.report;
  const process = model.processes.get(fact.key);
  if (process === undefined || state.kind === fact.was) return;
  const open = openRecovery(model, process);
  if (state.kind === 'backoff' && open === null)
    reaction.facts.push(began(model, process, state.why, 'restarting', nowMs));
  if (open !== null && open.command === null) {
    if (state.kind === 'running') reaction.facts.push(ended(open, 'completed', nowMs));
    if (state.kind === 'stopped' || state.kind === 'exited')
      reaction.facts.push(ended(open, 'failed', nowMs, `it is ${state.kind} now: ${state.why}`));
    if (state.kind === 'failed') reaction.facts.push(ended(open, 'failed', nowMs, state.why));
  }
  if (state.kind !== 'failed' || fact.was === '') return;
  if (open === null) {
    const recovery = newRecovery(model, process, state.why, 'detected', nowMs);
    reaction.facts.push({
      kind: 'recovery.changed',
      recovery: { ...recovery, stage: 'failed', endedAtMs: nowMs, error: state.why },
    });
  }
  if (settings.recovery.enabled && settings.recovery.stopAllOnFailure) stopAll(model, process, nowMs, reaction);
}

/** Source: seed 002 `stop_all_on_failure`: everything this manager's workers run is stopped. */
function stopAll(model: Model, failed: Process, nowMs: number, reaction: Reaction): void {
  for (const process of model.processes.values()) {
    if (process.key === failed.key || process.desired === 'stopped') continue;
    reaction.facts.push({ kind: 'process.desired', key: process.key, desired: 'stopped' });
    const { effects } = issue(model, reaction.facts, nowMs, {
      worker: process.worker,
      process: process.name,
      by: BY,
      why: `${failed.key} failed and stop_all_on_failure is set`,
      payload: { kind: 'control', process: process.name, verb: 'stop', onlyRun: null },
    });
    reaction.effects.push(...effects);
  }
}

/** Zombies and failed health checks always call for a restart; thresholds only where the configuration says so. */
function calls(finding: Finding, settings: CoreSettings): boolean {
  if (finding.kind === 'zombie' || finding.kind === 'unhealthy') return true;
  if (finding.kind === 'memory-low' || finding.kind === 'memory-high') return settings.memory.action === 'restart';
  return settings.cpu.action === 'restart';
}

/** A machine under pressure has its hungriest process restarted; a process's own finding restarts that process. */
function restartFor(
  model: Model,
  subject: string,
  finding: Finding,
  settings: CoreSettings,
  nowMs: number,
  reaction: Reaction,
): void {
  const process = model.processes.get(subject as Process['key']) ?? hungriest(model, subject as WorkerId);
  if (process === undefined || process.desired === 'stopped' || openRecovery(model, process) !== null) return;
  if (process.actual.via === 'launcher' && livingRun(process) === null) return;
  const { maxAttempts, windowMs } = settings.recovery;
  const attempts = [...model.recoveries.values()].filter(
    (recovery) => recovery.command !== null && isOf(recovery, process) && recovery.beganAtMs > nowMs - windowMs,
  ).length;
  const recovery = newRecovery(model, process, finding.message, 'restarting', nowMs);
  if (attempts >= maxAttempts) {
    const error = `${attempts} recoveries in the last ${windowMs / 1000} s is the limit (max_recovery_attempts)`;
    reaction.facts.push({
      kind: 'recovery.changed',
      recovery: { ...recovery, stage: 'failed', endedAtMs: nowMs, error },
    });
    return;
  }
  const { command, effects } = issue(model, reaction.facts, nowMs, {
    worker: process.worker,
    process: process.name,
    by: BY,
    why: finding.message,
    payload: { kind: 'control', process: process.name, verb: 'restart', onlyRun: livingRun(process) },
  });
  reaction.facts.push({ kind: 'recovery.changed', recovery: { ...recovery, command: command.id } });
  reaction.effects.push(...effects);
}

/**
 * Source: seed 002 `task_reassignment`. The lost worker's main process starts on an idle worker that allows it by
 * label. The old one is marked superseded in the same turn: when its worker returns, that is stopped before anything
 * else, and until then nobody believes it.
 */
function reassign(model: Model, lost: WorkerId, nowMs: number, reaction: Reaction): void {
  const process = processesOf(model, lost).find(isMain);
  if (process?.spec == null || process.desired !== 'running' || process.supersededBy !== null) return;
  const finding = `worker ${lost} is lost`;
  const recovery = newRecovery(model, process, finding, 'reassigning', nowMs);
  const target = idleTarget(model, process);
  if (target === null) {
    const error = 'no idle worker allows it; one would carry the label accept-reassigned=true, or a glob of worker ids';
    reaction.facts.push({
      kind: 'recovery.changed',
      recovery: { ...recovery, stage: 'failed', endedAtMs: nowMs, error },
    });
    return;
  }
  reaction.facts.push({ kind: 'process.superseded', key: process.key, by: processKey(target.id, process.name) });
  const { command, effects } = issue(model, reaction.facts, nowMs, {
    worker: target.id,
    process: process.name,
    by: BY,
    why: finding,
    payload: { kind: 'define', spec: process.spec, start: true },
  });
  reaction.facts.push({ kind: 'recovery.changed', recovery: { ...recovery, command: command.id } });
  reaction.effects.push(...effects);
}

function hungriest(model: Model, worker: WorkerId): Process | undefined {
  const usage = model.contacts.get(worker)?.usage;
  const rss = (name: ProcessName) => usage?.get(name)?.rssBytes ?? 0;
  return processesOf(model, worker)
    .filter(({ actual }) => actual.via === 'launcher' && actual.report.state.kind === 'running')
    .sort((a, b) => rss(b.name) - rss(a.name))[0];
}

/** The run that the finding is about; null = nothing runs, or a plain client's, which is not known. */
const livingRun = ({ actual }: Process): RunId | null =>
  actual.via === 'launcher' && 'run' in actual.report.state ? actual.report.state.run : null;

const isOf = (recovery: Recovery, process: Process): boolean =>
  recovery.worker === process.worker && recovery.process === process.name;

const openRecovery = (model: Model, process: Process): Recovery | null =>
  [...model.recoveries.values()].find((recovery) => recovery.endedAtMs === null && isOf(recovery, process)) ?? null;

const newRecovery = (
  model: Model,
  process: Process,
  finding: string,
  stage: RecoveryStage,
  nowMs: number,
): Recovery => ({
  id: `${nowMs}-${model.recoveries.size}-${process.key}`,
  worker: process.worker,
  process: process.name,
  finding,
  stage,
  beganAtMs: nowMs,
  endedAtMs: null,
  error: null,
  command: null,
});

const began = (model: Model, process: Process, finding: string, stage: RecoveryStage, nowMs: number): Fact => ({
  kind: 'recovery.changed',
  recovery: newRecovery(model, process, finding, stage, nowMs),
});

const ended = (
  recovery: Recovery,
  stage: 'completed' | 'failed',
  nowMs: number,
  error: string | null = null,
): Fact => ({
  kind: 'recovery.changed',
  recovery: { ...recovery, stage, endedAtMs: nowMs, error },
});
