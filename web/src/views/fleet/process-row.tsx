import { memo, type MouseEvent } from 'react';
import type { ProcessView, WorkerView } from '../../../../protocol/views';
import { go, hrefOf } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Age } from '../../parts/age';
import { Checkbox } from '../../parts/checkbox';
import { StateMark } from '../../parts/state-mark';
import { useWords } from '../../parts/use-words';
import type { Request } from '../../state/requests';
import { foremostWhy, isAlive } from '../../state/severity';
import { toggled } from '../../state/selection';
import type { UsageRing } from '../../state/usage-ring';
import { ProcessStateText, Restarts } from '../process/process-state-text';
import { rowProps } from './row-place';
import { RowActions } from './row-actions';
import { UsageCell } from './usage-cell';
import { WorkerName } from './worker-name';

interface Props {
  readonly process: ProcessView;
  readonly worker: WorkerView | undefined;
  readonly level: 1 | 2;
  readonly ring: UsageRing | undefined;
  /** Of the ring, which changes in place. */
  readonly version: number;
  readonly heardMs: number | null;
  readonly selected: boolean;
  readonly open: boolean;
  readonly request: Request | undefined;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly current: boolean;
}

export const ProcessRow = memo(function ProcessRow(props: Props) {
  const { process, worker, level, ring, version, heardMs, selected, open, request } = props;
  const words = useWords();
  const { ui } = useApp();
  const silent = worker !== undefined && (worker.state === 'stale' || worker.state === 'offline');
  const openPanel = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    ui.set((state) => ({ ...state, cursor: process.key }));
    go(ui, { process: process.key });
  };
  return (
    <div
      {...rowProps(process.key, props, props.current)}
      className="row row-process"
      aria-level={level}
      aria-selected={selected}
      data-level={level}
      data-open={open || undefined}
      data-silent={silent || undefined}
      onClick={(event) => {
        // A click that ends a text selection, or that a control took, opens nothing.
        if ((event.target as Element).closest('a, button, input, [role="menu"]')) return;
        if (getSelection()?.toString()) return;
        openPanel(event);
      }}
    >
      <div className="cell cell-select" role="gridcell">
        <Checkbox
          label={words.table.select(process.key)}
          value={selected ? 'all' : 'none'}
          onToggle={() => ui.set((state) => ({ ...state, selection: toggled(state.selection, process.key) }))}
        />
      </div>
      <div className="cell cell-state" role="gridcell">
        <StateMark state={process.state} />
        <ProcessStateText process={process} request={request} />
      </div>
      <div className="cell cell-name" role="gridcell">
        <a
          href={hrefOf({ ...ui.get().route, process: process.key })}
          title={process.key}
          tabIndex={-1}
          onClick={openPanel}
        >
          {process.process}
        </a>
      </div>
      <div className="cell cell-why" role="gridcell" title={foremostWhy(process, worker)}>
        <span>{foremostWhy(process, worker)}</span>
      </div>
      <div className="cell cell-worker" role="gridcell" title={worker?.why ?? process.worker_id}>
        {worker && silent && <StateMark state={worker.state} />}
        <WorkerName workerId={process.worker_id} />
      </div>
      <div className="cell cell-pid num" role="gridcell">
        {process.pid ?? ''}
      </div>
      <div className="cell cell-uptime num" role="gridcell">
        {isAlive(process) && process.started_at_ms !== null && <Age sinceMs={process.started_at_ms} />}
      </div>
      <div className="cell cell-restarts num" role="gridcell">
        <Restarts process={process} />
      </div>
      <UsageCell measure="cpu" process={process} ring={ring} version={version} />
      <UsageCell measure="rssBytes" process={process} ring={ring} version={version} />
      <div className="cell cell-contact num" role="gridcell">
        {heardMs !== null && <Age sinceMs={heardMs} wrap={words.table.ago} />}
      </div>
      <div className="cell cell-actions" role="gridcell">
        <RowActions process={process} />
      </div>
    </div>
  );
});
