/** What must be so before it is born. */
import { useId } from 'react';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { problemOf } from '../../state/form-problems';
import type { Pair } from '../../state/process-form';
import type { FieldsProps } from './fields-props';
import { AddRow, RemoveRow } from './pair-rows';

const CONDITIONS = ['started', 'ready', 'completed'] as const;

export function DependsFields({ form, problems, onChange }: FieldsProps) {
  const { form: words, waiting } = useWords();
  const processes = useFleet((fleet) => fleet.processes);
  const known = useId();
  const set = (dependsOn: readonly Pair[]) => onChange({ ...form, dependsOn });
  const put = (at: number, row: Pair) => set(form.dependsOn.map((one, index) => (index === at ? row : one)));
  const problem = problemOf(problems, 'depends_on');
  return (
    <div className="pair-rows">
      <datalist id={known}>
        {[...processes.keys()].map((key) => (
          <option key={key} value={key} />
        ))}
      </datalist>
      {form.dependsOn.map((row, at) => (
        <div key={at} className="pair-row">
          <input
            aria-label={`${words.process} ${at + 1}`}
            list={known}
            value={row.name}
            placeholder="worker/process"
            spellCheck={false}
            onChange={(event) => put(at, { ...row, name: event.target.value })}
          />
          <select
            aria-label={`${words.condition} ${at + 1}`}
            value={row.value}
            onChange={(event) => put(at, { ...row, value: event.target.value })}
          >
            {CONDITIONS.map((condition) => (
              <option key={condition} value={condition}>
                {waiting.on[condition]}
              </option>
            ))}
          </select>
          <RemoveRow
            label={words.remove(row.name || String(at + 1))}
            onRemove={() => set(form.dependsOn.toSpliced(at, 1))}
          />
        </div>
      ))}
      {problem !== undefined && (
        <small role="alert" data-bad>
          {problem}
        </small>
      )}
      <AddRow label={words.add(words.process)} onAdd={() => set([...form.dependsOn, { name: '', value: 'started' }])} />
    </div>
  );
}
