/** The form of a new job: empty, from an example, a named one of the manager's, or as one that there is. */
import { useState } from 'react';
import { readJob, readTemplates } from '../../link/jobs';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Icon } from '../../parts/icon';
import { PageTitle } from '../../parts/page-title';
import { Problem } from '../../parts/problem';
import { useAnswer } from '../../parts/use-answer';
import { useWords } from '../../parts/use-words';
import { bodyOf, JOB_TEMPLATES, jobFormOf, type JobForm, type JobTemplate } from '../../state/job-form';
import { NamedForm } from './named-form';
import { SubmitFields } from './submit-fields';
import { NewJobForm } from './new-job-form';

export function SubmitPage({ like }: { like: string | null }) {
  const { jobForm } = useWords();
  const { ui } = useApp();
  return (
    <div className="page">
      <button type="button" className="link back-link" onClick={() => go(ui, { newJob: null })}>
        <Icon name="back" />
        {jobForm.back}
      </button>
      <PageTitle>{like === null ? jobForm.title : jobForm.like(like)}</PageTitle>
      <p className="lead">{jobForm.lead}</p>
      {like === null ? <Begin /> : <Like id={like} />}
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

type Choice =
  { readonly kind: 'example'; readonly name: JobTemplate } | { readonly kind: 'named'; readonly name: string };

function Begin() {
  const { jobForm } = useWords();
  const [{ kind, name }, setChoice] = useState<Choice>({ kind: 'example', name: 'empty' });
  const answer = useAnswer(readTemplates, []);
  const named = answer.kind === 'here' ? answer.value : [];
  const chosen = kind === 'named' ? named.find((template) => template.name === name) : undefined;
  const chip = (choice: Choice, text: string) => (
    <button
      key={choice.name}
      type="button"
      className="chip"
      aria-pressed={choice.kind === kind && choice.name === name}
      onClick={() => setChoice(choice)}
    >
      {text}
    </button>
  );
  return (
    <>
      <div className="chips submit-templates" role="group" aria-label={jobForm.begin}>
        {(Object.keys(JOB_TEMPLATES) as JobTemplate[]).map((one) =>
          chip({ kind: 'example', name: one }, jobForm.templates[one]),
        )}
      </div>
      {answer.kind === 'failed' && <Problem why={answer.why} />}
      {named.length > 0 && (
        <div className="submit-templates">
          <span className="faint">{jobForm.named}</span>
          <div className="chips" role="group" aria-label={jobForm.named}>
            {named.map((template) => chip({ kind: 'named', name: template.name }, template.name))}
          </div>
        </div>
      )}
      {kind === 'example' ? (
        <Form key={name} begin={JOB_TEMPLATES[name]} />
      ) : chosen === undefined || chosen.problem !== null ? (
        <Problem why={chosen?.problem ?? null} />
      ) : (
        <NamedForm key={name} template={chosen} />
      )}
    </>
  );
}

function Form({ begin }: { begin: JobForm }) {
  const [form, setForm] = useState(begin);
  const written = bodyOf(form);
  const isReady = written.kind === 'body' && form.texts.command.trim() !== '';
  return (
    <NewJobForm body={isReady ? written.body : null} hold={form.hold} onHold={(hold) => setForm({ ...form, hold })}>
      <SubmitFields form={form} written={written} onChange={setForm} />
    </NewJobForm>
  );
}
