import { useMemo } from 'react';
import type { WorkerView } from '../../../../protocol/views';
import { Fact } from '../../parts/fact';
import { Said } from '../../parts/said';
import { StateMark } from '../../parts/state-mark';
import { TargetLink } from '../../parts/target-link';
import { fullTime } from '../../parts/time';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { formatBytes } from '../../state/durations';
import { byName } from '../../state/rows';
import { WorkerFacts } from './worker-facts';

export function WorkerDetails({ worker }: { worker: WorkerView }) {
  return (
    <div className="details">
      <WorkerFacts worker={worker} />
      <MachineFacts worker={worker} />
      <Processes workerId={worker.worker_id} />
    </div>
  );
}

function MachineFacts({ worker }: { worker: WorkerView }) {
  const words = useWords();
  const { machine } = words;
  const { machine: told } = worker;
  return (
    <>
      <h3>{machine.title}</h3>
      <dl className="facts">
        <Fact label={machine.registered}>{fullTime(worker.registered_at_ms, words.locale)}</Fact>
        {told === null ? (
          <Fact label={machine.title}>{machine.unknown}</Fact>
        ) : (
          <>
            <Fact label={machine.cpus}>{told.cpus}</Fact>
            <Fact label={machine.load}>{told.load1.toFixed(2)}</Fact>
            <Fact label={machine.memory}>
              {machine.freeOf(formatBytes(told.memoryAvailableBytes), formatBytes(told.memoryTotalBytes))}
            </Fact>
            {told.diskFreeBytes !== null && told.diskTotalBytes !== null && (
              <Fact label={machine.disk}>
                {machine.freeOf(formatBytes(told.diskFreeBytes), formatBytes(told.diskTotalBytes))}
              </Fact>
            )}
          </>
        )}
      </dl>
    </>
  );
}

function Processes({ workerId }: { workerId: string }) {
  const words = useWords();
  const processes = useFleet((fleet) => fleet.processes);
  const own = useMemo(
    () => [...processes.values()].filter((one) => one.worker_id === workerId).sort((a, b) => byName(a.key, b.key)),
    [processes, workerId],
  );
  return (
    <>
      <h3>{words.table.processes(own.length)}</h3>
      <ul className="behind">
        {own.map((process) => (
          <li key={process.key}>
            <StateMark state={process.state} />
            <TargetLink target={process.key} />
            <span className="behind-state">{words.states[process.state]}</span>
            <span className="behind-cause">
              <Said text={process.why} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
