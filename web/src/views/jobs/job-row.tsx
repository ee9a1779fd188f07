/** One job of the list. Drawn again only when its row is another one, or its place. */
import { memo } from 'react';
import type { JobRow } from '../../../../protocol/job-views';
import { go } from '../../link/navigation';
import { Age } from '../../parts/age';
import { useApp } from '../../parts/app-context';
import { JobLink } from '../../parts/job-link';
import { ProgressBar } from '../../parts/progress-bar';
import { StateMark, TONES } from '../../parts/state-mark';
import { useWords } from '../../parts/use-words';

interface Props {
  readonly row: JobRow;
  /** Of the table's rows, its head being the first. */
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly isOpen: boolean;
}

export const JobRowView = memo(function JobRowView({ row, index, top, height, isOpen }: Props) {
  const words = useWords();
  const { jobs } = words;
  const { ui } = useApp();
  const isRunning = row.state === 'running' && row.progress !== null;
  return (
    <div
      className="job-line job-row"
      role="row"
      aria-rowindex={index}
      data-open={isOpen || undefined}
      style={{ transform: `translateY(${top}px)`, height }}
      onClick={(event) => {
        if (!(event.target instanceof Element) || event.target.closest('a') === null) go(ui, { job: row.job_id });
      }}
    >
      <span className="job-state" role="cell" data-tone={TONES[row.state]}>
        <StateMark state={row.state} />
        {words.states[row.state]}
      </span>
      <span className="job-name" role="cell">
        <JobLink id={row.job_id} className="job-open">
          {row.name === '' ? row.job_id : row.name}
        </JobLink>{' '}
        {row.name !== row.job_id && <span className="faint job-id">{row.job_id}</span>}
        <code title={row.command}>{row.command}</code>
      </span>
      <span className="job-why" role="cell" title={row.why}>
        {isRunning && row.progress !== null ? <ProgressBar progress={row.progress} /> : row.why}
      </span>
      <span className="job-worker" role="cell">
        {row.worker_id ?? '—'}
        {row.gpus > 0 && <span className="tag">{jobs.gpus(row.gpus)}</span>}
        {row.nodes > 1 && <span className="tag">{jobs.nodes(row.nodes)}</span>}
      </span>
      <span className="job-owner" role="cell" title={jobs.priority(row.priority)}>
        {row.owner} <span className="faint">{row.queue}</span>
      </span>
      <span className="job-since num" role="cell">
        <Age sinceMs={row.since_ms} />
      </span>
    </div>
  );
});
