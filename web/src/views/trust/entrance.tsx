/** What stands before the pages: who are you? A page whose session ends stays as it is, with the question over it. */
import { useState } from 'react';
import { useSession } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { Shell } from '../shell';
import { ToastList } from '../toast-list';
import { useLanguage } from '../use-document';
import { EntranceFrame } from './entrance-frame';
import { LoginAgain } from './login-again';
import { LoginForm } from './login-form';
import { SetupForm } from './setup-form';
import { SetupNeeded } from './setup-needed';

export function Entrance({ setupToken }: { setupToken: string | null }) {
  const words = useWords();
  const session = useSession((state) => state);
  // In memory alone, and gone when it was used or put aside.
  const [token, setToken] = useState(setupToken);
  useLanguage();
  if (token !== null)
    return (
      <EntranceFrame title={words.setup.title} lead={words.setup.lead}>
        <SetupForm token={token} onDone={() => setToken(null)} />
        <ToastList />
      </EntranceFrame>
    );
  switch (session.kind) {
    case 'asking':
      return <EntranceFrame title={null} lead={words.login.waiting} />;
    case 'setup':
      return <SetupNeeded />;
    case 'login':
      if (session.ended !== null)
        return (
          <>
            <Shell />
            <LoginAgain of={session.ended.of} />
          </>
        );
      return (
        <EntranceFrame title={words.login.title} lead={words.login.lead}>
          <LoginForm name="" />
          <ToastList />
        </EntranceFrame>
      );
    case 'open':
    case 'in':
      return <Shell />;
  }
}
