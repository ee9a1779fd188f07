/** When the engine must wake although nobody asks: timers are data of the model, and this is the nearest. */
import { nextEphemeralMs } from './fleet/ephemeral';
import { nextSilenceMs } from './fleet/liveness';
import type { Model } from './model';
import { nextRecoveryMs } from './recovery/release';
import type { CoreSettings } from './settings';
import { nextTokenEndMs } from './trust/tokens';

/**
 * Null = nothing falls due by itself.
 * @param silenceMs the next silence of a worker, where it is known: to find it all of them are looked at
 */
export function nextDueMs(
  model: Model,
  settings: CoreSettings,
  nowMs: number,
  silenceMs = nextSilenceMs(model, settings),
): number | null {
  const due = [
    silenceMs,
    nextRecoveryMs(model, nowMs),
    nextTokenEndMs(model),
    model.refusals.nextMs(),
    model.jobs.due.nextMs,
    nextEphemeralMs(model),
  ].filter((atMs) => atMs !== null);
  return due.length === 0 ? null : Math.min(...due);
}
