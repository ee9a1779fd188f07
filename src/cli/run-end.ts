/** How a run ended, and what the command line's own exit code is then. */
import { statusOf } from '../../protocol/exit';
import type { ProcessView } from '../../protocol/views';

export type RunEnd =
  | { readonly kind: 'ended'; readonly code: number }
  /** With a sentence for stderr. */
  | { readonly kind: 'trouble'; readonly code: number; readonly sentence: string };

/** What a shell gives when there is no such program. */
const NOT_STARTED = 127;
const NOT_KNOWN = 1;

const OVER = new Set<ProcessView['state']>(['exited', 'failed', 'stopped']);

/**
 * Null: not over, or over and not all of its output is written yet. The launcher's count of the output is asked, because
 * the end is told before the last bytes have come.
 * @param writtenOf how much of a run's output was written
 */
export function endOf(view: ProcessView, writtenOf: (run: string) => number): RunEnd | null {
  if (!OVER.has(view.state)) return null;
  if (view.last_run === null) return withoutRun(view);
  const { run_id: run, output_bytes: bytes } = view.last_run;
  return bytes !== null && writtenOf(run) < bytes ? null : exitOf(view);
}

export const notStarted = (sentence: string): RunEnd => ({ kind: 'trouble', code: NOT_STARTED, sentence });

export const removed = (key: string): RunEnd => ({
  kind: 'trouble',
  code: NOT_KNOWN,
  sentence: `${key} was removed before its end was seen; its exit code is not known`,
});

function withoutRun({ key, why, certificate, exit_code: code, signal }: ProcessView): RunEnd | null {
  const isLeft = certificate !== null && certificate.left.length > 0;
  if (isLeft) return { kind: 'trouble', code: NOT_KNOWN, sentence: `${key}: ${why}` };
  // Of a launcher that comes back the table is told first, and the end of the run behind it.
  return code !== null || signal !== null ? null : notStarted(`${key}: ${why}`);
}

function exitOf({ key, exit_code: code, signal, why }: ProcessView): RunEnd {
  const status = statusOf({ exitCode: code, signal });
  return status !== null
    ? { kind: 'ended', code: status }
    : { kind: 'trouble', code: NOT_KNOWN, sentence: `The exit code of ${key} is not known: ${why}` };
}
