/** A dialog that asks the manager for something: what follows from it, the fields, the refusal in place, and the way out. */
import type { FormEvent, ReactNode } from 'react';
import { Dialog } from './dialog';
import type { Doing } from './use-doing';
import { Problem } from './problem';
import { useWords } from './use-words';

interface Props {
  readonly title: ReactNode;
  /** What follows from it. */
  readonly lead?: ReactNode;
  readonly button: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly doing: Doing;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

export function FormDialog({ title, lead, button, danger = false, disabled = false, doing, ...rest }: Props) {
  const { confirm } = useWords();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!disabled && !doing.busy) rest.onSubmit();
  };
  return (
    <Dialog title={title} onClose={rest.onClose} danger={danger}>
      {lead !== undefined && <p className={danger ? 'confirm-danger' : undefined}>{lead}</p>}
      <form className="dialog-form" onSubmit={submit} autoComplete="off">
        {rest.children}
        <Problem why={doing.problem} />
        <div className="dialog-buttons">
          {/* Where something is lost, the way out has the focus. */}
          <button type="button" className="button" onClick={rest.onClose} data-first={danger || undefined}>
            {confirm.cancel}
          </button>
          <button
            type="submit"
            className={danger ? 'button danger' : 'button primary'}
            disabled={disabled || doing.busy}
            aria-busy={doing.busy}
            data-first={(!danger && rest.children === undefined) || undefined}
          >
            {button}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
