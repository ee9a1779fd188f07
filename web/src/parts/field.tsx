/** A labelled control with its hint, or with what is wrong with it in the hint's place. */
import { useId, type ReactNode } from 'react';

export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}
interface Props {
  readonly label: string;
  readonly hint?: string | undefined;
  /** The sentence; undefined = nothing is wrong. */
  readonly problem?: string | undefined;
  readonly className?: string | undefined;
  readonly children: (control: ControlProps) => ReactNode;
}

export function Field({ label, hint, problem, className, children }: Props) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = problem ?? hint;
  return (
    <div className={`field ${className ?? ''}`} data-bad={problem !== undefined || undefined}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': note === undefined ? undefined : noteId,
        'aria-invalid': problem === undefined ? undefined : true,
      })}
      {note !== undefined && (
        <small
          id={noteId}
          role={problem === undefined ? undefined : 'alert'}
          data-bad={problem !== undefined || undefined}
        >
          {note}
        </small>
      )}
    </div>
  );
}
