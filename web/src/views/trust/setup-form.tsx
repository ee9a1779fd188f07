/** The first admin, by a one-time link. */
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useApp } from '../../parts/app-context';
import { Field } from '../../parts/field';
import { Problem } from '../../parts/problem';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { PASSWORD_CHARS_MIN } from '../../state/password';

export function SetupForm({ token, onDone }: { token: string; onDone: () => void }) {
  const { setup } = useWords();
  const { session } = useApp();
  const [username, setUsername] = useState('admin');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const doing = useDoing();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const differs = again !== '' && again !== password;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (again !== password) return;
    void doing.run(() => session.setUp({ token, username, password })).then((ok) => ok && onDone());
  };
  return (
    <form className="entrance-form" onSubmit={submit}>
      <Field label={setup.name} hint={setup.nameHint}>
        {(control) => (
          <input
            {...control}
            ref={first}
            value={username}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            onChange={(event) => setUsername(event.target.value)}
          />
        )}
      </Field>
      <Field label={setup.password} hint={setup.passwordHint(PASSWORD_CHARS_MIN)}>
        {(control) => (
          <input
            {...control}
            type="password"
            value={password}
            autoComplete="new-password"
            required
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Field label={setup.again} problem={differs ? setup.differs : undefined}>
        {(control) => (
          <input
            {...control}
            type="password"
            value={again}
            autoComplete="new-password"
            required
            onChange={(event) => setAgain(event.target.value)}
          />
        )}
      </Field>
      <Problem why={doing.problem} />
      <button type="submit" className="button primary" disabled={doing.busy || differs} aria-busy={doing.busy}>
        {setup.button}
      </button>
      <button type="button" className="link entrance-instead" onClick={onDone}>
        {setup.instead}
      </button>
    </form>
  );
}
