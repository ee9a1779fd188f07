/** /api/session: log in and out, own password, own second factor; and the set-up of the first admin. */
import { Refusal } from '../../../protocol/errors';
import {
  LoginBody,
  PasswordBody,
  SessionReply,
  SetupBody,
  TotpBody,
  TotpOffBody,
  TotpReply,
} from '../../../protocol/trust-http';
import type { User } from '../../core/trust/rows';
import { loggedInReply, clearCookie, sessionReply, setCookie, userOf } from './session-reply';
import { route, type AskedOfExpress, type HttpParts, type Route } from './route';

type At = Pick<AskedOfExpress<unknown, unknown>, 'request' | 'response'>;

export function sessionRoutes({ engine, gate, people }: HttpParts): Route[] {
  const opened = async (
    user: User,
    { request, response, caller }: At & Pick<AskedOfExpress<unknown, unknown>, 'caller'>,
  ) => {
    const session = await people.logins.openSession(user, caller);
    setCookie(request, response, session.shown, people.sessionMs);
    return loggedInReply(engine, session);
  };
  return [
    route({
      method: 'get',
      path: '/api/session',
      summary: 'Who asks, what they may, and whether a login is needed from here',
      permission: 'public',
      reply: SessionReply,
      handle: ({ principal, request }) => {
        return sessionReply(engine, principal, gate.csrfOf(request.headers));
      },
    }),
    route({
      method: 'post',
      path: '/api/session',
      summary: 'Log in; the session is a cookie, and its value does as a bearer token too',
      permission: 'public',
      body: LoginBody,
      reply: SessionReply,
      handle: async ({ body, ...at }) => opened(await people.logins.proven(body, at.caller), at),
    }),
    route({
      method: 'delete',
      path: '/api/session',
      summary: 'Log out',
      permission: 'self',
      reply: SessionReply,
      handle: async ({ principal, by, caller, request, response }) => {
        if (principal.session !== null) await engine.submit({ kind: 'revokeToken', id: principal.session, by });
        clearCookie(request, response);
        return sessionReply(engine, gate.resolve({}, caller), null);
      },
    }),
    route({
      method: 'post',
      path: '/api/session/password',
      summary: 'A new password of one’s own; all other sessions end',
      permission: 'self',
      body: PasswordBody,
      reply: SessionReply,
      handle: async ({ body, principal, by, ...at }) => {
        const user = await people.logins.reproven(person(principal), body.current, at.caller);
        const password = await people.logins.passwords.hash(body.password);
        return opened(await engine.submit({ kind: 'changeUser', id: user.id, changes: { password }, by }), at);
      },
    }),
    route({
      method: 'post',
      path: '/api/session/totp',
      summary:
        'A second factor: with `current`, the password, it begins and answers the secret; with a `code` of it, it is on',
      permission: 'self',
      body: TotpBody,
      reply: TotpReply,
      // Whoever sits at somebody's open page must not make the second factor theirs: it would keep its owner out.
      handle: async ({ body, principal, by, caller }) => {
        const user = person(principal);
        if (user.totp !== null)
          throw new Refusal('forbidden', 'the second factor is on already: take it off first, with a code of it');
        if (body.code === undefined)
          return { ...people.logins.beginTotp(await people.logins.reproven(user, body.current, caller)), on: false };
        const totp = people.logins.confirmTotp(user, body.code);
        await engine.submit({ kind: 'changeUser', id: user.id, changes: { totp }, by });
        return { secret: null, uri: null, on: true };
      },
    }),
    route({
      method: 'delete',
      path: '/api/session/totp',
      summary: 'The second factor off, with a code of it',
      permission: 'self',
      body: TotpOffBody,
      reply: TotpReply,
      handle: async ({ body, principal, by, caller }) => {
        const user = person(principal);
        await people.logins.proveCode(user, body.code, caller);
        await engine.submit({ kind: 'changeUser', id: user.id, changes: { totp: null }, by });
        return { secret: null, uri: null, on: false };
      },
    }),
    route({
      method: 'post',
      path: '/api/setup',
      summary: 'The first admin, by the one-time link that the manager printed; or an admin who forgot everything',
      permission: 'public',
      body: SetupBody,
      reply: SessionReply,
      handle: async ({ body, ...at }) => opened(await people.setup.admin(body, at.caller), at),
    }),
  ];

  /** A token must not change the password of its owner: it would outlive itself. */
  function person(principal: AskedOfExpress<unknown, unknown>['principal']): User {
    const user = principal.asker.kind === 'user' ? userOf(engine, principal) : null;
    if (user !== null) return user;
    throw new Refusal('forbidden', 'this is for a person who is logged in; a token, and who needs no login, has none');
  }
}
