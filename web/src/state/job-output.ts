/** An attempt as the log view knows those that write. */
import type { AttemptView } from '../../../protocol/job-views';
import type { LogSubject } from './log-subject';

/** Null = its output is not in the log store: it never ran, or it is kept with the job. */
export function subjectOf({ log, state, exit_code, signal }: AttemptView): LogSubject | null {
  if (log === null) return null;
  const { worker_id, process, run_id } = log;
  // Which pid it is says nobody here; that there is one says that the run goes on.
  return {
    key: `${worker_id}/${process}`,
    worker_id,
    process,
    run_id,
    pid: state === 'ended' ? null : 0,
    exit_code,
    signal,
  };
}
