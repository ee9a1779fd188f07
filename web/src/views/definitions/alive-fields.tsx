/** What says that it is alive no more. */
import { Field } from '../../parts/field';
import { useWords } from '../../parts/use-words';
import { problemOf } from '../../state/form-problems';
import { ALIVE_KINDS, NEW_ALIVE, type AliveKind, type AliveRow } from '../../state/probe-rows';
import type { FieldsProps } from './fields-props';
import { AddRow, RemoveRow } from './pair-rows';
import { ProbeText } from './probe-text';
import { PROBE_EXAMPLES } from './ready-fields';

/** Asked again and again, and failed after so many bad answers; the others fail at once. */
const ASKED: ReadonlySet<AliveKind> = new Set(['http', 'tcp', 'exec']);

export function AliveFields({ form, problems, onChange }: FieldsProps) {
  const { form: words } = useWords();
  const set = (alive: readonly AliveRow[]) => onChange({ ...form, alive });
  return (
    <>
      {form.alive.map((row, at) => (
        <Probe
          key={at}
          row={row}
          at={at}
          problems={problems}
          onPut={(next) => set(form.alive.map((one, index) => (index === at ? next : one)))}
          onRemove={() => set(form.alive.toSpliced(at, 1))}
        />
      ))}
      <AddRow label={words.add(words.probe)} onAdd={() => set([...form.alive, NEW_ALIVE])} />
    </>
  );
}

interface ProbeProps {
  readonly row: AliveRow;
  readonly at: number;
  readonly problems: ReadonlyMap<string, string>;
  readonly onPut: (row: AliveRow) => void;
  readonly onRemove: () => void;
}

function Probe({ row, at, problems, onPut, onRemove }: ProbeProps) {
  const { form: words } = useWords();
  const put = (change: Partial<AliveRow>) => onPut({ ...row, ...change });
  const problem = (field: string) =>
    problemOf(problems, `alive[${at}].${field}`) ?? problemOf(problems, `alive.${field}`);
  return (
    <div className="form-row probe-row">
      <Field label={words.probe} problem={problems.get(`alive[${at}]`)}>
        {(control) => (
          <select
            {...control}
            value={row.kind}
            onChange={(event) => put({ kind: ALIVE_KINDS.find((kind) => kind === event.target.value) ?? row.kind })}
          >
            {ALIVE_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {words.probes[kind]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <ProbeText
        label={words.asks[row.kind]}
        value={row.what}
        placeholder={PROBE_EXAMPLES[row.kind]}
        wide
        problem={problem(row.kind)}
        onChange={(what) => put({ what })}
      />
      {row.kind === 'silence' && (
        <Field label={words.silenceOf}>
          {(control) => (
            <select
              {...control}
              value={row.of}
              onChange={(event) => put({ of: event.target.value === 'cpu' ? 'cpu' : 'output' })}
            >
              <option value="output">{words.silences.output}</option>
              <option value="cpu">{words.silences.cpu}</option>
            </select>
          )}
        </Field>
      )}
      {row.kind === 'progress' && (
        <ProbeText
          label={words.growsWithin}
          value={row.within}
          placeholder="10m"
          problem={problem('within')}
          onChange={(within) => put({ within })}
        />
      )}
      {ASKED.has(row.kind) && (
        <>
          <ProbeText
            label={words.interval}
            value={row.interval}
            placeholder="10s"
            problem={problem('interval')}
            onChange={(interval) => put({ interval })}
          />
          <ProbeText
            label={words.timeout}
            value={row.timeout}
            placeholder="5s"
            problem={problem('timeout')}
            onChange={(timeout) => put({ timeout })}
          />
          <ProbeText
            label={words.failures}
            value={row.failures}
            placeholder="3"
            problem={problem('failures')}
            onChange={(failures) => put({ failures })}
          />
        </>
      )}
      <ProbeText
        label={words.after}
        value={row.after}
        placeholder="0s"
        problem={problem('after')}
        onChange={(after) => put({ after })}
      />
      <Field label={words.action}>
        {(control) => (
          <select
            {...control}
            value={row.action}
            onChange={(event) => put({ action: event.target.value === 'warn' ? 'warn' : 'restart' })}
          >
            <option value="restart">{words.actions.restart}</option>
            <option value="warn">{words.actions.warn}</option>
          </select>
        )}
      </Field>
      <RemoveRow label={words.remove(`${words.probe} ${at + 1}`)} onRemove={onRemove} />
    </div>
  );
}
