/** disable, enable: an operator's intention, which its launcher keeps over every restart. */
import { Refusal } from '../../../protocol/errors';
import type { CommandOf, Decision } from '../commands';
import { hasLauncher, type Model } from '../model';
import type { CoreSettings } from '../settings';
import { findProcess } from './find';
import { order, type Ordered } from './order';
import { refused } from '../refused';

export function disable(
  model: Model,
  { id, process, reason, untilMs, by, hold }: CommandOf<'disable'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'disable'> {
  if (untilMs !== null && untilMs <= nowMs)
    return refused(
      new Refusal('bad_request', `until ${new Date(untilMs).toISOString()} has passed already; nothing was disabled`),
    );
  return orderOf(model, { id, process, by, hold, why: reason }, nowMs, (name) => ({
    kind: 'disable',
    process: name,
    untilMs,
  }));
}

export function enable(
  model: Model,
  { id, process, by, hold }: CommandOf<'enable'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'enable'> {
  return orderOf(model, { id, process, by, hold, why: '' }, nowMs, (name) => ({ kind: 'enable', process: name }));
}

type Payload = Parameters<typeof order>[4]['payload'];

function orderOf(
  model: Model,
  asked: Pick<CommandOf<'enable'>, 'id' | 'process' | 'by' | 'hold'> & { readonly why: string },
  nowMs: number,
  payloadFor: (name: Parameters<typeof order>[4]['process']) => Payload,
): Ordered {
  const process = findProcess(model, asked.id, asked.process);
  if (process instanceof Refusal) return refused(process);
  const held = asked.hold?.([process.worker]) ?? null;
  if (held !== null) return refused(held);
  const worker = model.workers.get(process.worker);
  if (worker === undefined) throw new Error(`process ${process.key} has no worker`);
  if (!hasLauncher(worker))
    return refused(
      new Refusal(
        'bad_request',
        `worker ${worker.id} speaks plain HTTP and keeps no such intention; a launcher is needed to disable ${process.key}. Stop it instead`,
      ),
    );
  const { by, why } = asked;
  return order(model, worker, [], nowMs, { process: process.name, by, why, payload: payloadFor(process.name) });
}
