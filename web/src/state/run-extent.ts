/** What is known of a run's output: how long it is, where it begins, and what of it is missing. */
import type { GapReason, OutputGap } from '../../../protocol/output-gap';
import type { LogRunView } from '../../../protocol/views';

export interface RunExtent {
  readonly runId: string;
  readonly startedAtMs: number;
  /** Bytes known to exist. */
  bytes: number;
  /** Nothing is to be had before this: cleared, or forgotten. A gap that lies there is told. */
  floor: number;
  /** As last told, in order. */
  gaps: readonly OutputGap[];
  /** An ended run whose length was learnt from pushes may have lost its last ones: it is asked once more. */
  checked: boolean;
}

export const extentOf = (view: LogRunView): RunExtent => ({
  runId: view.run_id,
  startedAtMs: view.started_at_ms,
  bytes: view.bytes,
  floor: floorOf(view),
  gaps: view.gaps ?? [],
  checked: true,
});

/** A run that began while the page looked on. */
export const newbornExtent = (runId: string): RunExtent => ({
  runId,
  startedAtMs: Number(runId.slice(0, 13)),
  bytes: 0,
  floor: 0,
  gaps: [],
  checked: true,
});

export function learn(known: RunExtent, view: LogRunView): void {
  known.bytes = Math.max(known.bytes, view.bytes);
  known.gaps = view.gaps ?? [];
  known.floor = Math.max(known.floor, floorOf(view));
}

const floorOf = ({ begin = 0, gaps = [] }: LogRunView): number =>
  gaps.find((gap) => gap.to === begin && begin > 0)?.from ?? begin;

/** The nearest gap that begins before an offset. */
export const gapBefore = (run: RunExtent, offset: number): OutputGap | undefined =>
  run.gaps.findLast(({ from }) => from < offset);

/** A place where a file was cut, and of what was lost nobody saw a byte: offsets go on over it without a hole. */
export const cutAt = (run: RunExtent, offset: number): OutputGap | undefined =>
  run.gaps.find(({ from, to }) => from === to && from === offset);
export const cutAfter = (run: RunExtent, offset: number): OutputGap | undefined =>
  run.gaps.find(({ from, to }) => from === to && from > offset);

/** Null = not told (yet). */
export const reasonOf = (run: RunExtent | undefined, from: number, to: number): GapReason | null =>
  run?.gaps.find((gap) => gap.from < to && gap.to > from)?.reason ?? null;
