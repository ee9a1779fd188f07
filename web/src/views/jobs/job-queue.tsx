/** The queue: what there is of each state, and the jobs that match. */
import { useEffect, useState } from 'react';
import { openJobs, type JobReader } from '../../link/job-reader';
import { useApp } from '../../parts/app-context';
import { useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { jobFilterOf } from '../../state/job-query';
import { JobFilterBar } from './job-filter-bar';
import { JobTable } from './job-table';

/** The manager is not asked for every letter. */
const TYPING_MS = 200;

export function JobQueue() {
  const { jobs } = useWords();
  const { live } = useApp();
  const text = useUi(({ route }) => route.jobsText);
  const sort = useUi(({ route }) => route.jobsSort);
  const [reader, setReader] = useState<JobReader | null>(null);
  useEffect(() => {
    let opened: JobReader | null = null;
    const timer = setTimeout(
      () => setReader((opened = openJobs(jobFilterOf(text), sort, live.jobs))),
      reader === null ? 0 : TYPING_MS,
    );
    return () => {
      clearTimeout(timer);
      opened?.close();
    };
  }, [live, text, sort]);
  return (
    <>
      <JobFilterBar />
      {reader === null ? (
        <p className="table-empty">{jobs.reading}</p>
      ) : (
        <JobTable reader={reader} text={text} sort={sort} />
      )}
    </>
  );
}
