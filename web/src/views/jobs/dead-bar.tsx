/** While the list shows what failed for good and nothing else: all of that is tried again by one act, after a look at how much it is. */
import { useState } from 'react';
import type { JobFilter } from '../../../../protocol/jobs-http';
import { retryJobs } from '../../link/jobs';
import { useApp } from '../../parts/app-context';
import { FormDialog } from '../../parts/form-dialog';
import { GuardedButton } from '../../parts/guarded-button';
import { Icon } from '../../parts/icon';
import { Problem } from '../../parts/problem';
import { useAnswer } from '../../parts/use-answer';
import { useDoing } from '../../parts/use-doing';
import { useJobBoard } from '../../parts/use-job-board';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { isOfDead, jobFilterOf } from '../../state/job-query';

export function DeadBar({ text }: { text: string }) {
  const { jobs } = useWords();
  const [isAsking, setAsking] = useState(false);
  const refused = useRefusal('job.control');
  const hasDead = useJobBoard((board) => (board.counts?.failed ?? 0) > 0);
  const filter = jobFilterOf(text);
  if (!isOfDead(filter) || !hasDead) return null;
  return (
    <div className="dead-bar">
      <p>{jobs.deadLead}</p>
      <GuardedButton refused={refused} className="button" onClick={() => setAsking(true)}>
        <Icon name="restart" />
        {jobs.retryAll}
      </GuardedButton>
      {isAsking && <RetryDialog filter={filter} onClose={() => setAsking(false)} />}
    </div>
  );
}

/** Names that the question has room for. */
const NAMED_MAX = 10;
/** Different reasons why some were not tried again. */
const WHYS_MAX = 5;

function RetryDialog({ filter, onClose }: { filter: JobFilter; onClose: () => void }) {
  const { jobs } = useWords();
  const { commander } = useApp();
  const doing = useDoing();
  const meant = useAnswer(() => retryJobs(filter, true), []);
  const count = meant.kind === 'here' ? meant.value.matched : 0;
  const retry = () =>
    doing.run(async () => {
      const { results } = await retryJobs(filter, false);
      const refused = results.filter(({ ok }) => !ok);
      commander.say({
        tone: refused.length === 0 ? 'ok' : 'bad',
        title: jobs.retriedMany(results.length - refused.length, refused.length),
        lines: [...new Set(refused.map(({ message }) => message))].slice(0, WHYS_MAX),
      });
      onClose();
    });
  return (
    <FormDialog
      title={jobs.retryAllTitle}
      lead={meant.kind === 'here' ? jobs.retryAllLead(count) : undefined}
      button={jobs.retryMany(count)}
      disabled={count === 0}
      doing={doing}
      onSubmit={() => void retry()}
      onClose={onClose}
    >
      {meant.kind === 'waiting' && <p className="hint">{jobs.reading}</p>}
      {meant.kind === 'failed' && <Problem why={meant.why} />}
      {meant.kind === 'here' && (
        <p className="faint">
          {meant.value.results
            .slice(0, NAMED_MAX)
            .map(({ job_id: id }) => id)
            .join(', ')}
          {count > NAMED_MAX && jobs.andMore(count - NAMED_MAX)}
        </p>
      )}
    </FormDialog>
  );
}
