/** A change under way: each process answered when it is so. */
import type { ApplyReply, PlannedChange } from '../../protocol/definitions';
import { commandText } from '../../protocol/process-spec';
import type { CarriedOut, Changed, Planned } from '../core/definitions/change-words';
import { notesOn } from '../core/definitions/planned';
import { presentVersion } from '../core/definitions/versions';
import type { Patience } from './command';
import type { Engine } from './engine';

type Result = ApplyReply['results'][number];

export async function changeSettled(
  engine: Engine,
  set: string | null,
  { change, results: touched }: Changed,
  patience: Patience,
): Promise<ApplyReply> {
  const results = await Promise.all(touched.map((carried) => oneSettled(engine, carried, patience)));
  return { success: results.every(({ ok }) => ok), set, change: change?.id ?? null, results };
}

async function oneSettled(engine: Engine, carried: CarriedOut, { wait, timeoutMs }: Patience): Promise<Result> {
  const { planned, notes, command, delivery } = carried;
  const version = engine.read((model) => presentVersion(model.definitions.get(planned.key))?.number ?? null);
  const row = { ...plannedView(planned, notes), version };
  const settledAs = (ok: boolean, message: string, certificate: Result['certificate'] = null): Result => ({
    ...row,
    ok,
    message,
    certificate,
  });
  if (command === null) return settledAs(true, 'as it is to be; not touched');
  if (delivery === 'queued') return settledAs(true, 'queued');
  if (!wait) return settledAs(true, `sent to ${planned.worker}`);
  const result = await engine.tickets.wait(command, timeoutMs);
  if (result === null) return settledAs(false, `not done after ${timeoutMs / 1000} s; it goes on`);
  return settledAs(result.ok, result.message, result.certificate);
}

/** A plan as it is now. */
export const planView = (engine: Engine, plan: readonly Planned[]): PlannedChange[] =>
  engine.read((model) => plan.map((planned) => plannedView(planned, notesOn(model, planned, plan, engine.nowMs))));

function plannedView(
  { key, worker, name, action, fields, before, after }: Planned,
  notes: readonly string[],
): PlannedChange {
  const spec = after ?? before;
  return {
    key,
    worker_id: worker,
    process: name,
    action,
    fields: [...fields],
    command: spec === null ? '' : commandText(spec.command),
    notes: [...notes],
  };
}
