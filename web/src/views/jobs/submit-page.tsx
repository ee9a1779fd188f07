/** The form of a new job: empty, from a template, or as one that there is. */
import { useState } from 'react';
import { readJob, submitJob } from '../../link/jobs';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { GuardedButton } from '../../parts/guarded-button';
import { Icon } from '../../parts/icon';
import { Problem } from '../../parts/problem';
import { useAnswer } from '../../parts/use-answer';
import { useDoing } from '../../parts/use-doing';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { bodyOf, JOB_TEMPLATES, jobFormOf, type JobForm, type JobTemplate } from '../../state/job-form';
import { SubmitFields } from './submit-fields';

export function SubmitPage({ like }: { like: string | null }) {
  const { jobForm } = useWords();
  const { ui } = useApp();
  return (
    <div className="page">
      <button type="button" className="link back-link" onClick={() => go(ui, { newJob: null })}>
        <Icon name="back" />
        {jobForm.back}
      </button>
      <h1>{like === null ? jobForm.title : jobForm.like(like)}</h1>
      <p className="lead">{jobForm.lead}</p>
      {like === null ? <FromTemplate /> : <Like id={like} />}
    </div>
  );
}

function Like({ id }: { id: string }) {
  const { jobs } = useWords();
  const answer = useAnswer((signal) => readJob(id, signal), []);
  if (answer.kind === 'waiting') return <p className="hint">{jobs.reading}</p>;
  if (answer.kind === 'failed') return <Problem why={answer.why} />;
  return <Form begin={jobFormOf(id, answer.value.spec)} />;
}

function FromTemplate() {
  const { jobForm } = useWords();
  const [template, setTemplate] = useState<JobTemplate>('empty');
  return (
    <>
      <div className="chips submit-templates" role="group" aria-label={jobForm.begin}>
        {(Object.keys(JOB_TEMPLATES) as JobTemplate[]).map((one) => (
          <button
            key={one}
            type="button"
            className="chip"
            aria-pressed={one === template}
            onClick={() => setTemplate(one)}
          >
            {jobForm.templates[one]}
          </button>
        ))}
      </div>
      <Form key={template} begin={JOB_TEMPLATES[template]} />
    </>
  );
}

function Form({ begin }: { begin: JobForm }) {
  const { jobForm } = useWords();
  const { ui, commander } = useApp();
  const [form, setForm] = useState(begin);
  const refused = useRefusal('job.submit');
  const doing = useDoing();
  const written = bodyOf(form);
  const submit = () =>
    doing.run(async () => {
      if (written.kind === 'bad') return;
      const { job_id: id, jobs: submitted, warnings } = await submitJob(written.body);
      commander.say({
        tone: warnings.length === 0 ? 'ok' : 'plain',
        title: jobForm.submitted(id, submitted.length),
        lines: warnings,
      });
      go(ui, { newJob: null, job: id });
    });
  return (
    <form
      className="submit-form"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (refused === null && written.kind === 'body') void submit();
      }}
    >
      <SubmitFields form={form} written={written} onChange={setForm} />
      <Problem why={doing.problem} />
      <div className="submit-buttons">
        <GuardedButton
          refused={refused}
          type="submit"
          className="button primary"
          disabled={form.texts.command.trim() === '' || written.kind === 'bad' || doing.busy}
          aria-busy={doing.busy}
        >
          {jobForm.send}
        </GuardedButton>
        <label className="switch">
          <input type="checkbox" checked={form.hold} onChange={() => setForm({ ...form, hold: !form.hold })} />
          <span>{jobForm.hold}</span>
        </label>
      </div>
    </form>
  );
}
