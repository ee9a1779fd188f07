import type { WorkerView } from '../../../../protocol/views';
import { Age } from '../../parts/age';
import { Fact } from '../../parts/fact';
import { Said } from '../../parts/said';
import { StateMark } from '../../parts/state-mark';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';

export function WorkerFacts({ worker }: { worker: WorkerView }) {
  const words = useWords();
  const { details, machineJobs } = words;
  const { slots, slots_held: held, jobs } = worker;
  const heardMs = useFleet((fleet) => fleet.contacts.get(worker.worker_id)?.atMs ?? 0);
  const labels = Object.entries(worker.labels);
  return (
    <dl className="facts">
      <Fact label={details.workerState}>
        <StateMark state={worker.state} /> {words.states[worker.state]} · <Said text={worker.why} />
      </Fact>
      <Fact label={details.hostname}>{worker.hostname}</Fact>
      {labels.length > 0 && (
        <Fact label={details.labels}>
          {labels.map(([name, value]) => (
            <code key={name} className="label">
              {name}={value}
            </code>
          ))}
        </Fact>
      )}
      {slots > 0 && <Fact label={details.slots}>{machineJobs.slots(jobs.length + held, slots, held)}</Fact>}
      {worker.version !== null && <Fact label={details.version}>{worker.version}</Fact>}
      <Fact label={words.table.contact}>
        <Age sinceMs={Math.max(worker.last_contact_ms, heardMs)} wrap={words.table.ago} />
      </Fact>
      {worker.findings.length > 0 && <Fact label={details.findings}>{worker.findings.join(' ')}</Fact>}
    </dl>
  );
}
