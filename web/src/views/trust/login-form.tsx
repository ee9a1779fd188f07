/** Name and password, and a code when the manager asks for one. Its own sentences say what is wrong. */
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { Refused } from '../../link/ask';
import { useApp } from '../../parts/app-context';
import { Field } from '../../parts/field';
import { Problem } from '../../parts/problem';
import { useWords } from '../../parts/use-words';

/** @param name of whom is expected; it is the reader's to change */
export function LoginForm({ name }: { name: string }) {
  const { login } = useWords();
  const { session } = useApp();
  const [username, setUsername] = useState(name);
  const [password, setPassword] = useState('');
  /** Null = not asked for. */
  const [code, setCode] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const codeField = useRef<HTMLInputElement>(null);
  const isCodeAsked = code !== null;
  useEffect(() => first.current?.focus(), []);
  useEffect(() => codeField.current?.focus(), [isCodeAsked]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    session
      .login({ username, password, ...(code !== null && { totp: code.replaceAll(' ', '') }) })
      .catch((error: unknown) => {
        if (error instanceof Refused && error.code === 'totp_needed' && code === null) setCode('');
        else setProblem(error instanceof Error ? error.message : String(error));
      })
      .finally(() => setBusy(false));
  };
  const expected = name === '' ? 'name' : 'password';
  return (
    <form className="entrance-form" onSubmit={submit}>
      <Field label={login.name}>
        {(control) => (
          <input
            {...control}
            ref={expected === 'name' ? first : null}
            data-first={expected === 'name' || undefined}
            value={username}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            onChange={(event) => setUsername(event.target.value)}
          />
        )}
      </Field>
      <Field label={login.password}>
        {(control) => (
          <input
            {...control}
            ref={expected === 'password' ? first : null}
            data-first={expected === 'password' || undefined}
            type="password"
            value={password}
            autoComplete="current-password"
            required
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      {code !== null && (
        <Field label={login.code} hint={login.codeHint}>
          {(control) => (
            <input
              {...control}
              ref={codeField}
              value={code}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={7}
              required
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
      )}
      <Problem why={problem} />
      <button type="submit" className="button primary" aria-busy={busy} disabled={busy}>
        {busy ? login.busy : login.button}
      </button>
    </form>
  );
}
