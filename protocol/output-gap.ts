/**
 * Output that was written and is not stored: a range of a stream, counted and with its reason. Offsets go on behind it,
 * so stored bytes and gaps together are always what the process wrote.
 */
import { z } from 'zod';

export const GapReason = z.enum([
  /** The manager was away and the worker's disk nearly full: the oldest unshipped bytes were given up. */
  'worker-disk-full',
  /** The manager lost what it had acknowledged (a restored backup), and the worker had freed it by then. */
  'already-freed',
  /** Somebody cut the run's output file short. At least so many bytes: what was never seen cannot be counted. */
  'file-truncated',
  /** Somebody deleted the run's output file. At least so many bytes. */
  'file-deleted',
  /** The manager forgot them by the rules of its configuration (`logs.*`). */
  'retention',
]);
export type GapReason = z.infer<typeof GapReason>;

/** Bytes [from, to). Empty only where a file was cut short and nothing seen of it was missing. */
export const OutputGap = z.object({
  from: z.number().int().min(0),
  to: z.number().int().min(0),
  reason: GapReason,
});
export type OutputGap = z.infer<typeof OutputGap>;
