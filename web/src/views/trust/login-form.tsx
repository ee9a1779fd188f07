/** Name and password, and a code when the manager asks for one. Its own sentences say what is wrong. */
import { useState, type FormEvent } from 'react';
import { Refused } from '../../link/ask';
import { useApp } from '../../parts/app-context';
import { Problem } from '../../parts/problem';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';

/** @param name of whom is expected; it is the reader's to change */
export function LoginForm({ name }: { name: string }) {
  const { login } = useWords();
  const { session } = useApp();
  const [username, setUsername] = useState(name);
  const [password, setPassword] = useState('');
  /** Null = not asked for. */
  const [code, setCode] = useState<string | null>(null);
  const doing = useDoing();
  const logIn = async () => {
    try {
      await session.login({ username, password, ...(code !== null && { totp: code.replaceAll(' ', '') }) });
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'totp_needed' && code === null)) throw error;
      setCode('');
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void doing.run(logIn);
  };
  const isExpected = name !== '';
  return (
    <form className="entrance-form" onSubmit={submit}>
      <TextInput
        label={login.name}
        autoFocus={!isExpected}
        isFirst={!isExpected}
        autoComplete="username"
        autoCapitalize="none"
        required
        value={username}
        onText={setUsername}
      />
      <TextInput
        label={login.password}
        autoFocus={isExpected}
        isFirst={isExpected}
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onText={setPassword}
      />
      {code !== null && (
        <TextInput
          label={login.code}
          hint={login.codeHint}
          autoFocus
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={7}
          required
          value={code}
          onText={setCode}
        />
      )}
      <Problem why={doing.problem} />
      <button type="submit" className="button primary" aria-busy={doing.busy} disabled={doing.busy}>
        {doing.busy ? login.busy : login.button}
      </button>
    </form>
  );
}
