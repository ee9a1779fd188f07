/** Jobs: all of them, live, with one beside them when it is open; their schedules; the machines that run them; the forms of a new job and of a schedule. */
import { useBefore } from '../../parts/use-before';
import { useUi } from '../../parts/use-store';
import { JobPanel } from './job-panel';
import { JobQueue } from './job-queue';
import { JobsHead } from './jobs-head';
import { MachinesView } from './machines-view';
import { SchedulePage } from './schedule-page';
import { SchedulesView } from './schedules-view';
import { SubmitPage } from './submit-page';

export function JobsPage() {
  const { job, jobsPart, newJob, schedule } = useUi((ui) => ui.route);
  const closed = useBefore(newJob ?? schedule ?? jobsPart);
  if (newJob !== null) return <SubmitPage key={newJob} like={newJob === '' ? null : newJob} />;
  if (schedule !== null) return <SchedulePage key={schedule} name={schedule === '' ? null : schedule} />;
  return (
    <div className="fleet-page" data-open={job !== null || undefined}>
      <div className="fleet">
        <JobsHead isClosed={closed === ''} />
        {jobsPart === 'queue' && <JobQueue />}
        {jobsPart === 'schedules' && <SchedulesView closed={closed} />}
        {jobsPart === 'machines' && <MachinesView />}
      </div>
      {job !== null && <JobPanel key={job} id={job} />}
    </div>
  );
}
