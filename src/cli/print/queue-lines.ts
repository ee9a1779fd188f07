/** The queue in two lines of figures. */
import type { JobStats, SpanFigures } from '../../../protocol/job-views';
import { age, secondsAfter } from './amounts';

/** Right however many jobs there are. */
export function queueLines(
  { counts, slots, gpus, oldest_queued_ms: sinceMs, wait, run }: JobStats,
  nowMs: number,
): string[] {
  const active = (counts.running ?? 0) + (counts.assigned ?? 0) + (counts.stopping ?? 0);
  const oldest = sinceMs === null ? '' : `, the oldest for ${age(nowMs - sinceMs)}`;
  return [
    `${counts.queued ?? 0} queued${oldest}; ${counts.waiting ?? 0} wait for something; ${active} run`,
    `slots ${slots.taken}/${slots.total}, GPUs ${gpus.given}/${gpus.total}; waited ${spanText(wait)}; ran ${spanText(run)}`,
  ];
}

const spanText = ({ p50_ms: half, p99_ms: most }: SpanFigures): string =>
  half === null || most === null ? '-' : `${secondsAfter(half)} (half of them), ${secondsAfter(most)} (99 of 100)`;
