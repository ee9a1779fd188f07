/** Disable: stopped, and kept stopped whatever would start it. Asks why and for how long, for whoever finds it so. */
import { useState, type FormEvent } from 'react';
import { useApp } from '../parts/app-context';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { useWords } from '../parts/use-words';

/** Spans as the API reads them; `` = until somebody enables it. */
const SPANS = ['', '30m', '2h', '12h', '1d', '7d'] as const;

export function DisableDialog({ keys }: { keys: readonly string[] }) {
  const words = useWords();
  const { ui, commander } = useApp();
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const close = () => ui.set((state) => ({ ...state, dialog: { kind: 'none' } }));
  const confirm = (event: FormEvent) => {
    event.preventDefault();
    close();
    void commander.send('disable', keys, { reason, ...(until.trim() === '' ? {} : { until: until.trim() }) });
  };
  return (
    <Dialog
      onClose={close}
      title={
        <>
          <Icon name="disable" /> {words.disabled.title(keys.length)}
        </>
      }
    >
      <p>{words.disabled.lead}</p>
      <form className="dialog-form" onSubmit={confirm}>
        <Field label={words.disabled.reason}>
          {(control) => (
            <input {...control} data-first value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        <Field label={words.disabled.untilLabel} hint={words.disabled.untilHint}>
          {(control) => (
            <input
              {...control}
              value={until}
              placeholder={words.disabled.forever}
              spellCheck={false}
              onChange={(event) => setUntil(event.target.value)}
            />
          )}
        </Field>
        <div className="chips" role="group" aria-label={words.disabled.untilLabel}>
          {SPANS.map((span) => (
            <button
              key={span}
              type="button"
              className="chip"
              aria-pressed={until === span}
              onClick={() => setUntil(span)}
            >
              {span === '' ? words.disabled.forever : span}
            </button>
          ))}
        </div>
        <ul className="confirm-list key-list" aria-label={words.confirm.list}>
          {keys.map((key) => (
            <li key={key}>{key}</li>
          ))}
        </ul>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={close}>
            {words.confirm.cancel}
          </button>
          <button type="submit" className="button primary">
            {words.disabled.button(keys.length)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
