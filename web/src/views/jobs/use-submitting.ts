/** A new job on its way to the manager: its warnings are told, and it is opened. */
import type { JobBody, TemplateSubmission } from '../../../../protocol/jobs-http';
import { submitJob } from '../../link/jobs';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';

export function useSubmitting() {
  const { jobForm } = useWords();
  const { ui, commander } = useApp();
  const doing = useDoing();
  const submit = (body: JobBody | TemplateSubmission): void =>
    void doing.run(async () => {
      const { job_id: id, jobs: submitted, warnings } = await submitJob(body);
      commander.say({
        tone: warnings.length === 0 ? 'ok' : 'plain',
        title: jobForm.submitted(id, submitted.length),
        lines: warnings,
      });
      go(ui, { newJob: null, job: id });
    });
  return { submit, busy: doing.busy, problem: doing.problem };
}
