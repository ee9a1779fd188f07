/**
 * The streams of a run's output. Merged (the default), everything is `stdout`, in the order it was written. With
 * `output: split` stderr is a stream beside it, with offsets of its own; the order between the two is then only
 * approximate, by the time at which each piece arrived.
 */
import { z } from 'zod';
import type { RunId } from './ids';

export const OutputStream = z.enum(['stdout', 'stderr']);
export type OutputStream = z.infer<typeof OutputStream>;

/** What a reader asks for. `both` of a run that is not split is its one stream. */
export const StreamChoice = z.enum(['stdout', 'stderr', 'both']);
export type StreamChoice = z.infer<typeof StreamChoice>;

/** A stream's name in tables keyed by run: the run's id, and `<run>/stderr`. */
export const streamKey = (run: RunId, stream: OutputStream): string => (stream === 'stdout' ? run : `${run}/stderr`);
