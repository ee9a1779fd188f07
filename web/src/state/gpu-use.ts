/** Who has a device: a job, others than us, or nobody. */
import type { WorkerGpu } from '../../../protocol/job-views';

export type GpuUse = 'free' | 'given' | 'foreign';

/** Every device uses a little by itself. */
const IDLE_SHARE = 0.05;

export function gpuUse({ jobs, memory_used_bytes: used, memory_total_bytes: total }: WorkerGpu): GpuUse {
  if (jobs.length > 0) return 'given';
  return used !== null && total !== null && used > total * IDLE_SHARE ? 'foreign' : 'free';
}
