/** What can be done to a job. What it may not, or the reader may not, stays in its place and says so. */
import { useState } from 'react';
import type { JobRow } from '../../../../protocol/job-views';
import { approveJob, cancelJob, retryJob, setPriority } from '../../link/jobs';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { FormDialog } from '../../parts/form-dialog';
import { IconButton } from '../../parts/icon-button';
import { LazyMenu } from '../../parts/lazy-menu';
import { MenuItem } from '../../parts/menu';
import { TextInput } from '../../parts/text-input';
import { useAtOnce } from '../../parts/use-at-once';
import { useDoing } from '../../parts/use-doing';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { isOver, isWaiting, mayRetry } from '../../state/job-acts';

/** The ends of the scale. */
const FIRST = 1;
const LAST = 10;
const nothing = () => undefined;

export function JobActions({ job }: { job: JobRow }) {
  const { jobs, table } = useWords();
  const { ui } = useApp();
  const [isCancelling, setCancelling] = useState(false);
  const atOnce = useAtOnce();
  const refused = useRefusal('job.control');
  const mayNotSubmit = useRefusal('job.submit');
  const { job_id: id, state } = job;
  const retry = () => atOnce({ to: id, work: () => retryJob(id), done: jobs.retried(id), onDone: nothing });
  const approve = () => atOnce({ to: id, work: () => approveJob(id), done: jobs.approved(id), onDone: nothing });
  const move = (priority: number) =>
    atOnce({ to: id, work: () => setPriority(id, priority), done: jobs.moved(id), onDone: nothing });
  return (
    <div className="panel-actions">
      <IconButton icon="restart" label={jobs.retry} disabled={!mayRetry(state)} refused={refused} onClick={retry} />
      <IconButton
        icon="stop"
        label={jobs.cancel}
        className="danger-quiet"
        disabled={isOver(state) || state === 'stopping'}
        refused={refused}
        onClick={() => setCancelling(true)}
      />
      <IconButton
        icon="copy"
        label={jobs.clone}
        refused={mayNotSubmit}
        onClick={() => go(ui, { newJob: id, job: null })}
      />
      {isWaiting(state) && (
        <LazyMenu label={table.rowActions(id)}>
          {() => (
            <>
              <MenuItem icon="up" refused={refused} onSelect={() => move(FIRST)}>
                {jobs.first}
              </MenuItem>
              <MenuItem icon="down" refused={refused} onSelect={() => move(LAST)}>
                {jobs.last}
              </MenuItem>
              {state === 'waiting' && (
                <MenuItem icon="check" refused={refused} onSelect={approve}>
                  {jobs.approve}
                </MenuItem>
              )}
            </>
          )}
        </LazyMenu>
      )}
      {isCancelling && <CancelDialog job={job} onClose={() => setCancelling(false)} />}
    </div>
  );
}

function CancelDialog({ job, onClose }: { job: JobRow; onClose: () => void }) {
  const { jobs } = useWords();
  const { commander } = useApp();
  const doing = useDoing();
  const [why, setWhy] = useState('');
  const cancel = async () => {
    if (!(await doing.run(() => cancelJob(job.job_id, why.trim())))) return;
    onClose();
    commander.say({ tone: 'ok', title: jobs.cancelled(job.job_id), lines: [] });
  };
  return (
    <FormDialog
      title={jobs.cancelTitle(job.name)}
      lead={jobs.cancelLead}
      button={jobs.cancelButton}
      danger
      doing={doing}
      onSubmit={() => void cancel()}
      onClose={onClose}
    >
      <TextInput label={jobs.cancelWhy} value={why} onText={setWhy} />
    </FormDialog>
  );
}
