/** What an agent says of its machine, in our words. Figures that it does not tell stay unknown. */
import type { MachineUsage } from '../../../protocol/link';
import type { AgentMetrics } from '../../../protocol/remotegpu';
import type { DeclaredGpu } from '../../core/jobs/rows';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

export function machineOf(metrics: AgentMetrics): MachineUsage {
  const used = (metrics.memory_used_gb ?? 0) * GIB;
  const share = (metrics.memory_usage_percent ?? 0) / 100;
  const total = share > 0 ? used / share : used;
  const diskUsed = metrics.disk_used_gb == null ? null : metrics.disk_used_gb * GIB;
  const diskShare = (metrics.disk_usage_percent ?? 0) / 100;
  const diskTotal = diskUsed === null || diskShare <= 0 ? null : diskUsed / diskShare;
  return {
    cpus: 0,
    cpu: (metrics.cpu_usage_percent ?? 0) / 100,
    memoryTotalBytes: total,
    memoryAvailableBytes: total - used,
    load1: 0,
    diskTotalBytes: diskTotal,
    diskFreeBytes: diskTotal === null || diskUsed === null ? null : diskTotal - diskUsed,
    gpus: (metrics.gpu_metrics ?? []).map((gpu) => ({
      index: gpu.index,
      uuid: gpu.uuid,
      name: gpu.name,
      memoryTotalBytes: (gpu.memory_total_mb ?? 0) * MIB,
      memoryUsedBytes: (gpu.memory_used_mb ?? 0) * MIB,
      utilization: gpu.util_percent == null ? null : gpu.util_percent / 100,
    })),
    gpuTrouble: null,
    gpusAgeMs: 0,
  };
}

/** Null = it said nothing: its devices are those of its heartbeats. */
export const declaredGpus = (metrics: AgentMetrics | null): DeclaredGpu[] | null =>
  metrics?.gpu_metrics == null
    ? null
    : metrics.gpu_metrics.map(({ index, name, memory_total_mb }) => ({
        index,
        name,
        memoryBytes: memory_total_mb == null ? null : memory_total_mb * MIB,
      }));
