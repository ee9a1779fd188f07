/** Jobs: all of them, live, with one beside them when it is open; their schedules; the machines that run them; the form of a new one. */
import { useUi } from '../../parts/use-store';
import { JobPanel } from './job-panel';
import { JobQueue } from './job-queue';
import { JobsHead } from './jobs-head';
import { MachinesView } from './machines-view';
import { SchedulesView } from './schedules-view';
import { SubmitPage } from './submit-page';

export function JobsPage() {
  const { job, jobsPart, newJob } = useUi((ui) => ui.route);
  if (newJob !== null) return <SubmitPage key={newJob} like={newJob === '' ? null : newJob} />;
  return (
    <div className="fleet-page" data-open={job !== null || undefined}>
      <div className="fleet">
        <JobsHead />
        {jobsPart === 'queue' && <JobQueue />}
        {jobsPart === 'schedules' && <SchedulesView />}
        {jobsPart === 'machines' && <MachinesView />}
      </div>
      {job !== null && <JobPanel key={job} id={job} />}
    </div>
  );
}
