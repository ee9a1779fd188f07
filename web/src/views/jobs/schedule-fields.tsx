/** When a schedule submits its job, and what becomes of a time that meets another one. */
import { useId } from 'react';
import { Field } from '../../parts/field';
import { TextInput } from '../../parts/text-input';
import { useWords } from '../../parts/use-words';
import { CATCH_UPS, OVERLAPS, type ScheduleForm, type ScheduleTextKey } from '../../state/schedule-form';
import { Group } from '../definitions/form-group';

interface Props {
  readonly form: ScheduleForm;
  /** One that is there keeps its name. */
  readonly isNew: boolean;
  readonly onChange: (form: ScheduleForm) => void;
}

export function ScheduleFields({ form, isNew, onChange }: Props) {
  const { schedules: text } = useWords();
  const zones = useId();
  const field = (key: ScheduleTextKey) => ({
    label: text.fields[key],
    value: form.texts[key],
    onText: (typed: string) => onChange({ ...form, texts: { ...form.texts, [key]: typed } }),
  });
  return (
    <>
      <div className="form-row">
        <TextInput {...field('name')} hint={text.hints.name} disabled={!isNew} />
        <TextInput {...field('cron')} hint={text.hints.cron} placeholder="0 3 * * *" />
        <TextInput {...field('time_zone')} hint={text.hints.time_zone} list={zones} />
        <datalist id={zones}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
      <div className="form-row">
        <Choice
          label={text.overlap}
          words={text.overlaps}
          all={OVERLAPS}
          value={form.overlap}
          onChoose={(overlap) => onChange({ ...form, overlap })}
        />
        <Choice
          label={text.catchUp}
          words={text.catchUps}
          all={CATCH_UPS}
          value={form.catchUp}
          onChoose={(catchUp) => onChange({ ...form, catchUp })}
        />
      </div>
      <Group title={text.bounds} open={form.texts.starts_at !== '' || form.texts.ends_at !== ''}>
        <div className="form-row">
          <TextInput {...field('starts_at')} hint={text.hints.date} />
          <TextInput {...field('ends_at')} hint={text.hints.date} />
        </div>
      </Group>
    </>
  );
}

function Choice<T extends string>(props: {
  readonly label: string;
  readonly words: Readonly<Record<T, string>>;
  readonly all: readonly T[];
  readonly value: T;
  readonly onChoose: (value: T) => void;
}) {
  return (
    <Field label={props.label}>
      {(control) => (
        <select {...control} value={props.value} onChange={(event) => props.onChoose(event.target.value as T)}>
          {props.all.map((one) => (
            <option key={one} value={one}>
              {props.words[one]}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
