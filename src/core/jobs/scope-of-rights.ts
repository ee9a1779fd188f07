/**
 * Whose job may go where. A job is not on a worker until it is placed, so rights are asked of what it may be placed on:
 * a worker that it names, or all that its labels name exactly (`operator on team=nlp` submits with `team=nlp`).
 */
import { type Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import type { JobSpec } from '../../../protocol/jobs';
import type { Labels } from '../../../protocol/link';
import { isGlob } from '../../../protocol/glob';
import type { Model } from '../model';
import type { HoldJob } from './words';

export function mayRunOn(model: Model, { needs }: JobSpec, hold: HoldJob | undefined): Refusal | null {
  if (hold === undefined) return null;
  const named = needs.worker === null ? undefined : model.workers.get(needs.worker as WorkerId);
  const exact: Labels = Object.fromEntries(Object.entries(needs.labels).filter(([, value]) => !isGlob(value)));
  return hold(named === undefined ? exact : { ...named.labels, ...exact });
}
