/** Stories and incidents as the model remembers them: the newest, within bounds. Set by `apply` (facts.ts) alone. */
import type { Incident, Model, Recovery } from '../model';
import type { Touched } from '../touched';

/** Older ones live on in the events. */
const RECOVERIES_KEPT = 500;
const INCIDENTS_KEPT = 50;

export function setRecovery(model: Model, recovery: Recovery, touched: Touched): void {
  if (model.recoveries.get(recovery.id)?.endedAtMs == null) countRecovery(model, recovery);
  model.recoveries.set(recovery.id, recovery);
  touched.recoveries.add(recovery.id);
  if (model.recoveries.size <= RECOVERIES_KEPT) return;
  const nowMs = recovery.endedAtMs ?? recovery.beganAtMs;
  for (const [id, { endedAtMs, countsUntilMs }] of model.recoveries) {
    if (model.recoveries.size <= RECOVERIES_KEPT) break;
    // What goes on still needs its end, and a forgotten attempt would be a budget without a bound.
    if (endedAtMs === null || (countsUntilMs !== null && countsUntilMs > nowMs)) continue;
    model.recoveries.delete(id);
    touched.recoveries.add(id);
  }
}

/** One that ended well and in which nobody acted is no recovery. */
export function countRecovery(model: Model, { stage, actor }: Recovery): void {
  if (stage === 'failed') model.recoveryTotals.failed += 1;
  else if (stage === 'completed' && actor !== null) model.recoveryTotals.completed += 1;
}

export function setIncident(model: Model, incident: Incident, touched: Touched): void {
  model.incidents.set(incident.id, incident);
  touched.incidents.add(incident.id);
  for (const id of model.incidents.keys()) {
    if (model.incidents.size <= INCIDENTS_KEPT) break;
    model.incidents.delete(id);
    touched.incidents.add(id);
  }
}
