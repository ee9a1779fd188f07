/** The looks at jobs, and the way to a new one, or to a new schedule. */
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { GuardedButton } from '../../parts/guarded-button';
import { Icon } from '../../parts/icon';
import { useRefusal } from '../../parts/use-refusal';
import { useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { JOBS_PARTS } from '../../state/route';

/** @param isClosed the form that its button opens was left just now */
export function JobsHead({ isClosed }: { isClosed: boolean }) {
  const { jobs, schedules } = useWords();
  const { ui } = useApp();
  const part = useUi(({ route }) => route.jobsPart);
  const refused = useRefusal('job.submit');
  return (
    <div className="jobs-head">
      <h1>{jobs.title}</h1>
      <div className="chips" role="group" aria-label={jobs.parts}>
        {JOBS_PARTS.map((one) => (
          <button
            key={one}
            type="button"
            className="chip"
            aria-pressed={one === part}
            onClick={() => go(ui, { jobsPart: one })}
          >
            {jobs[one]}
          </button>
        ))}
      </div>
      <GuardedButton
        refused={refused}
        className="button primary"
        autoFocus={isClosed}
        onClick={() => go(ui, part === 'schedules' ? { schedule: '', job: null } : { newJob: '', job: null })}
      >
        <Icon name="plus" />
        {part === 'schedules' ? schedules.create : jobs.submit}
      </GuardedButton>
    </div>
  );
}
