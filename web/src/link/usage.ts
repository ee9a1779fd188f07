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

export const readMachineUsage = (worker: string, since: Range, signal: AbortSignal): Promise<UsageReply> =>
  ask(`usage/machines/${segment(worker)}?since=${since}`, { signal });
