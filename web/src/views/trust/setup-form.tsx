/** The first admin, by a one-time link. */
import { useState, type FormEvent } from 'react';
import { useApp } from '../../parts/app-context';
import { Problem } from '../../parts/problem';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { differs, NewPassword, NOTHING_TYPED } from './new-password';

export function SetupForm({ token, onDone }: { token: string; onDone: () => void }) {
  const { setup } = useWords();
  const { session } = useApp();
  const [username, setUsername] = useState('admin');
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const doing = useDoing();
  const { password, again } = typed;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (again !== password) return;
    void doing.run(() => session.setUp({ token, username, password })).then((ok) => ok && onDone());
  };
  return (
    <form className="entrance-form" onSubmit={submit}>
      <TextInput
        label={setup.name}
        hint={setup.nameHint}
        autoFocus
        autoComplete="username"
        autoCapitalize="none"
        required
        value={username}
        onText={setUsername}
      />
      <NewPassword label={setup.password} typed={typed} onType={setTyped} />
      <Problem why={doing.problem} />
      <button type="submit" className="button primary" disabled={doing.busy || differs(typed)} aria-busy={doing.busy}>
        {setup.button}
      </button>
      <button type="button" className="link entrance-instead" onClick={onDone}>
        {setup.instead}
      </button>
    </form>
  );
}
