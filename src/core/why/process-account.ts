/**
 * Why a process is as it is. What lies over its state comes first: that it runs elsewhere, that its worker is lost so
 * nobody can say, that somebody keeps it from running.
 */
import { describeExit } from '../../../protocol/exit';
import type { PlainReport, Worker } from '../model';
import { disabledOf, disabledText } from '../processes/disabled';
import { moment, span } from '../spans';
import { stateOf, type Account, type ProcessLook } from './account';
import { stateAccount } from './state-account';

export function processAccount(look: ProcessLook): Account {
  const { process } = look;
  if (process.supersededBy !== null)
    return {
      kind: 'superseded',
      cause: `its worker ${process.worker} was lost, and it was taken over: it runs as ${process.supersededBy} now`,
      by: 'FailureHandler',
      next: { what: `what may still run on ${process.worker} is stopped first thing when that returns`, at_ms: null },
      behindIt: [process.supersededBy],
      advice: [`procguard explain ${process.supersededBy}`],
    };
  const worker = look.model.workers.get(process.worker);
  if (worker?.presence.kind === 'lost' && isUnknown(look)) return onLostWorker(look, worker);
  return disabledAccount(look) ?? ofReport(look);
}

/** `unknown` where nobody can say, else the launcher's word. */
export const shownState = (look: ProcessLook): string => (isUnknown(look) ? 'unknown' : stateOf(look.process));

/** Its worker is lost and it may have been alive: what was over before stays over. */
function isUnknown({ model, process }: ProcessLook): boolean {
  const isLost = model.workers.get(process.worker)?.presence.kind === 'lost';
  return isLost && !['stopped', 'exited', 'failed'].includes(stateOf(process));
}

function onLostWorker({ process, nowMs }: ProcessLook, { id, presence }: Worker): Account {
  if (presence.kind !== 'lost') throw new Error(`worker ${id} is not lost`);
  const silent = `silent since ${moment(presence.lastContactMs)}, for ${span(nowMs - presence.lastContactMs)}`;
  return {
    kind: 'worker-lost',
    cause: `worker ${id} is lost (${silent}), so nobody can say how it is; it was ${stateOf(process)}`,
    by: `worker ${id}`,
    evidence: [
      { at_ms: presence.lastContactMs, what: `last contact with worker ${id}` },
      { at_ms: presence.sinceMs, what: `worker ${id} was lost: silent for its whole timeout` },
    ],
    next: { what: 'it is left alone, and shown as it is when its worker is heard again', at_ms: null },
    advice: [`procguard explain --node ${id}`],
  };
}

/** Null = it may run; or it runs still, and the word is on its way. */
function disabledAccount({ model, process, nowMs }: ProcessLook): Account | null {
  const disabled = disabledOf(model, process, nowMs);
  if (disabled === null || ['running', 'starting', 'stopping'].includes(stateOf(process))) return null;
  const { sinceMs, untilMs } = disabled;
  const rises = process.desired === 'running' ? ', and starts, as was wanted' : '';
  return {
    kind: 'disabled',
    cause: disabledText(disabled),
    by: disabled.by,
    evidence: [{ at_ms: sinceMs, what: disabledText(disabled) }],
    next: untilMs === null ? null : { what: `it is enabled by itself${rises}`, at_ms: untilMs },
    advice: [`procguard enable ${process.key}`],
  };
}

function ofReport(look: ProcessLook): Account {
  const { actual } = look.process;
  return actual.via === 'launcher'
    ? stateAccount(look, actual.report)
    : plainAccount(actual.report, look.process.worker);
}

/** A plain client says how its process is, and not why. */
function plainAccount({ status, exitCode }: PlainReport, worker: string): Account {
  if (status === 'registered')
    return { kind: 'none', cause: 'its worker has registered and said nothing yet', by: worker };
  const exit =
    exitCode === null ? '' : `, ${describeExit({ exitCode, signal: null, atMs: 0, source: 'record', cause: null })}`;
  return {
    kind: status === 'exited' || status === 'failed' ? 'exit' : 'none',
    cause: `its worker says ${status}${exit}`,
    by: `worker ${worker}`,
  };
}
