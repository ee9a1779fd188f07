/** The fields of a new job. What is seldom said is folded away. */
import { Field } from '../../parts/field';
import { useWords } from '../../parts/use-words';
import type { JobForm, JobTextKey, JobWritten } from '../../state/job-form';
import { Group } from '../definitions/form-group';
import { PairRows } from '../definitions/pair-rows';

interface Props {
  readonly form: JobForm;
  readonly written: JobWritten;
  readonly onChange: (form: JobForm) => void;
  /** Of a schedule: without what is said once for one job. */
  readonly isScheduled?: boolean;
}

const WHAT = ['name', 'queue', 'priority', 'labels'] as const;
const WHERE = ['gpus', 'gpu_type', 'gpu_memory', 'cpus', 'memory', 'nodes', 'worker', 'worker_labels'] as const;
const WHEN = ['retries', 'run_timeout', 'after', 'not_before', 'array', 'progress'] as const;
const OF_ONE_JOB: readonly JobTextKey[] = ['name', 'after', 'not_before', 'array', 'sweep'];
const isAnySaid = (form: JobForm, keys: readonly JobTextKey[]): boolean => keys.some((key) => form.texts[key] !== '');

export function SubmitFields(props: Props) {
  const { form, onChange, isScheduled = false } = props;
  const { jobForm } = useWords();
  const isAsked = (field: JobTextKey) => !isScheduled || !OF_ONE_JOB.includes(field);
  return (
    <>
      <Text {...props} field="command" isLong />
      <div className="form-row">
        {WHAT.filter(isAsked).map((field) => (
          <Text key={field} {...props} field={field} />
        ))}
      </div>
      <Group title={jobForm.where} open={isAnySaid(form, WHERE)}>
        <div className="form-row">
          {WHERE.map((field) => (
            <Text key={field} {...props} field={field} />
          ))}
        </div>
      </Group>
      <Group title={jobForm.when} open={isAnySaid(form, [...WHEN, 'sweep'])}>
        <div className="form-row">
          {WHEN.filter(isAsked).map((field) => (
            <Text key={field} {...props} field={field} />
          ))}
        </div>
        {isAsked('sweep') && <Text {...props} field="sweep" isLong />}
      </Group>
      <Group title={jobForm.env} open={form.env.length > 0 || form.texts.working_dir !== ''}>
        <Text {...props} field="working_dir" />
        <PairRows
          rows={form.env}
          names={jobForm.envName}
          values={jobForm.envValue}
          problem={undefined}
          secrets={[]}
          onChange={(env) => onChange({ ...form, env })}
        />
      </Group>
    </>
  );
}

function Text({ form, written, onChange, field, isLong = false }: Props & { field: JobTextKey; isLong?: boolean }) {
  const { jobForm } = useWords();
  const hints: Partial<Record<JobTextKey, string>> = jobForm.hints;
  const value = form.texts[field];
  const problem =
    written.kind === 'bad' && written.field === field ? problemText(jobForm, field, written.piece) : undefined;
  const put = (text: string) => onChange({ ...form, texts: { ...form.texts, [field]: text } });
  return (
    <Field label={jobForm.fields[field]} hint={hints[field]} problem={problem}>
      {(control) =>
        isLong ? (
          <textarea
            {...control}
            value={value}
            rows={2}
            spellCheck={false}
            onChange={(event) => put(event.target.value)}
          />
        ) : (
          <input {...control} value={value} spellCheck={false} onChange={(event) => put(event.target.value)} />
        )
      }
    </Field>
  );
}

function problemText(words: ReturnType<typeof useWords>['jobForm'], field: JobTextKey, piece: string): string {
  if (field === 'sweep') return words.badSweep(piece);
  return field === 'labels' || field === 'worker_labels' ? words.badLabels(piece) : words.badNumber;
}
