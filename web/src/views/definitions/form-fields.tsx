/** The form's fields, group by group. The usual ones are open, the rest is a click away. */
import { Field } from '../../parts/field';
import { useWords } from '../../parts/use-words';
import { problemOf } from '../../state/form-problems';
import type { TextKey } from '../../state/process-form';
import type { FieldsProps } from './fields-props';
import { AliveFields } from './alive-fields';
import { Group } from './form-group';
import { PairRows } from './pair-rows';
import { PlaceFields } from './place-fields';
import { ReadyFields } from './ready-fields';
import { StopFields } from './stop-fields';
import { DependsFields } from './depends-fields';
import { TextField } from './text-field';

const RESTART: readonly TextKey[] = [
  'max_restarts',
  'restart_delay',
  'restart_delay_max',
  'restart_window',
  'healthy_after',
];
const LIMITS: readonly TextKey[] = [
  'limits.memory',
  'limits.cpu',
  'limits.pids',
  'limits.open_files',
  'limits.nice',
  'limits.oom_score',
];
const IDENTITY: readonly TextKey[] = ['user', 'group', 'umask'];
const OTHER: readonly TextKey[] = ['health_check_url', 'pid_file', 'worker_type'];

export function FormFields(props: FieldsProps & { readonly isNew: boolean }) {
  const { form, problems, onChange, isNew } = props;
  const { form: words } = useWords();
  const restKeys = Object.keys(form.rest);
  const open = (...fields: readonly string[]) => fields.some((field) => problemOf(problems, field) !== undefined);
  return (
    <>
      <Group title={words.groups.what} open>
        <div className="form-row">
          <TextField {...props} field="name" required disabled={!isNew} />
          <Field label={words.set} hint={words.setHint} problem={problems.get('set')}>
            {(control) => (
              <input
                {...control}
                value={form.set}
                placeholder={form.texts.name}
                spellCheck={false}
                onChange={(event) => onChange({ ...form, set: event.target.value })}
              />
            )}
          </Field>
        </div>
        <Field
          label={words.command}
          hint={form.direct ? words.directHint : undefined}
          problem={problemOf(problems, 'command')}
        >
          {(control) => (
            <textarea
              {...control}
              rows={Math.min(8, Math.max(2, form.command.split('\n').length))}
              value={form.command}
              required
              spellCheck={false}
              onChange={(event) => onChange({ ...form, command: event.target.value })}
            />
          )}
        </Field>
        <label className="switch">
          <input
            type="checkbox"
            checked={form.direct}
            onChange={(event) => onChange({ ...form, direct: event.target.checked })}
          />
          <span>{words.direct}</span>
        </label>
        <PlaceFields {...props} />
        <TextField {...props} field="working_dir" />
      </Group>

      <Group title={words.groups.env} open={form.env.length > 0 || open('env')}>
        <PairRows
          rows={form.env}
          names={words.variable}
          values={words.value}
          problem={problemOf(problems, 'env')}
          secrets={listOf(form.rest['secrets'])}
          onChange={(env) => onChange({ ...form, env })}
        />
      </Group>

      <Group title={words.groups.depends} open={form.dependsOn.length > 0 || open('depends_on')}>
        <DependsFields {...props} />
      </Group>

      <Group title={words.groups.ready} open={form.ready.kind !== 'none' || open('ready')}>
        <ReadyFields {...props} />
      </Group>

      <Group title={words.groups.alive} open={form.alive.length > 0 || open('alive')}>
        <AliveFields {...props} />
      </Group>

      <Group title={words.groups.restart} open={open('restart_policy', ...RESTART)}>
        <div className="form-row">
          <Choice {...props} field="restart_policy" choices={words.policies} />
          {RESTART.map((field) => (
            <TextField key={field} {...props} field={field} />
          ))}
        </div>
      </Group>

      <Group title={words.groups.stop} open={form.stopThen.length > 0 || open('stop')}>
        <StopFields {...props} />
      </Group>

      <Group title={words.groups.limits} open={LIMITS.some((key) => form.texts[key] !== '') || open('limits')}>
        <div className="form-row">
          {LIMITS.map((field) => (
            <TextField key={field} {...props} field={field} />
          ))}
        </div>
      </Group>

      <Group title={words.groups.other} open={open(...IDENTITY, ...OTHER, 'output')}>
        <div className="form-row">
          {IDENTITY.map((field) => (
            <TextField key={field} {...props} field={field} />
          ))}
          <Choice {...props} field="output" choices={words.outputs} />
          {OTHER.map((field) => (
            <TextField key={field} {...props} field={field} />
          ))}
        </div>
        <label className="switch">
          <input
            type="checkbox"
            checked={form.autoStart}
            onChange={(event) => onChange({ ...form, autoStart: event.target.checked })}
          />
          <span>{words.autoStart}</span>
        </label>
        {restKeys.length > 0 && <p className="hint">{words.rest(restKeys.join(', '))}</p>}
      </Group>
    </>
  );
}

function Choice(props: FieldsProps & { readonly field: TextKey; readonly choices: Readonly<Record<string, string>> }) {
  const { form, field, choices, problems, onChange } = props;
  const { form: words } = useWords();
  return (
    <Field label={words.fields[field]} problem={problemOf(problems, field)}>
      {(control) => (
        <select
          {...control}
          value={form.texts[field]}
          onChange={(event) => onChange({ ...form, texts: { ...form.texts, [field]: event.target.value } })}
        >
          {Object.entries(choices).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Of a document, where one name may stand for a list. */
const listOf = (value: unknown): readonly string[] =>
  value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];
