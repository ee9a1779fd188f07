/** The form of a schedule: a new one, or one that there is. */
import { useState } from 'react';
import { changeSchedule, createSchedule, readSchedule } from '../../link/schedules';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { GuardedButton } from '../../parts/guarded-button';
import { Icon } from '../../parts/icon';
import { PageTitle } from '../../parts/page-title';
import { Problem } from '../../parts/problem';
import { useAnswer } from '../../parts/use-answer';
import { useDoing } from '../../parts/use-doing';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { bodyOf } from '../../state/job-form';
import { emptySchedule, scheduleBodyOf, scheduleFormOf, type ScheduleForm } from '../../state/schedule-form';
import { ScheduleFields } from './schedule-fields';
import { SubmitFields } from './submit-fields';

/** @param name null = a new one */
export function SchedulePage({ name }: { name: string | null }) {
  const { schedules: text } = useWords();
  const { ui } = useApp();
  return (
    <div className="page">
      <button type="button" className="link back-link" onClick={() => go(ui, { schedule: null })}>
        <Icon name="back" />
        {text.title}
      </button>
      <PageTitle>{name === null ? text.create : text.edit(name)}</PageTitle>
      <p className="lead">{text.lead}</p>
      {name === null ? <Form begin={emptySchedule(ownTimeZone())} isNew /> : <Known name={name} />}
    </div>
  );
}

const ownTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

function Known({ name }: { name: string }) {
  const { schedules: text } = useWords();
  const answer = useAnswer((signal) => readSchedule(name, signal), []);
  if (answer.kind === 'waiting') return <p className="hint">{text.reading}</p>;
  if (answer.kind === 'failed') return <Problem why={answer.why} />;
  return <Form begin={scheduleFormOf(answer.value)} isNew={false} />;
}

function Form({ begin, isNew }: { begin: ScheduleForm; isNew: boolean }) {
  const { schedules: text, jobForm } = useWords();
  const { ui, commander } = useApp();
  const [form, setForm] = useState(begin);
  const refused = useRefusal('job.submit');
  const doing = useDoing();
  const written = bodyOf(form.job);
  const body = scheduleBodyOf(form, written);
  const name = form.texts.name.trim();
  const save = () =>
    void doing.run(async () => {
      if (body === null) return;
      await (isNew ? createSchedule({ ...body, name }) : changeSchedule(name, body));
      commander.say({ tone: 'ok', title: text.saved(name), lines: [] });
      go(ui, { schedule: null });
    });
  const switched = (label: string, isOn: boolean, put: (isOn: boolean) => ScheduleForm) => (
    <label className="switch">
      <input type="checkbox" checked={isOn} onChange={() => setForm(put(!isOn))} />
      <span>{label}</span>
    </label>
  );
  return (
    <form
      className="submit-form"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (refused === null) save();
      }}
    >
      <ScheduleFields form={form} isNew={isNew} onChange={setForm} />
      <SubmitFields form={form.job} written={written} onChange={(job) => setForm({ ...form, job })} isScheduled />
      <Problem why={doing.problem} />
      <div className="submit-buttons">
        <GuardedButton
          refused={refused}
          type="submit"
          className="button primary"
          disabled={body === null || doing.busy}
          aria-busy={doing.busy}
        >
          {text.save}
        </GuardedButton>
        {switched(text.enabled, form.isEnabled, (isEnabled) => ({ ...form, isEnabled }))}
        {switched(jobForm.hold, form.job.hold, (hold) => ({ ...form, job: { ...form.job, hold } }))}
      </div>
    </form>
  );
}
