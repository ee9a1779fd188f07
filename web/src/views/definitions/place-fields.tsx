/** Where it runs: on a worker by its id, or on one that carries labels. */
import { useId } from 'react';
import { Field } from '../../parts/field';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { problemOf } from '../../state/form-problems';
import type { FieldsProps } from './fields-props';
import { PairRows } from './pair-rows';

export function PlaceFields({ form, problems, onChange }: FieldsProps) {
  const { form: words } = useWords();
  const workers = useFleet((fleet) => fleet.workers);
  const known = useId();
  return (
    <fieldset className="place">
      <legend>{words.place}</legend>
      <label className="switch">
        <input
          type="radio"
          name={known}
          checked={!form.byLabels}
          onChange={() => onChange({ ...form, byLabels: false })}
        />
        <span>{words.byWorker}</span>
      </label>
      <label className="switch">
        <input
          type="radio"
          name={known}
          checked={form.byLabels}
          onChange={() => onChange({ ...form, byLabels: true })}
        />
        <span>{words.byLabels}</span>
      </label>
      {form.byLabels ? (
        <PairRows
          rows={form.match}
          names={words.label}
          values={words.labelValue}
          problem={problemOf(problems, 'match')}
          onChange={(match) => onChange({ ...form, match })}
        />
      ) : (
        <Field label={words.fields.worker} problem={problemOf(problems, 'worker') ?? problems.get('')}>
          {(control) => (
            <>
              <input
                {...control}
                list={`${known}-workers`}
                value={form.texts.worker}
                spellCheck={false}
                onChange={(event) => onChange({ ...form, texts: { ...form.texts, worker: event.target.value } })}
              />
              <datalist id={`${known}-workers`}>
                {[...workers.keys()].map((id) => (
                  <option key={id} value={id} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      )}
    </fieldset>
  );
}
