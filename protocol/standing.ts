/** How a process stands, seen from its report: what others may depend on, and a word for those who wait. */
import type { Standing } from './dependencies';
import type { ProcessReport, ProcessState } from './process-state';

export function standingOf({ state }: Pick<ProcessReport, 'state'>): Standing {
  const running = state.kind === 'running';
  const ready = running && state.readyAtMs !== null;
  const completed = state.kind === 'exited' && state.exit.exitCode === 0;
  return { started: running || completed, ready, completed, is: howItIs(state) };
}

/** What waits is told by what it waits for, not by how that is: or each change would be told along the whole chain. */
function howItIs(state: ProcessState): string {
  if (state.kind === 'running') return state.readyAtMs === null ? 'running, not ready yet' : 'running';
  if (state.kind === 'waiting') return `waiting for ${state.on.map(({ key }) => key).join(', ')}`;
  return `${state.kind}: ${state.why}`;
}
