/** One job: how it is, why, what it says, each of its attempts. Beside the list where there is room, in its place where not. */
import type { ComponentProps } from 'react';
import type { JobRow, JobView } from '../../../../protocol/job-views';
import { readJob } from '../../link/jobs';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { later } from '../../parts/later';
import { PanelHead } from '../../parts/panel-head';
import { Problem } from '../../parts/problem';
import { StateMark } from '../../parts/state-mark';
import { Tabs } from '../../parts/tabs';
import { useAnswer } from '../../parts/use-answer';
import { useJobBoard, useLook } from '../../parts/use-job-board';
import { useFleet, useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { JOB_TABS } from '../../state/route';
import { AttemptList } from './attempt-list';
import { JobActions } from './job-actions';
import { JobBanner } from './job-banner';
import { JobDetails } from './job-details';
import { JobLog } from './job-log';
import type { JobUsage as Charts } from './job-usage';
import { JobWhy } from './job-why';

/** Charts are large, and seldom looked at. */
const JobUsage = later<ComponentProps<typeof Charts>>(async () => (await import('./job-usage')).JobUsage);

/** What a running job uses is told by ticks, not by its row: it is read again at this pace, while ticks come. */
const USAGE_AGAIN_MS = 5_000;

export function JobPanel({ id }: { id: string }) {
  const { jobs } = useWords();
  const { ui } = useApp();
  useLook([id]);
  const row = useJobBoard((board) => board.rows.get(id));
  const isGone = useJobBoard((board) => board.gone.has(id));
  const connection = useFleet((fleet) => fleet.manager?.now_ms ?? 0);
  const beat = useFleet(({ tickMs }) => (row?.state === 'running' ? Math.floor(tickMs / USAGE_AGAIN_MS) : 0));
  const answer = useAnswer((signal) => readJob(id, signal), [row, connection, beat]);
  const job = answer.kind === 'here' ? answer.value : null;
  const shown: JobRow | null = row ?? job;
  return (
    <section className="panel job-panel" aria-label={jobs.open(id)}>
      <PanelHead
        title={id}
        mark={shown && <StateMark state={shown.state} />}
        name={shown === null || shown.name === '' ? id : shown.name}
        onClose={() => go(ui, { job: null })}
      >
        {shown !== null && !isGone && <JobActions job={shown} />}
      </PanelHead>
      {isGone ? (
        <p className="table-empty">{jobs.gone}</p>
      ) : (
        <>
          {shown !== null && <JobBanner job={shown} place={job?.place ?? null} />}
          {answer.kind === 'failed' && <Problem why={answer.why} />}
          {job !== null && <Known job={job} />}
        </>
      )}
    </section>
  );
}

function Known({ job }: { job: JobView }) {
  const { jobs } = useWords();
  const { ui } = useApp();
  const tab = useUi(({ route }) => route.jobTab);
  return (
    <Tabs
      label={jobs.tabsLabel}
      tabs={JOB_TABS.map((one) => [one, jobs.tabs[one]] as const)}
      current={tab}
      onChoose={(next) => go(ui, { jobTab: next })}
    >
      {tab === 'log' && <JobLog job={job} />}
      {tab === 'why' && <JobWhy job={job} />}
      {tab === 'attempts' && <AttemptList job={job} />}
      {tab === 'usage' && <JobUsage job={job} />}
      {tab === 'details' && <JobDetails job={job} />}
    </Tabs>
  );
}
