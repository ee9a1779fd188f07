/**
 * How long an attempt ran. Its end may be heard long after it (the manager was away, or the launcher was), and the clocks of the
 * two machines may differ: so the length is taken by its launcher's clock alone, and laid between what the manager knows.
 */
import type { Exit } from '../../../protocol/exit';
import { runBornAtMs, type RunId } from '../../../protocol/ids';
import type { Attempt } from './rows';

/** What its end says of it. Nothing where nobody saw the end, or the launcher's clock was set back meanwhile. */
export function ranFor(
  { startedAtMs, assignedAtMs }: Attempt,
  run: RunId | null,
  exit: Exit | null,
  nowMs: number,
): Pick<Attempt, 'ranMs'> | Pick<Attempt, 'ranMs' | 'startedAtMs'> {
  if (run === null || exit?.source !== 'record' || startedAtMs === null) return {};
  const ranMs = exit.atMs - runBornAtMs(run);
  if (ranMs < 0) return {};
  // Its start was heard late too.
  return { ranMs, startedAtMs: Math.max(assignedAtMs, Math.min(startedAtMs, nowMs - ranMs)) };
}

/** When it ended, by the manager's clock, and no later than that was heard. Null = it lives. */
export function endedAtMs({ state, startedAtMs, ranMs }: Attempt): number | null {
  if (state.kind !== 'ended') return null;
  return startedAtMs === null || ranMs === undefined ? state.atMs : Math.min(state.atMs, startedAtMs + ranMs);
}
