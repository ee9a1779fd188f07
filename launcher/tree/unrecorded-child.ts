/**
 * The child of a run whose birth stands nowhere: the disk took no record of it, and the one launcher that heard the shim's
 * word of it was killed. It bears the run's marks all the same, and so does whatever it forked.
 */
import type { RunId } from '../../protocol/ids';
import { isLiving, type ProcStat } from '../core/proc-stat';
import type { ProcessIndex } from './process-index';

/** Null = nobody bears a mark of the run: its child was not born, has not executed its program yet, or ended. */
export async function unrecordedChild(run: RunId, index: ProcessIndex): Promise<ProcStat | null> {
  const table = await index.fresh();
  const marked = table.marked(run, 0).filter(isLiving);
  const isMarked = (pid: number): boolean => marked.some((stat) => stat.pid === pid);
  // Its parent is the shim, which leads the session and bears no mark. A daemon of the run leads a session too, but bears one.
  const ofShim = marked.find(({ parent, session }) => parent === session && !isMarked(parent));
  // Without its shim it has another parent, as a daemon has: it is the oldest.
  return ofShim ?? marked.reduce<ProcStat | null>(older, null);
}

const older = (found: ProcStat | null, next: ProcStat): ProcStat =>
  found === null || next.startTicks < found.startTicks ? next : found;
