/** The looks at jobs, and the way to a new one. */
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { GuardedButton } from '../../parts/guarded-button';
import { Icon } from '../../parts/icon';
import { useRefusal } from '../../parts/use-refusal';
import { useUi } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { JOBS_PARTS } from '../../state/route';

export function JobsHead() {
  const { jobs } = useWords();
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
      <GuardedButton refused={refused} className="button primary" onClick={() => go(ui, { newJob: '', job: null })}>
        <Icon name="plus" />
        {jobs.submit}
      </GuardedButton>
    </div>
  );
}
