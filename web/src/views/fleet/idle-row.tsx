import { memo } from 'react';
import type { WorkerView } from '../../../../protocol/views';
import { Age } from '../../parts/age';
import { StateMark, TONES } from '../../parts/state-mark';
import { useWords } from '../../parts/use-words';
import type { Contact } from '../../state/fleet';
import { isProblem, workerRank } from '../../state/severity';
import { workerRowId } from '../../state/rows';
import { rowProps } from './row-place';
import { MachineUse } from './machine-use';
import { WorkerName } from './worker-name';

interface Props {
  readonly worker: WorkerView;
  readonly contact: Contact | undefined;
  readonly heardMs: number | null;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly current: boolean;
}

/** A worker that runs nothing, with what to do about it. */
export const IdleRow = memo(function IdleRow(props: Props) {
  const { worker } = props;
  const words = useWords();
  return (
    <div
      {...rowProps(workerRowId(worker.worker_id), props, props.current)}
      className="row row-idle"
      aria-level={1}
      data-silent={worker.state === 'stale' || worker.state === 'offline' || undefined}
    >
      <div className="cell cell-select" role="gridcell" />
      <div className="cell cell-state" role="gridcell">
        <StateMark state={worker.state} />
        <span className="state-text" data-tone={TONES[worker.state]}>
          <span className="state-word">{words.states[worker.state]}</span>
        </span>
      </div>
      <div className="cell cell-name" role="gridcell">
        <WorkerName workerId={worker.worker_id} />
      </div>
      <div className="cell cell-why" role="gridcell">
        <span>{isProblem(workerRank(worker)) ? (worker.findings[0] ?? worker.why) : words.table.nothingRuns}</span>
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
