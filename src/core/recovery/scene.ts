/** One reaction of FailureHandler: what it sees, and what it gives. */
import { ownAsker } from '../../../protocol/trust';
import type { Effect } from '../commands';
import type { Fact } from '../facts';
import type { Incident, Model } from '../model';
import type { CoreSettings } from '../settings';

export const BY = 'FailureHandler';
export const FAILURE_HANDLER = ownAsker(BY);

export interface Scene {
  readonly model: Model;
  readonly settings: CoreSettings;
  readonly nowMs: number;
  /** Happen in this order when the reaction is over; until then the model is as the fact reacted to has left it. */
  readonly facts: Fact[];
  readonly effects: Effect[];
  /** The incident that goes on, also when it begins with this very reaction. Null = the brake is off. */
  incident: Incident | null;
}

export const sceneOf = (model: Model, settings: CoreSettings, nowMs: number): Scene => ({
  model,
  settings,
  nowMs,
  facts: [],
  effects: [],
  incident: incidentOf(model),
});

/** The one that goes on; only the newest can. */
export function incidentOf(model: Model): Incident | null {
  let newest: Incident | null = null;
  for (const incident of model.incidents.values()) newest = incident;
  return newest?.endedAtMs === null ? newest : null;
}
