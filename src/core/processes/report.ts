/** What launchers say happened, turned into the manager's facts. */
import { Refusal } from '../../../protocol/errors';
import { processKey, type ProcessKey, type ProcessName } from '../../../protocol/ids';
import type { SequencedFact } from '../../../protocol/link';
import type { ProcessStateKind } from '../../../protocol/process-state';
import type { CommandOf, Decision } from '../commands';
import type { Fact } from '../facts';
import type { AttemptId } from '../../../protocol/jobs';
import { heardOverLink } from '../fleet/liveness';
import { AttemptsTold } from '../jobs/told';
import { contactOf, type Model, type Worker } from '../model';
import type { CoreSettings } from '../settings';
import { Newcomers } from './newcomers';
import { isOvertaken } from './overtaken';
import { refused } from '../refused';

/**
 * Facts already committed (by sequence number) are acknowledged again and change nothing. A process that nobody defined
 * cannot be made up from here: the launcher is asked for its whole table instead.
 */
export function launcherFacts(
  model: Model,
  { worker: id, instance, facts: told, heardAtMs }: CommandOf<'launcherFacts'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'launcherFacts'> {
  const worker = model.workers.get(id);
  if (worker === undefined || worker.instance !== instance)
    return refused(new Refusal('unknown_worker', `worker ${id} is not registered here; register first`));
  const contact = contactOf(model, id, nowMs);
  contact.lastContactMs = nowMs;
  const { facts, effects } = heardOverLink(model, worker, nowMs);
  const newcomers = new Newcomers(model, worker);
  // One message may hold a whole crash and restart: what a process was is what the fact before said, not the model.
  const kinds = new Map<ProcessKey, ProcessStateKind>();
  const attempts = new AttemptsTold(model, worker, nowMs, heardAtMs);
  let seq = Math.max(worker.ackedSeq, contact.ackedSeq);
  const news = { ofAttempts: 0, ofProcesses: 0 };
  for (const { seq: number, fact } of told) {
    if (number <= seq) continue;
    seq = number;
    if ('attempt' in fact) {
      const told = attempts.take(fact);
      news.ofAttempts += 1;
      facts.push(...told.facts);
      effects.push(...told.effects);
    } else {
      news.ofProcesses += 1;
      facts.push(...newcomers.definitions(fact), ...translate(model, worker, { seq: number, fact }, kinds));
    }
  }
  if (newcomers.hasStranger) effects.push({ kind: 'askForSync', worker: id });
  contact.ackedSeq = seq;
  if (news.ofProcesses > 0) facts.push({ kind: 'worker.acked', id, seq });
  effects.push({ kind: 'acknowledge', worker: id, seq, mayWait: news.ofAttempts > 0 && news.ofProcesses === 0 });
  return { facts, effects, reply: null };
}

function translate(
  model: Model,
  worker: Worker,
  { seq, fact }: { readonly seq: number; readonly fact: Exclude<SequencedFact['fact'], { attempt: AttemptId }> },
  kinds: Map<ProcessKey, ProcessStateKind>,
): Fact[] {
  const keyOf = (name: ProcessName) => processKey(worker.id, name);
  switch (fact.kind) {
    case 'process.changed': {
      const key = keyOf(fact.report.name as ProcessName);
      const { actual } = model.processes.get(key) ?? {};
      const known = actual?.via === 'launcher' ? actual.report.state : null;
      const contact = model.contacts.get(worker.id);
      if (contact !== undefined && seq <= contact.tableSeq && !contact.movedBack.has(key)) {
        if (known !== null && isOvertaken(fact.report.state, known)) return [];
        contact.movedBack.add(key);
      }
      const was = kinds.get(key) ?? known?.kind ?? '';
      kinds.set(key, fact.report.state.kind);
      return [{ kind: 'process.reported', key, report: fact.report, was }];
    }
    case 'process.removed':
      return [{ kind: 'process.removed', key: keyOf(fact.process), why: fact.why }];
    case 'run.started':
      return [{ kind: 'run.started', key: keyOf(fact.process), run: fact.run, pid: fact.identity.pid }];
    case 'run.ended': {
      const key = keyOf(fact.process);
      // A launcher that was killed tells again what it does not know to be heard. Ends come in the order of births.
      const recorded = model.processes.get(key)?.lastEndedRun ?? null;
      if (recorded !== null && fact.run <= recorded) return [];
      const { run, exit, outputBytes, certificate } = fact;
      return [{ kind: 'run.ended', key, run, exit, outputBytes, certificate }];
    }
    case 'command.done': {
      const command = model.commands.get(fact.id);
      return command?.worker === worker.id ? [{ kind: 'command.done', command, result: fact.result }] : [];
    }
  }
}
