/** The form of a named job: its parameters, and the little that is laid over it most often. */
import { useState } from 'react';
import type { TemplateRow } from '../../../../protocol/jobs-http';
import { Field } from '../../parts/field';
import { useWords } from '../../parts/use-words';
import { EMPTY_NAMED, isMissing, isNoNumber, NAMED_WORDS, namedBody } from '../../state/named-job';
import { NewJobForm } from './new-job-form';

export function NamedForm({ template }: { template: TemplateRow }) {
  const { jobForm } = useWords();
  const [form, setForm] = useState(EMPTY_NAMED);
  const hints: Partial<Record<string, string>> = jobForm.hints;
  return (
    <NewJobForm body={namedBody(template, form)} hold={form.hold} onHold={(hold) => setForm({ ...form, hold })}>
      {template.description !== null && <p>{template.description}</p>}
      {Object.keys(template.parameters).length > 0 && (
        <fieldset className="submit-parameters">
          <legend>{jobForm.parameters}</legend>
          <div className="form-row">
            {Object.entries(template.parameters).map(([name, usual]) => (
              <Field key={name} label={name} hint={isMissing(template, form, name) ? jobForm.mustBeGiven : undefined}>
                {(control) => (
                  <input
                    {...control}
                    value={form.values[name] ?? ''}
                    placeholder={usual === null ? undefined : String(usual)}
                    required={usual === null}
                    spellCheck={false}
                    onChange={({ target }) => setForm({ ...form, values: { ...form.values, [name]: target.value } })}
                  />
                )}
              </Field>
            ))}
          </div>
        </fieldset>
      )}
      <div className="form-row">
        {NAMED_WORDS.map((word) => (
          <Field
            key={word}
            label={jobForm.fields[word]}
            hint={hints[word]}
            problem={word === 'priority' && isNoNumber(form.texts.priority) ? jobForm.badNumber : undefined}
          >
            {(control) => (
              <input
                {...control}
                value={form.texts[word]}
                spellCheck={false}
                onChange={({ target }) => setForm({ ...form, texts: { ...form.texts, [word]: target.value } })}
              />
            )}
          </Field>
        ))}
        <Field label={jobForm.fields.worker} hint={jobForm.asTemplate}>
          {(control) => (
            <input
              {...control}
              value={form.worker}
              spellCheck={false}
              onChange={({ target }) => setForm({ ...form, worker: target.value })}
            />
          )}
        </Field>
      </div>
    </NewJobForm>
  );
}
