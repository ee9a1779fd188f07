import { useState, type FormEvent } from 'react';
import { useApp } from '../../parts/app-context';
import { Problem } from '../../parts/problem';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { PASSWORD_CHARS_MIN } from '../../state/password';

/** @param name for the browser's own keeper of passwords */
export function PasswordForm({ name }: { name: string }) {
  const { account, setup } = useWords();
  const { commander, session } = useApp();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const doing = useDoing();
  const differs = again !== '' && again !== next;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (next !== again) return;
    void doing
      .run(() => session.changePassword(current, next))
      .then((ok) => {
        if (!ok) return;
        for (const empty of [setCurrent, setNext, setAgain]) empty('');
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
          <TextInput
            label={account.next}
            hint={setup.passwordHint(PASSWORD_CHARS_MIN)}
            type="password"
            autoComplete="new-password"
            required
            value={next}
            onText={setNext}
          />
          <TextInput
            label={setup.again}
            problem={differs ? setup.differs : undefined}
            type="password"
            autoComplete="new-password"
            required
            value={again}
            onText={setAgain}
          />
        </div>
        <Problem why={doing.problem} />
        <div>
          <button type="submit" className="button" disabled={doing.busy || differs} aria-busy={doing.busy}>
            {account.change}
          </button>
        </div>
      </form>
    </section>
  );
}
