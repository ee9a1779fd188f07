/** Who uses this page, and what they may. Told by the manager (GET /api/session); nothing of it is kept in the browser. */
import { PERMISSIONS, permits, readGrant, type Grant, type Permission } from '../../../protocol/rights';
import type { SessionReply } from '../../../protocol/trust-http';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly hasTotp: boolean;
}

export type Session =
  /** The manager has not said yet. */
  | { readonly kind: 'asking' }
  /**
   * A login is needed. `ended`: this page was somebody's, and still shows what they looked at; `of` is their name, null
   * where nobody had to log in until now. `null`: it shows nothing yet.
   */
  | { readonly kind: 'login'; readonly ended: { readonly of: string | null } | null }
  /** No user is defined, and this browser is not on the manager's machine. */
  | { readonly kind: 'setup' }
  /** Whoever reaches it from here may do everything. */
  | { readonly kind: 'open' }
  | {
      readonly kind: 'in';
      /** Null = something before the manager answers for this browser. */
      readonly person: Person | null;
      readonly grants: readonly Grant[];
      readonly csrf: string | null;
    };

export const isLetIn = (session: Session): boolean => session.kind === 'in' || session.kind === 'open';

export function sessionAfter(before: Session, reply: SessionReply): Session {
  switch (reply.state) {
    case 'open':
      return { kind: 'open' };
    case 'setup':
      return { kind: 'setup' };
    case 'login':
      return before.kind === 'login' ? before : { kind: 'login', ended: endOf(before) };
    case 'in': {
      const { user, csrf } = reply;
      return {
        kind: 'in',
        person: user === null ? null : { id: user.id, name: user.name, hasTotp: user.has_totp },
        grants: reply.grants.flatMap((text) => readGrant(text) ?? []),
        csrf,
      };
    }
  }
}

function endOf(before: Session): { of: string | null } | null {
  if (before.kind === 'in') return { of: before.person?.name ?? null };
  return before.kind === 'open' ? { of: null } : null;
}

/** The page was one person's and is now another's: what it shows and remembers was not theirs. */
export const isAnother = (before: Session, after: Session): boolean => {
  if (after.kind !== 'in') return false;
  const of = before.kind === 'in' ? before.person?.name : before.kind === 'login' ? before.ended?.of : undefined;
  return of != null && of !== after.person?.name;
};

/** @param labels of the worker that is changed; null = on at least some worker */
export function may(
  session: Session,
  permission: Permission,
  labels: Readonly<Record<string, string>> | null,
): boolean {
  if (session.kind === 'open') return true;
  return session.kind === 'in' && permits(session.grants, permission, labels);
}

/** The least role that has it, for the sentence that says what is missing. */
export const roleFor = (permission: Permission): string => PERMISSIONS[permission].least;
