/** A token of its own for one machine, with the line that uses it. */
import { useState } from 'react';
import type { AdminWorker, MintedWorker } from '../../../../protocol/trust-http';
import { mintWorker } from '../../link/machines';
import { Field } from '../../parts/field';
import { FormDialog } from '../../parts/form-dialog';
import { LabelsField } from '../../parts/labels-field';
import { ShownOnce } from '../../parts/shown-once';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { isWorkerId } from '../../state/join-command';
import { readLabels } from '../../state/labels';

type Type = AdminWorker['worker_type'];

export function AddWorker({ onMinted, onClose }: { onMinted: () => void; onClose: () => void }) {
  const { workers, join } = useWords();
  const [name, setName] = useState('');
  const [workerId, setWorkerId] = useState('');
  const [type, setType] = useState<Type>('persistent');
  const [labels, setLabels] = useState('');
  const [minted, setMinted] = useState<MintedWorker | null>(null);
  const doing = useDoing();
  const read = readLabels(labels);
  const isBadId = workerId !== '' && !isWorkerId(workerId);
  if (minted !== null)
    return (
      <ShownOnce
        title={workers.minted(minted.name)}
        lead={workers.once}
        secret={minted.token}
        line={minted.connection_command}
        onClose={onClose}
      />
    );
  const mint = () =>
    doing.run(async () => {
      if (!('labels' in read)) return;
      const id = workerId === '' ? {} : { worker_id: workerId };
      setMinted(await mintWorker({ name, worker_type: type, labels: read.labels, ...id }));
      onMinted();
    });
  return (
    <FormDialog
      title={workers.addTitle}
      lead={workers.addLead}
      button={workers.addButton}
      disabled={name.trim() === '' || 'bad' in read || isBadId}
      doing={doing}
      onSubmit={() => void mint()}
      onClose={onClose}
    >
      <TextInput label={workers.workerName} value={name} isFirst onText={setName} />
      <TextInput
        label={workers.workerId}
        hint={workers.workerIdHint}
        problem={isBadId ? join.idBad : undefined}
        value={workerId}
        onText={setWorkerId}
      />
      <Field label={workers.type} hint={workers.typeHint}>
        {(control) => (
          <select {...control} value={type} onChange={(event) => setType(event.target.value as Type)}>
            <option value="persistent">{workers.types.persistent}</option>
            <option value="ephemeral">{workers.types.ephemeral}</option>
          </select>
        )}
      </Field>
      <LabelsField label={workers.labels} text={labels} onChange={setLabels} />
    </FormDialog>
  );
}
