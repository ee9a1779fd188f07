/**
 * start, stop, restart, kill: the operator's wish becomes a command for the launcher that can fulfil it. A start takes
 * along what the process depends on; a stop stops the one process, and says who depended on it.
 */
import type { Asker } from '../../../protocol/trust';
import { Refusal } from '../../../protocol/errors';
import { processKey, type ProcessKey } from '../../../protocol/ids';
import type { Verb } from '../../../protocol/link';
import type { CommandOf, Decision, Hold } from '../commands';
import type { Fact } from '../facts';
import { isAlive, type Model, type Process } from '../model';
import type { CoreSettings } from '../settings';
import { disabledOf, disabledText } from './disabled';
import { findProcess } from './find';
import { issue } from './issue';
import { order, type Ordered } from './order';
import { pulledIn } from './pull-in';
import { refused } from '../refused';

export function control(
  model: Model,
  { id, process: name, verb, by, hold }: CommandOf<'control'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'control'> {
  const process = findProcess(model, id, name);
  if (process instanceof Refusal) return refused(process);
  const held = hold?.([process.worker]) ?? null;
  if (held !== null) return refused(held);
  const first: Fact[] = [{ kind: 'process.desired', key: process.key, desired: desiredAfter(verb) }];
  if (process.supersededBy !== null) {
    if (runsAs(model, process.supersededBy)) {
      const sentence = `${process.key} runs as ${process.supersededBy} now; send the command there, or stop that first`;
      return refused(new Refusal('superseded', sentence, { runs_as: process.supersededBy }));
    }
    // The substitute is over: this one is itself again.
    first.push({ kind: 'process.superseded', key: process.key, by: null });
  }
  return desiredAfter(verb) === 'running'
    ? up(model, process, { verb, by, hold, first, nowMs })
    : down(model, process, { verb, by, hold, first, nowMs });
}

interface Asked {
  readonly verb: Verb;
  readonly by: Asker;
  readonly hold: Hold | undefined;
  readonly first: Fact[];
  readonly nowMs: number;
}

function up(model: Model, process: Process, asked: Asked): Ordered {
  const disabled = disabledOf(model, process, asked.nowMs);
  if (disabled !== null)
    return refused(
      new Refusal('process_disabled', `${process.key} is ${disabledText(disabled)}; procguard enable lifts that`, {
        disabled: process.key,
      }),
    );
  // What runs has what it depended on at its birth; only another birth asks again.
  const along = asked.verb === 'start' && isAlive(process) ? [] : pulledIn(model, process, asked.nowMs);
  if (along instanceof Refusal) return refused(along);
  const held = asked.hold?.(along.map(({ worker }) => worker)) ?? null;
  if (held !== null)
    return refused(new Refusal(held.code, `${process.key} depends on ${listed(along)}: ${held.message}`, held.details));
  const ordered = orderOne(model, process, asked);
  if (ordered.reply instanceof Refusal || along.length === 0) return ordered;
  const facts: Fact[] = [];
  const effects = along.flatMap(({ key, worker, name }) => {
    facts.push({ kind: 'process.desired', key, desired: 'running' });
    const payload = { kind: 'control', process: name, verb: 'start', onlyRun: null } as const;
    const why = `${process.key} depends on it`;
    return issue(model, facts, asked.nowMs, { worker, process: name, by: asked.by, why, payload }).effects;
  });
  return {
    facts: [...facts, ...ordered.facts],
    effects: [...effects, ...ordered.effects],
    reply: { ...ordered.reply, remark: `also started ${listed(along)}, as it depends on that` },
  };
}

function down(model: Model, process: Process, asked: Asked): Ordered {
  const ordered = orderOne(model, process, asked);
  const dependents = model.processes.dependentsOf(process.key).filter(isAlive);
  if (ordered.reply instanceof Refusal || dependents.length === 0) return ordered;
  const remark = `${listed(dependents)} depend${dependents.length === 1 ? 's' : ''} on it and run${dependents.length === 1 ? 's' : ''} on`;
  return { ...ordered, reply: { ...ordered.reply, remark } };
}

function orderOne(model: Model, process: Process, { verb, by, first, nowMs }: Asked): Ordered {
  const worker = model.workers.get(process.worker);
  if (worker === undefined) throw new Error(`process ${process.key} has no worker`);
  return order(model, worker, first, nowMs, {
    process: process.name,
    by,
    payload: { kind: 'control', process: process.name, verb, onlyRun: null },
  });
}

const listed = (processes: readonly Process[]): string => processes.map(({ key }) => key).join(', ');

/** What a verb leaves wanted. Source: API_PROCGUARD section 3. */
const desiredAfter = (verb: Verb): 'running' | 'stopped' =>
  verb === 'start' || verb === 'restart' ? 'running' : 'stopped';

/** The substitute runs, is wanted to run, or is on its way to the worker that is to run it. */
function runsAs(model: Model, key: ProcessKey): boolean {
  const substitute = model.processes.get(key);
  if (substitute !== undefined) return substitute.desired === 'running' || isAlive(substitute);
  for (const { worker, message } of model.commands.values())
    if (message.kind === 'define' && processKey(worker, message.spec.name) === key) return true;
  return false;
}
