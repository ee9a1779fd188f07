/** How far a job is, as a worker of SimpleTuner says it: any names and values, in our two words. */
import { LIMITS } from '../../../protocol/limits';
import type { Progress } from '../../core/jobs/rows';

/** A percentage under any of its names, and the rest as people read it: `step 40, loss 0.12`. */
export function progressOf(progress: Readonly<Record<string, unknown>>): Progress {
  const told = progress.percent ?? progress.progress ?? progress.percentage;
  const percent = typeof told === 'number' && told >= 0 && told <= 100 ? told : null;
  const rest = Object.entries(progress).filter(
    ([name]) => percent === null || !['percent', 'progress', 'percentage'].includes(name),
  );
  const message = rest
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return { percent, message: message === '' ? null : message.slice(0, LIMITS.reasonCharsMax) };
}
