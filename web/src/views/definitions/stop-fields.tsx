/** How it is ended: a signal and its grace, further ones, and SIGKILL after the last. */
import { useWords } from '../../parts/use-words';
import { problemOf } from '../../state/form-problems';
import type { StopStep } from '../../state/process-form';
import type { FieldsProps } from './fields-props';
import { AddRow, RemoveRow } from './pair-rows';
import { ProbeText } from './probe-text';
import { TextField } from './text-field';

export function StopFields(props: FieldsProps) {
  const { form, problems, onChange } = props;
  const { form: words } = useWords();
  const set = (stopThen: readonly StopStep[]) => onChange({ ...form, stopThen });
  const put = (at: number, change: Partial<StopStep>) =>
    set(form.stopThen.map((one, index) => (index === at ? { ...one, ...change } : one)));
  return (
    <>
      <div className="form-row">
        <TextField {...props} field="stop.signal" />
        <TextField {...props} field="stop.grace" />
      </div>
      {form.stopThen.map((step, at) => (
        <div key={at} className="form-row probe-row">
          <ProbeText
            label={words.thenSignal}
            value={step.signal}
            placeholder="QUIT"
            problem={problemOf(problems, `stop.then[${at}].signal`)}
            onChange={(signal) => put(at, { signal })}
          />
          <ProbeText
            label={words.fields['stop.grace']}
            value={step.grace}
            placeholder="10s"
            problem={problemOf(problems, `stop.then[${at}].grace`)}
            onChange={(grace) => put(at, { grace })}
          />
          <RemoveRow
            label={words.remove(`${words.thenSignal} ${at + 1}`)}
            onRemove={() => set(form.stopThen.toSpliced(at, 1))}
          />
        </div>
      ))}
      <p className="hint">{words.killFollows}</p>
      <AddRow label={words.add(words.thenSignal)} onAdd={() => set([...form.stopThen, { signal: '', grace: '10s' }])} />
    </>
  );
}
