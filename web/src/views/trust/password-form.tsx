import { useState, type FormEvent } from 'react';
import { useApp } from '../../parts/app-context';
import { Problem } from '../../parts/problem';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { differs, NewPassword, NOTHING_TYPED } from './new-password';

/** @param name for the browser's own keeper of passwords */
export function PasswordForm({ name }: { name: string }) {
  const { account } = useWords();
  const { commander, session } = useApp();
  const [current, setCurrent] = useState('');
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const doing = useDoing();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.again !== typed.password) return;
    void doing
      .run(() => session.changePassword(current, typed.password))
      .then((ok) => {
        if (!ok) return;
        setCurrent('');
        setTyped(NOTHING_TYPED);
        commander.say({ tone: 'ok', title: account.changed, lines: [] });
      });
  };
  return (
    <section className="box">
      <h2>{account.password}</h2>
      <form className="box-form" onSubmit={submit}>
        <input className="off-screen" name="username" autoComplete="username" value={name} readOnly tabIndex={-1} />
        <div className="box-fields">
          <TextInput
            label={account.current}
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onText={setCurrent}
          />
          <NewPassword label={account.next} typed={typed} onType={setTyped} />
        </div>
        <Problem why={doing.problem} />
        <div>
          <button type="submit" className="button" disabled={doing.busy || differs(typed)} aria-busy={doing.busy}>
            {account.change}
          </button>
        </div>
      </form>
    </section>
  );
}
