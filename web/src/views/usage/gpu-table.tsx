/** The devices of a machine: what is used of each, and by whom. */
import type { GpuDevice } from '../../../../protocol/link';
import type { ProcessView, WorkerView } from '../../../../protocol/views';
import { TargetLink } from '../../parts/target-link';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { formatBytes } from '../../state/durations';
import { holdersOf } from '../../state/gpu-holders';

export function GpuTable({ worker }: { worker: WorkerView }) {
  const { usage } = useWords();
  const processes = useFleet((fleet) => fleet.processes);
  const { gpus = null, gpuTrouble = null } = worker.machine ?? {};
  if (gpus === null && gpuTrouble === null) return null;
  return (
    <>
      <h3>{usage.gpus}</h3>
      {gpuTrouble !== null && <p className="problem">{gpuTrouble}</p>}
      {gpus !== null && gpus.length > 0 && (
        <div className="plain-table-box">
          <table className="plain-table">
            <thead>
              <tr>
                <th>{usage.device}</th>
                <th>{usage.figures.gpu_memory}</th>
                <th className="num">{usage.figures.gpu}</th>
                <th>{usage.holders}</th>
              </tr>
            </thead>
            <tbody>
              {gpus.map((device) => (
                <DeviceRow key={device.uuid} device={device} processes={processes} workerId={worker.worker_id} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

interface RowProps {
  readonly device: GpuDevice;
  readonly processes: ReadonlyMap<string, ProcessView>;
  readonly workerId: string;
}

function DeviceRow({ device, processes, workerId }: RowProps) {
  const { usage } = useWords();
  const holders = holdersOf(device, workerId, processes.values());
  return (
    <tr>
      <td>
        {device.index} · {device.name}
      </td>
      <td>
        <meter
          min={0}
          max={device.memoryTotalBytes}
          value={device.memoryUsedBytes}
          aria-label={usage.figures.gpu_memory}
        />
        <span className="num">
          {' '}
          {formatBytes(device.memoryUsedBytes)} / {formatBytes(device.memoryTotalBytes)}
        </span>
      </td>
      <td className="num">{device.utilization === null ? '—' : `${Math.round(device.utilization * 100)}%`}</td>
      <td>
        {holders.length === 0
          ? usage.nobody
          : holders.map(({ key, memoryBytes }) => (
              <span key={key} className="holder">
                <TargetLink target={key} tab="usage" /> <span className="num">{formatBytes(memoryBytes)}</span>
              </span>
            ))}
      </td>
    </tr>
  );
}
