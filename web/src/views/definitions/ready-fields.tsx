/** When it can be used. */
import { Field } from '../../parts/field';
import { useWords } from '../../parts/use-words';
import { problemOf } from '../../state/form-problems';
import { READY_KINDS, type ReadyRow } from '../../state/probe-rows';
import type { FieldsProps } from './fields-props';
import { ProbeText } from './probe-text';

export function ReadyFields({ form, problems, onChange }: FieldsProps) {
  const { form: words } = useWords();
  const { ready } = form;
  const put = (change: Partial<ReadyRow>) => onChange({ ...form, ready: { ...ready, ...change } });
  return (
    <div className="form-row">
      <Field label={words.probe} problem={problems.get('ready')}>
        {(control) => (
          <select
            {...control}
            value={ready.kind}
            onChange={(event) => put({ kind: READY_KINDS.find((kind) => kind === event.target.value) ?? 'none' })}
          >
            {READY_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {words.probes[kind]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {ready.kind !== 'none' && (
        <>
          <ProbeText
            label={words.asks[ready.kind]}
            value={ready.what}
            placeholder={PROBE_EXAMPLES[ready.kind]}
            wide
            problem={problemOf(problems, `ready.${ready.kind}`)}
            onChange={(what) => put({ what })}
          />
          <ProbeText
            label={words.interval}
            value={ready.interval}
            placeholder="500ms"
            problem={problems.get('ready.interval')}
            onChange={(interval) => put({ interval })}
          />
          <ProbeText
            label={words.timeout}
            value={ready.timeout}
            placeholder="5s"
            problem={problems.get('ready.timeout')}
            onChange={(timeout) => put({ timeout })}
          />
          <ProbeText
            label={words.within}
            hint={words.withinHint}
            value={ready.within}
            placeholder="60s"
            problem={problems.get('ready.within')}
            onChange={(within) => put({ within })}
          />
        </>
      )}
    </div>
  );
}

export const PROBE_EXAMPLES = {
  http: 'http://127.0.0.1:8080/health',
  tcp: '5432',
  exec: './check',
  log: 'ready to accept',
  silence: '10m',
  progress: 'step (\\d+)',
} as const;
