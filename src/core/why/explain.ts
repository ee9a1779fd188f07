/**
 * `explain`: why a process or a worker is as it is, by which evidence, what lies behind it, and what happens next.
 *
 * Composed from what is there: the model, and the newest events of the timeline, which the caller brings because the
 * core reads nothing. Rules: a cause is a fact that somebody told, or it is said to be unknown; every sentence of
 * evidence has the time of its fact; what a person can do is a command line.
 */
import { Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import type { EventView, Explanation } from '../../../protocol/views';
import type { Process, Worker } from '../model';
import { findProcess } from '../processes/find';
import { workerView } from '../views';
import { stateOf, type Account, type Look, type ProcessLook } from './account';
import { behind } from './behind';
import { evidenceOf, findingsOf, incidentEvidence, inOrder, storiesOf } from './evidence';
import { processAccount, shownState } from './process-account';
import { workerAccount } from './worker-account';

export type Target =
  { readonly kind: 'process'; readonly process: Process } | { readonly kind: 'worker'; readonly worker: Worker };

/**
 * What a name means: a process as everywhere (find.ts), else a worker. A worker with a process of its own name is the
 * process; `isNode` asks for the worker.
 */
export function targetOf({ model }: Look, name: string, isNode: boolean): Target | Refusal {
  const worker = model.workers.get(name as WorkerId);
  const process = findProcess(model, name, null);
  if (!isNode && !(process instanceof Refusal)) return { kind: 'process', process };
  if (worker !== undefined) return { kind: 'worker', worker };
  return process instanceof Refusal
    ? process
    : new Refusal('unknown_worker', `${name} is a process and no worker; ask without node`);
}

/** @param events of the target, oldest first */
export function explain(look: Look, target: Target, events: readonly EventView[]): Explanation {
  return target.kind === 'process'
    ? explainProcess({ ...look, process: target.process, events })
    : explainWorker(look, target.worker);
}

function explainProcess(look: ProcessLook): Explanation {
  const { model, process } = look;
  const account = processAccount(look);
  const presence = model.workers.get(process.worker)?.presence;
  const { actual } = process;
  const isUnknown = shownState(look) === 'unknown' && presence?.kind === 'lost';
  const reportedMs = actual.via === 'launcher' ? actual.report.state.sinceMs : actual.report.sinceMs;
  return {
    ...wordsOf(account),
    target: process.key,
    state: shownState(look),
    since_ms: isUnknown ? presence.sinceMs : reportedMs,
    behind: account.kind === 'worker-lost' ? workerBehind(look) : behind(look, account.behindIt ?? []),
    evidence: evidenceOf(look, account.evidence ?? []),
    advice: [...(account.advice ?? []), ...usualAdvice(process, shownState(look))],
  };
}

function workerBehind({ process, ...look }: ProcessLook): Explanation['behind'] {
  const worker = look.model.workers.get(process.worker);
  if (worker === undefined) return [];
  const { state } = workerView(look.model, worker);
  return [{ target: worker.id, state, cause: workerAccount(look, worker).cause }];
}

function explainWorker(look: Look, worker: Worker): Explanation {
  const account = workerAccount(look, worker);
  return {
    ...wordsOf(account),
    target: worker.id,
    state: workerView(look.model, worker).state,
    since_ms: worker.presence.sinceMs,
    behind: [],
    evidence: inOrder([
      ...findingsOf(look, worker.id),
      ...storiesOf(look, worker.id),
      ...incidentEvidence(look, worker.id),
      ...(account.evidence ?? []),
    ]),
    advice: [...(account.advice ?? []), `procguard ls node=${worker.id}`],
  };
}

const wordsOf = ({ cause, kind, by, next }: Account) => ({ cause, cause_kind: kind, by, next: next ?? null });

function usualAdvice(process: Process, shown: string): string[] {
  const { key } = process;
  if (shown === 'unknown') return [];
  switch (stateOf(process)) {
    case 'running':
      return [`procguard logs -f ${key}`];
    case 'failed':
    case 'backoff':
      return [`procguard logs ${key}`, `procguard start ${key}`];
    case 'stopped':
    case 'exited':
      return process.supersededBy === null ? [`procguard start ${key}`] : [];
    default:
      return [`procguard events -f --node ${process.worker}`];
  }
}
