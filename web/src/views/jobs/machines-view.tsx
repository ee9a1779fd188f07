/** The machines that run jobs: their slots, what is in them, and their devices. Live. */
import { useMemo } from 'react';
import type { WorkerView } from '../../../../protocol/views';
import { readDevices } from '../../link/machines';
import { useAnswer } from '../../parts/use-answer';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { byName } from '../../state/rows';
import { MachineCard } from './machine-card';

const sum = (workers: readonly WorkerView[], of: (worker: WorkerView) => number): number =>
  workers.reduce((total, worker) => total + of(worker), 0);

export function MachinesView() {
  const { machineJobs } = useWords();
  const known = useFleet((fleet) => fleet.workers);
  const all = useWithDevices(known);
  const workers = useMemo(
    () =>
      all
        .filter(({ slots, jobs, gpus }) => slots > 0 || jobs.length > 0 || gpus.length > 0)
        .sort((a, b) => byName(a.worker_id, b.worker_id)),
    [all],
  );
  if (workers.length === 0) return <p className="table-empty">{machineJobs.none}</p>;
  return (
    <div className="machines-view">
      <p className="num" role="status">
        {machineJobs.totals(
          sum(workers, ({ jobs }) => jobs.length),
          sum(workers, ({ slots }) => slots),
          sum(workers, ({ gpus }) => gpus.filter(({ jobs }) => jobs.length > 0).length),
          sum(workers, ({ gpus }) => gpus.length),
        )}
      </p>
      <ul className="machines" aria-label={machineJobs.label}>
        {workers.map((worker) => (
          <MachineCard key={worker.worker_id} worker={worker} />
        ))}
      </ul>
    </div>
  );
}

/** How full a device is comes by heartbeat, for which no row is pushed: it is read again at this pace, while ticks come. */
const DEVICES_AGAIN_MS = 5_000;

/** The rows as they are pushed, with devices as they were read last; who has one is the row's to say. */
function useWithDevices(workers: ReadonlyMap<string, WorkerView>): readonly WorkerView[] {
  const beat = useFleet(({ tickMs }) => Math.floor(tickMs / DEVICES_AGAIN_MS));
  const answer = useAnswer(readDevices, [beat]);
  const read = answer.kind === 'here' ? answer.value : null;
  return useMemo(
    () => [...workers.values()].map((worker) => ({ ...worker, gpus: devicesOf(worker, read?.get(worker.worker_id)) })),
    [workers, read],
  );
}

const devicesOf = ({ gpus }: WorkerView, read: WorkerView['gpus'] = gpus): WorkerView['gpus'] =>
  read.map((device) => ({ ...device, jobs: gpus.find(({ index }) => index === device.index)?.jobs ?? device.jobs }));
