/** The machines for those who keep them: who asks to be let in, who is in and how each proves itself, tokens to join. */
import { useMemo, useState } from 'react';
import { readWorkers } from '../../link/machines';
import { Icon } from '../../parts/icon';
import { Problem } from '../../parts/problem';
import { useAnswer } from '../../parts/use-answer';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { AddWorker } from './add-worker';
import { Applicants } from './applicants';
import { JoinTokens } from './join-tokens';
import { NeedsRight } from './needs-right';
import { WorkerDialog, type WorkerAct } from './worker-dialog';
import { WorkerTable } from './worker-table';

export function WorkersPage() {
  const { workers } = useWords();
  return (
    <NeedsRight permission="admin.workers" title={workers.title}>
      <Known />
    </NeedsRight>
  );
}

function Known() {
  const words = useWords();
  const { workers } = words;
  const told = useTold();
  const [changes, setChanges] = useState(0);
  const [asked, setAsked] = useState<WorkerAct | 'add' | null>(null);
  const answer = useAnswer(readWorkers, [told, changes]);
  const changed = () => setChanges((count) => count + 1);
  const close = () => setAsked(null);
  // Those who wait stand above, live; here they would be told twice.
  const known = answer.kind === 'here' ? answer.value.filter(({ source }) => source !== 'pending') : [];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{workers.title}</h1>
        {answer.kind === 'here' && <span className="page-count num">{workers.count(known.length)}</span>}
        <span className="page-buttons">
          <button type="button" className="button primary" onClick={() => setAsked('add')}>
            <Icon name="plus" />
            {workers.add}
          </button>
        </span>
      </div>
      <p className="lead">{workers.lead}</p>
      <Applicants />
      {answer.kind === 'failed' && <Problem why={answer.why} />}
      {answer.kind === 'here' &&
        (known.length === 0 ? (
          <p className="table-empty">{workers.none}</p>
        ) : (
          <WorkerTable workers={known} onAsk={setAsked} onChanged={changed} />
        ))}
      <JoinTokens />
      {asked === 'add' && <AddWorker onMinted={changed} onClose={close} />}
      {asked !== null && asked !== 'add' && <WorkerDialog act={asked} onDone={changed} onClose={close} />}
    </div>
  );
}

/** Changes when the list may be another one: who is there, in which state, with which labels. Not with every heartbeat. */
function useTold(): string {
  const rows = useFleet((fleet) => fleet.workers);
  const applicants = useFleet((fleet) => fleet.applicants);
  const connection = useFleet((fleet) => fleet.manager?.now_ms ?? 0);
  return useMemo(
    () =>
      JSON.stringify([
        connection,
        [...rows.values()].map(({ worker_id: id, state, labels }) => [id, state, labels]),
        applicants.map(({ fingerprint, state }) => [fingerprint, state]),
      ]),
    [rows, applicants, connection],
  );
}
