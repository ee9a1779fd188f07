/** A page that the reader may not look at says so, instead of being empty. */
import type { ReactNode } from 'react';
import type { Permission } from '../../../../protocol/rights';
import { useSession } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { may, roleFor } from '../../state/session';

interface Props {
  readonly permission: Permission;
  readonly title: string;
  readonly children: ReactNode;
}

export function NeedsRight({ permission, title, children }: Props) {
  const { rights } = useWords();
  const session = useSession((state) => state);
  // While the session is over the page stays as it was, behind the login.
  if (session.kind === 'login' || may(session, permission, null)) return children;
  const role = roleFor(permission);
  return (
    <div className="page">
      <h1>{title}</h1>
      <p className="lead">{rights.page(rights.roles[role as keyof typeof rights.roles] ?? role)}</p>
    </div>
  );
}
