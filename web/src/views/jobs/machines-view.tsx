/** The machines that run jobs: their slots, what is in them, and their devices. Live. */
import { useMemo } from 'react';
import type { WorkerView } from '../../../../protocol/views';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import type { Fleet } from '../../state/fleet';
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
          sum(workers, ({ jobs, slots_held: held }) => jobs.length + held),
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

/** How full a device is comes by ticks, and no row is pushed for that; who has one is the row's to say. */
function useWithDevices(workers: ReadonlyMap<string, WorkerView>): readonly WorkerView[] {
  const devices = useFleet((fleet) => fleet.devices);
  return useMemo(
    () => [...workers.values()].map((worker) => ({ ...worker, gpus: devicesOf(worker, devices) })),
    [workers, devices],
  );
}

function devicesOf({ worker_id: id, gpus }: WorkerView, told: Fleet['devices']): WorkerView['gpus'] {
  const measured = told.get(id);
  if (measured === undefined) return gpus;
  return measured.map((device) => ({ ...device, jobs: gpus.find(({ index }) => index === device.index)?.jobs ?? [] }));
}
