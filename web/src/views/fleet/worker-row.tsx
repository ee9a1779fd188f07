import { memo } from 'react';
import { useApp } from '../../parts/app-context';
import { Age } from '../../parts/age';
import { Checkbox } from '../../parts/checkbox';
import { Icon } from '../../parts/icon';
import { StateMark, TONES } from '../../parts/state-mark';
import { useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import type { Contact } from '../../state/fleet';
import type { Row } from '../../state/rows';
import { coverage, toggled, toggledAll } from '../../state/selection';
import { rowProps } from './row-place';
import { MachineUse } from './machine-use';
import { WorkerName } from './worker-name';

interface Props {
  readonly row: Extract<Row, { kind: 'worker' }>;
  readonly contact: Contact | undefined;
  readonly heardMs: number | null;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly current: boolean;
}

/** A worker with several processes: the head of its group. */
export const WorkerRow = memo(function WorkerRow(props: Props) {
  const { worker, processes, expanded } = props.row;
  const words = useWords();
  const { ui } = useApp();
  const keys = processes.map((process) => process.key);
  const covered = useUi((state) => coverage(state.selection, keys));
  const fold = () => ui.set((state) => ({ ...state, folded: toggled(state.folded, worker.worker_id) }));
  return (
    <div
      {...rowProps(props.row.id, props, props.current)}
      className="row row-worker"
      aria-level={1}
      aria-expanded={expanded}
      data-silent={worker.state === 'stale' || worker.state === 'offline' || undefined}
    >
      <div className="cell cell-select" role="gridcell">
        <Checkbox
          label={words.table.select(worker.worker_id)}
          value={covered}
          onToggle={() => ui.set((state) => ({ ...state, selection: toggledAll(state.selection, keys) }))}
        />
      </div>
      <div className="cell cell-group" role="gridcell">
        <button
          type="button"
          className="fold"
          aria-label={(expanded ? words.table.fold : words.table.unfold)(worker.worker_id)}
          aria-expanded={expanded}
          onClick={fold}
        >
          <Icon name="chevron" />
        </button>
        <StateMark state={worker.state} />
        <WorkerName workerId={worker.worker_id} className="group-name" />
        <span className="group-state" data-tone={TONES[worker.state]}>
          {words.states[worker.state]}
        </span>
        <span className="group-count">{words.table.processes(processes.length)}</span>
        <span className="group-why" title={worker.findings[0] ?? worker.why}>
          {worker.findings[0] ?? (TONES[worker.state] === 'good' ? hostOf(worker) : worker.why)}
        </span>
      </div>
      <div className="cell cell-machine num" role="gridcell">
        <MachineUse worker={worker} contact={props.contact} />
      </div>
      <div className="cell cell-contact num" role="gridcell">
        {props.heardMs !== null && <Age sinceMs={props.heardMs} wrap={words.table.ago} />}
      </div>
    </div>
  );
});

const hostOf = (worker: { worker_id: string; hostname: string }): string =>
  worker.hostname === worker.worker_id ? '' : worker.hostname;
