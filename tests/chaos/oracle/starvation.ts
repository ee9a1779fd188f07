/** Launchers that got no core for a while: whoever waits for one can stop nothing, as one that is frozen. */
import { runDelayMs } from '../../harness/run-delay';
import type { Stage } from '../stage/stage';
import type { Claims } from './claims';
import { machineMs } from './machine-clock';

const LOOK_MS = 500;
/** Of the time between two looks: below that a launcher is only slow, and judged as one. */
const WAITED_MS_MIN = 300;
/** A look that is so late was kept waiting itself, and the whole machine with it for all that is known. */
const LATE_MS_MAX = 1_000;

/** @returns ends it */
export function watchForStarvation(stage: Stage, claims: Claims): () => void {
  const known = new Map<string, { readonly pid: number | null; readonly waitedMs: number; readonly atMs: number }>();
  const look = (): void => {
    for (const [worker, { pid }] of stage.launchers) {
      const [atMs, waitedMs] = [machineMs(), pid === null ? 0 : runDelayMs(pid)];
      const before = known.get(worker);
      known.set(worker, { pid, waitedMs, atMs });
      if (before === undefined || before.pid !== pid) continue;
      const isStarved = waitedMs - before.waitedMs >= WAITED_MS_MIN || atMs - before.atMs >= LOOK_MS + LATE_MS_MAX;
      if (isStarved) claims.absences.push({ worker, fromMs: before.atMs, toMs: atMs });
    }
  };
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    look();
  };
}
