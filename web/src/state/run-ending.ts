/** How a run ended, for the line where the next one begins. */
import type { EventView } from '../../../protocol/views';
import type { LogSubject } from './log-subject';

export type Ending =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'said'; readonly sentence: string };

/** Null = it runs, or the page does not know: events are kept for a while only. */
export function endingOf(runId: string, process: LogSubject, events: readonly EventView[]): Ending | null {
  if (process.run_id === runId && process.pid !== null) return null;
  const told = events.findLast((event) => event.run_id === runId && event.kind === 'run.ended');
  if (told !== undefined) {
    const [, code, signal] = /exit code (\d+)|killed by (SIG\w+)/.exec(told.message) ?? [];
    if (code !== undefined) return { kind: 'code', code: Number(code) };
    if (signal !== undefined) return { kind: 'signal', signal };
    return { kind: 'said', sentence: told.message };
  }
  if (process.run_id !== runId) return null;
  if (process.exit_code !== null) return { kind: 'code', code: process.exit_code };
  return process.signal === null ? null : { kind: 'signal', signal: process.signal };
}
