/**
 * Crash loops: restarts that use up their budget. Found while something can still be done, when the counted restarts
 * reach a share of `max_restarts`, and again when the budget is spent. Over when a life was healthy (the beats tell:
 * process-monitor.ts), or when somebody stops it or starts it anew.
 */
import { span } from '../spans';
import type { Fact } from '../facts';
import type { Finding, Model, Process } from '../model';
import { isSpent } from '../recovery/launchers-own';
import type { CoreSettings } from '../settings';

/** One restart is none yet, however small the budget. */
const RESTARTS_MIN = 2;

export function judgeRestarts(
  model: Model,
  fact: Extract<Fact, { kind: 'process.reported' }>,
  settings: CoreSettings,
  nowMs: number,
): Fact[] {
  const process = model.processes.get(fact.key);
  if (process?.spec == null) return [];
  const { state, restartsCounted } = fact.report;
  const { maxRestarts, windowMs } = process.spec.restart;
  const known = model.findings.get(fact.key)?.get('crash-loop');
  const used = `${restartsCounted} of ${maxRestarts} restarts within ${span(windowMs)} are used`;
  if (isSpent(process, fact.report))
    return fact.was === 'failed' ? [] : [raised(process, known, `crash loop, given up: ${used}`, nowMs)];
  const isLoop = restartsCounted >= Math.max(RESTARTS_MIN, Math.ceil(maxRestarts * settings.crashLoopShare));
  if (state.kind === 'backoff' && isLoop && known === undefined)
    return [raised(process, known, `crash loop: ${used}, then it is given up`, nowMs)];
  const isOver = state.kind === 'stopped' || state.kind === 'exited' || !isLoop;
  return known !== undefined && isOver ? [{ kind: 'finding.cleared', subject: fact.key, finding: known }] : [];
}

const raised = (process: Process, known: Finding | undefined, message: string, nowMs: number): Fact => ({
  kind: 'finding.raised',
  subject: process.key,
  finding: { kind: 'crash-loop', message, sinceMs: known?.sinceMs ?? nowMs },
});
