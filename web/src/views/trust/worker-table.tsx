import type { AdminWorker } from '../../../../protocol/trust-http';
import type { WorkerState } from '../../../../protocol/views';
import { undrainWorker } from '../../link/machines';
import { go } from '../../link/navigation';
import { Age } from '../../parts/age';
import { useApp } from '../../parts/app-context';
import { LazyMenu } from '../../parts/lazy-menu';
import { MenuItem, MenuLine } from '../../parts/menu';
import { StateMark, TONES } from '../../parts/state-mark';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { lastContactMs } from '../../state/fleet';
import type { WorkerAct } from './worker-dialog';

interface Props {
  readonly workers: readonly AdminWorker[];
  readonly onAsk: (act: WorkerAct) => void;
  readonly onChanged: () => void;
}

export function WorkerTable({ workers, onAsk, onChanged }: Props) {
  const { workers: text } = useWords();
  return (
    <div className="plain-table-box">
      <table className="plain-table card-table" aria-label={text.label}>
        <thead>
          <tr>
            <th>{text.name}</th>
            <th>{text.state}</th>
            <th>{text.type}</th>
            <th>{text.labels}</th>
            <th>{text.proof}</th>
            <th>{text.source}</th>
            <th>{text.heard}</th>
            <th className="narrow" />
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <tr key={worker.id}>
              <td>
                <strong>{worker.worker_id === '' ? worker.name : worker.worker_id}</strong>{' '}
                {worker.name !== worker.worker_id && worker.worker_id !== '' && <span>{worker.name} </span>}
                <span className="faint">
                  {worker.id !== worker.worker_id && <code>{worker.id}</code>} {worker.hostname}
                </span>
              </td>
              <td data-label={text.state}>
                <State status={worker.status} />
              </td>
              <td className="word" data-label={text.type}>
                {text.types[worker.worker_type]}
              </td>
              <td data-label={text.labels}>
                {Object.entries(worker.labels).map(([name, value]) => (
                  <code key={name} className="label">
                    {name}={value}
                  </code>
                ))}
              </td>
              <td
                data-label={text.proof}
                title={worker.fingerprint === null ? undefined : `${text.fingerprint} ${worker.fingerprint}`}
              >
                {text.proofs[worker.credential ?? 'none']}
                {worker.fingerprint !== null && <code className="faint print">{worker.fingerprint}</code>}
              </td>
              <td className="word" data-label={text.source}>
                {text.sources[worker.source]}
              </td>
              <td className="time" data-label={text.heard}>
                <Heard worker={worker} />
              </td>
              <td className="narrow">
                <WorkerMenu worker={worker} onAsk={onAsk} onChanged={onChanged} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
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
  const { commander, ui } = useApp();
  const isKnown = useFleet((fleet) => fleet.workers.has(worker.worker_id));
  const name = worker.worker_id === '' ? worker.name : worker.worker_id;
  const undrain = () => {
    undrainWorker(worker.id).then(
      () => {
        commander.say({ tone: 'ok', title: text.undrained(name), lines: [] });
        onChanged();
      },
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        commander.say({ tone: 'bad', title: name, lines: [why] });
      },
    );
  };
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
