/** apply and rollback: planned on the model as it is at this very moment, and carried out with it. */
import { Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import type { CommandOf, Decision, Effect } from '../commands';
import type { Fact } from '../facts';
import type { Model } from '../model';
import type { CoreSettings } from '../settings';
import { carryOut, type CarryingOut } from './carry-out';
import type { Changed, Planned } from './change-words';
import { planRollback } from './plan-rollback';
import { planSet } from './plan-set';
import { refused } from '../refused';

export function applySet(
  model: Model,
  { document, by, hold }: CommandOf<'applySet'>,
  settings: CoreSettings,
  nowMs: number,
): Decision<'applySet'> {
  const plan = planSet(model, document, settings);
  if (plan instanceof Refusal) return refused(plan);
  const held = hold?.(touchedBy(plan)) ?? null;
  if (held !== null) return refused(held);
  return answered(carryOut(model, plan, { set: document.set, kind: 'apply', by }, nowMs));
}

export function rollback(
  model: Model,
  { asked, by, hold }: CommandOf<'rollback'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'rollback'> {
  const plan = planRollback(model, asked);
  if (plan instanceof Refusal) return refused(plan);
  const held = hold?.(touchedBy(plan.changes)) ?? null;
  if (held !== null) return refused(held);
  return answered(carryOut(model, plan.changes, { set: plan.set, kind: 'rollback', by }, nowMs));
}

/** What stays as it is may be anybody's. */
const touchedBy = (plan: readonly Planned[]): WorkerId[] =>
  plan.filter(({ action }) => action !== 'keep').map(({ worker }) => worker);

interface Answered {
  readonly facts: Fact[];
  readonly effects: Effect[];
  readonly reply: Changed | Refusal;
}

const answered = (done: CarryingOut | Refusal): Answered => {
  if (done instanceof Refusal) return refused(done);
  const { facts, effects, change, results } = done;
  return { facts, effects, reply: { change, results } };
};
