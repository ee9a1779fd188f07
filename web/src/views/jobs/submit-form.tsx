/** Around the fields of a new job: what went wrong with it, the button that submits it, and whether it is held. */
import type { ReactNode } from 'react';
import type { JobBody, TemplateSubmission } from '../../../../protocol/jobs-http';
import { GuardedButton } from '../../parts/guarded-button';
import { Problem } from '../../parts/problem';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { useSubmitting } from './use-submitting';

interface Props {
  /** Null = it cannot be submitted yet. */
  readonly body: JobBody | TemplateSubmission | null;
  readonly hold: boolean;
  readonly onHold: (hold: boolean) => void;
  readonly children: ReactNode;
}

export function SubmitForm({ body, hold, onHold, children }: Props) {
  const { jobForm } = useWords();
  const refused = useRefusal('job.submit');
  const { submit, busy, problem } = useSubmitting();
  return (
    <form
      className="submit-form"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (refused === null && body !== null) submit(body);
      }}
    >
      {children}
      <Problem why={problem} />
      <div className="submit-buttons">
        <GuardedButton
          refused={refused}
          type="submit"
          className="button primary"
          disabled={body === null || busy}
          aria-busy={busy}
        >
          {jobForm.send}
        </GuardedButton>
        <label className="switch">
          <input type="checkbox" checked={hold} onChange={() => onHold(!hold)} />
          <span>{jobForm.hold}</span>
        </label>
      </div>
    </form>
  );
}
