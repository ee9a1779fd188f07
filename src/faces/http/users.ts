/** /api/admin/users: people, what they may, and their end. */
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { grantText, isWithin, type Grant } from '../../../protocol/trust';
import { ChangeUserBody, NewUserBody, UserView } from '../../../protocol/trust-http';
import type { User } from '../../core/trust/rows';
import type { UserChanges } from '../../core/trust/words';
import { newUserId } from '../../trust/credentials';
import type { Principal } from '../../trust/gate';
import { route, type HttpParts, type Route } from './route';

export const userRoutes = ({ engine, people }: HttpParts): Route[] => {
  const view = (user: User): UserView => ({
    id: user.id,
    name: user.name,
    grants: user.grants.map(grantText),
    has_totp: user.totp !== null,
    disabled: user.isDisabled,
    created_at_ms: user.createdAtMs,
    created_by: user.createdBy,
    sessions: people.logins.sessionsOf(user.id).length,
  });
  return [
    route({
      method: 'get',
      path: '/api/admin/users',
      summary: 'Every user',
      permission: 'admin.users',
      reply: z.object({ users: z.array(UserView) }),
      handle: () => ({ users: engine.read(({ trust }) => [...trust.users.values()]).map(view) }),
    }),
    route({
      method: 'post',
      path: '/api/admin/users',
      summary: 'A new user. The first one closes the manager to everybody who is not logged in, so it must be an admin',
      permission: 'admin.users',
      body: NewUserBody,
      reply: UserView,
      handle: async ({ body, by, principal }) => {
        refuseMore(principal, body.grants);
        const user: User = {
          id: newUserId(),
          name: body.username,
          password: await people.logins.passwords.hash(body.password),
          totp: null,
          grants: body.grants,
          isDisabled: false,
          createdAtMs: engine.nowMs,
          createdBy: by.text,
        };
        return view(await engine.submit({ kind: 'addUser', user, isSetup: false, by }));
      },
    }),
    route({
      method: 'patch',
      path: '/api/admin/users/:id',
      summary: 'Other grants, another password, disabled, without the second factor; by id or name',
      permission: 'admin.users',
      body: ChangeUserBody,
      reply: UserView,
      handle: async ({ params, body, by, principal }) => {
        if (body.grants !== undefined) refuseMore(principal, body.grants);
        const changes: UserChanges = {
          ...(body.grants === undefined ? {} : { grants: body.grants }),
          ...(body.disabled === undefined ? {} : { isDisabled: body.disabled }),
          ...(body.remove_totp === true ? { totp: null } : {}),
          ...(body.password === undefined ? {} : { password: await people.logins.passwords.hash(body.password) }),
        };
        return view(await engine.submit({ kind: 'changeUser', id: params.id ?? '', changes, by }));
      },
    }),
    route({
      method: 'delete',
      path: '/api/admin/users/:id',
      summary: 'Gone, with all sessions and tokens; by id or name',
      permission: 'admin.users',
      handle: async ({ params, by }) => {
        await engine.submit({ kind: 'removeUser', id: params.id ?? '', by });
        return { success: true };
      },
    }),
  ];
};

/** @throws Refusal forbidden */
export function refuseMore({ asker, grants: own, owner }: Principal, grants: readonly Grant[]): void {
  if (isWithin(grants, own) && (owner === null || isWithin(grants, owner))) return;
  throw new Refusal(
    'forbidden',
    `${asker.text} cannot hand on more than it has: ${own.map(grantText).join('; ') || 'nothing'}`,
  );
}
