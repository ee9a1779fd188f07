/** Around the fields of what becomes jobs: what went wrong with it, the button that sends it, and what is switched beside it. */
import type { ReactNode } from 'react';
import { GuardedButton } from '../../parts/guarded-button';
import { Problem } from '../../parts/problem';
import type { Doing } from '../../parts/use-doing';
import { useRefusal } from '../../parts/use-refusal';

interface Props {
  readonly label: string;
  readonly doing: Pick<Doing, 'busy' | 'problem'>;
  /** Null = it cannot be sent yet. */
  readonly send: (() => void) | null;
  readonly switches: readonly Switch[];
  readonly children: ReactNode;
}
interface Switch {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

export function SubmitForm({ label, doing: { busy, problem }, send, switches, children }: Props) {
  const refused = useRefusal('job.submit');
  return (
    <form
      className="submit-form"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (refused === null) send?.();
      }}
    >
      {children}
      <Problem why={problem} />
      <div className="submit-buttons">
        <GuardedButton
          refused={refused}
          type="submit"
          className="button primary"
          disabled={send === null || busy}
          aria-busy={busy}
        >
          {label}
        </GuardedButton>
        {switches.map(({ label, isOn, onChange }) => (
          <label key={label} className="switch">
            <input type="checkbox" checked={isOn} onChange={() => onChange(!isOn)} />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </form>
  );
}
