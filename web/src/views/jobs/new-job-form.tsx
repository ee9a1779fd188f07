/** Around the fields of a new job, which may be held. */
import type { ReactNode } from 'react';
import type { JobBody, TemplateSubmission } from '../../../../protocol/jobs-http';
import { useWords } from '../../parts/use-words';
import { SubmitForm } from './submit-form';
import { useSubmitting } from './use-submitting';

interface Props {
  /** Null = it cannot be submitted yet. */
  readonly body: JobBody | TemplateSubmission | null;
  readonly hold: boolean;
  readonly onHold: (hold: boolean) => void;
  readonly children: ReactNode;
}

export function NewJobForm({ body, hold, onHold, children }: Props) {
  const { jobForm } = useWords();
  const { submit, ...doing } = useSubmitting();
  const switches = [{ label: jobForm.hold, isOn: hold, onChange: onHold }];
  return (
    <SubmitForm label={jobForm.send} doing={doing} send={body === null ? null : () => submit(body)} switches={switches}>
      {children}
    </SubmitForm>
  );
}
