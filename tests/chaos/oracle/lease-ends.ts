/**
 * When an attempt must be gone, from what the wire saw and from nothing that ProcGuard says: trust counts from when a question
 * was sent that was answered, so it is over, at the latest, so long after both directions of the wire last carried something.
 */
import type { Silence } from '../stage/wire';
import type { Absence } from './claims';
import type { AttemptAccount } from './job-accounts';

/** A launcher that is back looks at its leases first; so long after it came, what it has may still live. */
export const BACK_MS = 2_000;

export interface Overstay {
  readonly silence: Silence;
  /** So long after its trust was over it was still there; 0 or less = it was not. */
  readonly byMs: number;
}

/** @param absences of its launcher: while it is killed, frozen or without a core nobody can stop anything */
export function overstays(
  one: AttemptAccount,
  silences: readonly Silence[],
  absences: readonly Absence[],
  trustMs: number,
): Overstay[] {
  return silences.flatMap((silence) => {
    const { fromMs, toMs } = silence;
    const isOfIt = one.beganAtMs < toMs && one.seenAtMs > fromMs;
    const dueMs = dueAt(fromMs + trustMs, absences);
    return isOfIt && dueMs < toMs ? [{ silence, byMs: one.seenAtMs - dueMs }] : [];
  });
}

function dueAt(endsAtMs: number, absences: readonly Absence[]): number {
  let dueMs = endsAtMs;
  for (const { fromMs, toMs } of [...absences].sort((a, b) => a.fromMs - b.fromMs))
    if (fromMs <= dueMs) dueMs = Math.max(dueMs, toMs + BACK_MS);
  return dueMs;
}
