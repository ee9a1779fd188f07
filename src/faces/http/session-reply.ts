/** What a page is told of who it is, and the cookie that it holds. */
import type { Request, Response } from 'express';
import type { TLSSocket } from 'node:tls';
import { grantText, PERMISSIONS, type Permission } from '../../../protocol/trust';
import { SESSION_COOKIE, type SessionReply } from '../../../protocol/trust-http';
import type { User } from '../../core/trust/rows';
import type { Engine } from '../../engine/engine';
import { csrfOf, type Principal } from '../../trust/gate';
import type { LoggedIn } from '../../trust/logins';
import { isKnown, isPermitted } from '../../trust/rights';

/** @param csrf null = no cookie is in play */
export function sessionReply(engine: Engine, principal: Principal, csrf: string | null): SessionReply {
  const { asker } = principal;
  const permissions = Object.keys(PERMISSIONS) as Permission[];
  return {
    state: stateOf(engine, principal),
    user: viewOf(userOf(engine, principal)),
    grants: principal.grants.map(grantText),
    permissions: asker.kind === 'unknown' ? ['public'] : permissions.filter((one) => isPermitted(principal, one, null)),
    csrf: principal.isByCookie ? csrf : null,
  };
}

/** Of one who has just logged in with this answer. */
export const loggedInReply = (engine: Engine, { user, shown }: LoggedIn): SessionReply =>
  sessionReply(
    engine,
    {
      asker: { kind: 'user', id: user.id, name: user.name, ip: null, text: user.name },
      grants: user.grants,
      owner: null,
      worker: null,
      session: null,
      isByCookie: true,
      isProofVoid: false,
    },
    csrfOf(shown),
  );

/** The person behind a session or a token of theirs; null = there is none. */
export function userOf(engine: Engine, { asker, session }: Principal): User | null {
  const { users, tokens } = engine.read(({ trust }) => trust);
  if (asker.kind === 'user') return users.get(asker.id as User['id']) ?? null;
  const token = asker.kind === 'token' ? tokens.get((session ?? asker.id) as never) : undefined;
  return token === undefined || token.kind === 'join' || token.owner === null ? null : (users.get(token.owner) ?? null);
}

export function setCookie(request: Request, response: Response, shown: string, sessionMs: number): void {
  response.cookie(SESSION_COOKIE, shown, { ...cookieRules(request), maxAge: sessionMs });
}

export const clearCookie = (request: Request, response: Response): void =>
  void response.clearCookie(SESSION_COOKIE, cookieRules(request));

const cookieRules = ({ socket }: Request) =>
  ({
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure: (socket as Partial<TLSSocket>).encrypted === true,
  }) as const;

function stateOf(engine: Engine, principal: Principal): SessionReply['state'] {
  if (principal.asker.kind === 'open') return 'open';
  if (isKnown(principal)) return 'in';
  return engine.read(({ trust }) => trust.users.size) === 0 ? 'setup' : 'login';
}

const viewOf = (user: User | null): SessionReply['user'] =>
  user === null ? null : { id: user.id, name: user.name, has_totp: user.totp !== null };
