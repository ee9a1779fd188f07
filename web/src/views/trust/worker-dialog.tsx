/** What is done to one worker: a new credential, drained, removed. What each cuts is said first. */
import { useState } from 'react';
import type { AdminWorker, MintedWorker } from '../../../../protocol/trust-http';
import { drainWorker, removeWorker, rotateWorker } from '../../link/machines';
import { useApp } from '../../parts/app-context';
import { FormDialog } from '../../parts/form-dialog';
import { ShownOnce } from '../../parts/shown-once';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { workerName } from '../../state/worker-name';
import { ConfirmRemoval } from './confirm-removal';

export interface WorkerAct {
  readonly kind: 'rotate' | 'drain' | 'delete';
  readonly worker: AdminWorker;
}
interface Props {
  readonly act: WorkerAct;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function WorkerDialog({ act, ...rest }: Props) {
  const { worker } = act;
  const name = workerName(worker);
  switch (act.kind) {
    case 'rotate':
      return <Rotate worker={worker} name={name} {...rest} />;
    case 'drain':
      return <Drain worker={worker} name={name} {...rest} />;
    case 'delete':
      return <Remove worker={worker} name={name} {...rest} />;
  }
}

interface OneWorker {
  readonly worker: AdminWorker;
  readonly name: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function Rotate({ worker, name, onDone, onClose }: OneWorker) {
  const { workers } = useWords();
  const [minted, setMinted] = useState<MintedWorker | null>(null);
  const doing = useDoing();
  if (minted !== null)
    return (
      <ShownOnce
        title={workers.minted(name)}
        lead={workers.once}
        secret={minted.token}
        line={minted.connection_command}
        onClose={onClose}
      />
    );
  const rotate = () =>
    doing.run(async () => {
      setMinted(await rotateWorker(worker.id));
      onDone();
    });
  return (
    <FormDialog
      title={workers.rotateTitle(name)}
      lead={worker.credential === 'key' ? workers.rotateKey : workers.rotateLead}
      button={workers.rotateButton}
      danger
      doing={doing}
      onSubmit={() => void rotate()}
      onClose={onClose}
    />
  );
}

function Drain({ worker, name, onDone, onClose }: OneWorker) {
  const { workers } = useWords();
  const { commander } = useApp();
  const doing = useDoing();
  const drain = async () => {
    if (!(await doing.run(() => drainWorker(worker.id)))) return;
    onClose();
    onDone();
    commander.say({ tone: 'ok', title: workers.drained(name), lines: [] });
  };
  return (
    <FormDialog
      title={workers.drainTitle(name)}
      lead={workers.drainLead}
      button={workers.drainButton}
      doing={doing}
      onSubmit={() => void drain()}
      onClose={onClose}
    />
  );
}

/** One that is connected is removed only by whoever says that they know. */
function Remove({ worker, name, onDone, onClose }: OneWorker) {
  const { workers } = useWords();
  const { commander } = useApp();
  const [force, setForce] = useState(false);
  return (
    <ConfirmRemoval
      title={workers.deleteTitle(name)}
      lead={workers.deleteLead}
      button={workers.deleteButton}
      disabled={worker.connected && !force}
      work={() => removeWorker(worker.id, force)}
      onDone={() => {
        commander.say({ tone: 'ok', title: workers.deleted(name), lines: [] });
        onDone();
      }}
      onClose={onClose}
    >
      {worker.connected && (
        <label className="switch force">
          <input type="checkbox" checked={force} onChange={() => setForce(!force)} />
          <span>
            {workers.deleteForce} <small>{workers.deleteForceLead}</small>
          </span>
        </label>
      )}
    </ConfirmRemoval>
  );
}
