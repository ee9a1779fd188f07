/** Usage over time. */
import type { UsageReply } from '../../../protocol/http';
import type { Range } from '../state/usage-ranges';
import { segment } from './address';
import { ask } from './ask';

export const readProcessUsage = (
  { worker_id: worker, process }: { readonly worker_id: string; readonly process: string },
  since: Range,
  signal: AbortSignal,
): Promise<UsageReply> =>
  ask(`usage/processes/${segment(worker)}?${new URLSearchParams({ since, process }).toString()}`, { signal });

/** Of what may be over: from one moment to another. */
export const readUsageBetween = (
  { worker_id: worker, process }: { readonly worker_id: string; readonly process: string },
  [fromMs, untilMs]: readonly [fromMs: number, untilMs: number],
  signal: AbortSignal,
): Promise<UsageReply> => {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const query = new URLSearchParams({ since: iso(fromMs), until: iso(untilMs), process });
  return ask(`usage/processes/${segment(worker)}?${query.toString()}`, { signal });
};

export const readMachineUsage = (worker: string, since: Range, signal: AbortSignal): Promise<UsageReply> =>
  ask(`usage/machines/${segment(worker)}?since=${since}`, { signal });
