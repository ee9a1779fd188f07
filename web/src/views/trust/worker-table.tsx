/** Workers, with how each proves itself and what can be done to it. */
import type { AdminWorker } from '../../../../protocol/trust-http';
import type { WorkerState } from '../../../../protocol/views';
import { undrainWorker } from '../../link/machines';
import { go } from '../../link/navigation';
import { Age } from '../../parts/age';
import { useApp } from '../../parts/app-context';
import { CardTable } from '../../parts/card-table';
import { LazyMenu } from '../../parts/lazy-menu';
import { MenuItem, MenuLine } from '../../parts/menu';
import { StateMark, TONES } from '../../parts/state-mark';
import { useAtOnce } from '../../parts/use-at-once';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { lastContactMs } from '../../state/fleet';
import { workerName } from '../../state/worker-name';
import type { WorkerAct } from './worker-dialog';

interface Props {
  readonly workers: readonly AdminWorker[];
  readonly onAsk: (act: WorkerAct) => void;
  readonly onChanged: () => void;
}

export function WorkerTable({ workers, onAsk, onChanged }: Props) {
  const { workers: text } = useWords();
  return (
    <CardTable
      label={text.label}
      rows={workers}
      columns={[
        { title: text.name, cell: (worker) => <Names worker={worker} /> },
        { title: text.state, cell: ({ status }) => <State status={status} /> },
        { title: text.type, className: 'word', cell: (worker) => text.types[worker.worker_type] },
        {
          title: text.labels,
          cell: ({ labels }) =>
            Object.entries(labels).map(([name, value]) => (
              <code key={name} className="label">
                {name}={value}
              </code>
            )),
        },
        { title: text.proof, cell: (worker) => <Credential worker={worker} /> },
        { title: text.source, className: 'word', cell: ({ source }) => text.sources[source] },
        { title: text.heard, className: 'time', cell: (worker) => <Heard worker={worker} /> },
        {
          title: '',
          className: 'narrow',
          cell: (worker) => <WorkerMenu worker={worker} onAsk={onAsk} onChanged={onChanged} />,
        },
      ]}
    />
  );
}

function Names({ worker }: { worker: AdminWorker }) {
  const { id, worker_id: workerId, name, hostname } = worker;
  return (
    <>
      <strong>{workerName(worker)}</strong> {name !== workerId && workerId !== '' && <span>{name} </span>}
      <span className="faint">
        {id !== workerId && <code>{id}</code>} {hostname}
      </span>
    </>
  );
}

function Credential({ worker: { credential, fingerprint } }: { worker: AdminWorker }) {
  const { workers: text } = useWords();
  const proof = text.proofs[credential ?? 'none'];
  if (fingerprint === null) return proof;
  return (
    <span title={`${text.fingerprint} ${fingerprint}`}>
      {proof}
      <code className="faint print">{fingerprint}</code>
    </span>
  );
}

function State({ status }: { status: string }) {
  const { states } = useWords();
  if (!(status in states)) return status;
  const state = status as WorkerState;
  return (
    <span className="outcome" data-tone={TONES[state]}>
      <StateMark state={state} />
      {states[state]}
    </span>
  );
}

/** Live where the fleet knows it: the list is not asked for again with every heartbeat. */
function Heard({ worker }: { worker: AdminWorker }) {
  const words = useWords();
  const heardMs = useFleet((fleet) => {
    const row = fleet.workers.get(worker.worker_id);
    return row === undefined ? null : lastContactMs(fleet, row);
  });
  const listedMs = worker.last_heartbeat === null ? null : Date.parse(worker.last_heartbeat);
  const sinceMs = heardMs ?? listedMs;
  return sinceMs === null ? words.workers.never : <Age sinceMs={sinceMs} wrap={words.table.ago} />;
}

function WorkerMenu({ worker, onAsk, onChanged }: { worker: AdminWorker } & Omit<Props, 'workers'>) {
  const { workers: text } = useWords();
  const { ui } = useApp();
  const atOnce = useAtOnce();
  const isKnown = useFleet((fleet) => fleet.workers.has(worker.worker_id));
  const name = workerName(worker);
  const undrain = () =>
    atOnce({ to: name, work: () => undrainWorker(worker.id), done: text.undrained(name), onDone: onChanged });
  return (
    <LazyMenu label={text.actions(name)}>
      {() => (
        <>
          {isKnown && (
            <MenuItem
              icon="search"
              onSelect={() => go(ui, { view: 'fleet', worker: worker.worker_id, tab: 'details' })}
            >
              {text.open}
            </MenuItem>
          )}
          <MenuItem icon="token" onSelect={() => onAsk({ kind: 'rotate', worker })}>
            {text.rotate}
          </MenuItem>
          {worker.status === 'draining' ? (
            <MenuItem icon="start" onSelect={undrain}>
              {text.undrain}
            </MenuItem>
          ) : (
            <MenuItem icon="pause" onSelect={() => onAsk({ kind: 'drain', worker })}>
              {text.drain}
            </MenuItem>
          )}
          <MenuLine />
          <MenuItem icon="close" danger onSelect={() => onAsk({ kind: 'delete', worker })}>
            {text.delete}
          </MenuItem>
        </>
      )}
    </LazyMenu>
  );
}
