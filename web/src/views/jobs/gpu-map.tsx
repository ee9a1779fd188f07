/** Devices: how much of each is used, and by which job. */
import type { WorkerGpu, WorkerJob } from '../../../../protocol/job-views';
import { JobLink } from '../../parts/job-link';
import { useWords } from '../../parts/use-words';
import { formatBytes } from '../../state/durations';
import { gpuUse } from '../../state/gpu-use';

export function GpuMap({ gpus, jobs }: { gpus: readonly WorkerGpu[]; jobs: readonly WorkerJob[] }) {
  if (gpus.length === 0) return null;
  return (
    <ul className="gpu-map">
      {gpus.map((gpu) => (
        <Device key={gpu.index} gpu={gpu} jobs={jobs} />
      ))}
    </ul>
  );
}

function Device({ gpu, jobs }: { gpu: WorkerGpu; jobs: readonly WorkerJob[] }) {
  const { machineJobs, usage } = useWords();
  const { memory_used_bytes: used, memory_total_bytes: total, utilization } = gpu;
  const use = gpuUse(gpu);
  return (
    <li className="gpu" data-use={use}>
      <span className="gpu-name" title={gpu.name}>
        {gpu.index} · {gpu.name}
      </span>
      {used !== null && total !== null && (
        <>
          <meter min={0} max={total} value={used} aria-label={usage.figures.gpu_memory} />
          <span className="num faint">
            {machineJobs.memory(formatBytes(used), formatBytes(total))}
            {utilization !== null && `, ${machineJobs.busy(Math.round(utilization * 100))}`}
          </span>
        </>
      )}
      {gpu.jobs.map(({ job_id: id, memory_bytes: bytes }) => (
        <span key={id} className="gpu-holder">
          <JobLink id={id}>{jobs.find((job) => job.job_id === id)?.name ?? id}</JobLink>{' '}
          <span className="faint num">{bytes === null ? machineJobs.whole : formatBytes(bytes)}</span>
        </span>
      ))}
      {use !== 'given' && (
        <span className="gpu-holder faint">{use === 'free' ? machineJobs.free : machineJobs.foreign}</span>
      )}
    </li>
  );
}
