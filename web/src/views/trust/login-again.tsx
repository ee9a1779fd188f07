/** Over a page whose session has ended. It closes by a login only; what was begun on the page is still there then. */
import { Dialog } from '../../parts/dialog';
import { useWords } from '../../parts/use-words';
import { LoginForm } from './login-form';

export function LoginAgain({ of }: { of: string | null }) {
  const { login } = useWords();
  return (
    <Dialog title={login.title} onClose={() => undefined} veiled>
      <p>{of === null ? login.closed : login.ended(of)}</p>
      <LoginForm name={of ?? ''} />
    </Dialog>
  );
}
