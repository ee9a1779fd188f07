import type { WorkerView } from '../../../../protocol/views';
import { useWords } from '../../parts/use-words';
import type { Contact } from '../../state/fleet';

/** The machine under a worker: how much of it is in use. */
export function MachineUse({ worker, contact }: { worker: WorkerView; contact: Contact | undefined }) {
  const words = useWords();
  const machine = worker.machine;
  const cpu = contact?.cpu ?? machine?.cpu ?? null;
  const memory =
    contact?.memory ?? (machine === null ? null : 1 - machine.memoryAvailableBytes / machine.memoryTotalBytes);
  if (cpu === null || memory === null) return null;
  return (
    <span className="machine" title={words.table.machine(percent(cpu), percent(memory))}>
      <Meter label={words.table.cpu} value={cpu} />
      <Meter label={words.table.memory} value={memory} />
    </span>
  );
}

function Meter({ label, value }: { label: string; value: number }) {
  return (
    <span className="meter" data-high={value > 0.9 || undefined}>
      <span className="meter-label">{label}</span>
      <span className="meter-track" aria-hidden="true">
        <span style={{ width: percent(Math.min(1, value)) }} />
      </span>
      <span className="meter-value">{percent(value)}</span>
    </span>
  );
}

const percent = (fraction: number): string => `${Math.round(fraction * 100)}%`;
