/** The form of a schedule: a new one, or one that there is. */
import { useState } from 'react';
import type { ScheduleBody } from '../../../../protocol/schedules-http';
import { changeSchedule, createSchedule, readSchedule } from '../../link/schedules';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Icon } from '../../parts/icon';
import { PageTitle } from '../../parts/page-title';
import { Problem } from '../../parts/problem';
import { useAnswer } from '../../parts/use-answer';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { bodyOf } from '../../state/job-form';
import { emptySchedule, scheduleBodyOf, scheduleFormOf, type ScheduleForm } from '../../state/schedule-form';
import { ScheduleFields } from './schedule-fields';
import { SubmitFields } from './submit-fields';
import { SubmitForm } from './submit-form';

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
  const doing = useDoing();
  const written = bodyOf(form.job);
  const body = scheduleBodyOf(form, written);
  const name = form.texts.name.trim();
  const save = (body: ScheduleBody) =>
    void doing.run(async () => {
      await (isNew ? createSchedule({ ...body, name }) : changeSchedule(name, body));
      commander.say({ tone: 'ok', title: text.saved(name), lines: [] });
      go(ui, { schedule: null });
    });
  return (
    <SubmitForm
      label={text.save}
      doing={doing}
      send={body === null ? null : () => save(body)}
      switches={[
        { label: text.enabled, isOn: form.isEnabled, onChange: (isEnabled) => setForm({ ...form, isEnabled }) },
        {
          label: jobForm.hold,
          isOn: form.job.hold,
          onChange: (hold) => setForm({ ...form, job: { ...form.job, hold } }),
        },
      ]}
    >
      <ScheduleFields form={form} isNew={isNew} onChange={setForm} />
      <SubmitFields form={form.job} written={written} onChange={(job) => setForm({ ...form, job })} isScheduled />
    </SubmitForm>
  );
}
