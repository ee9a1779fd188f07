/** Users. There is always an admin while there is a user: a fleet nobody may administer needs the control host's disk. */
import { Refusal } from '../../../protocol/errors';
import type { CommandOf, Decision } from '../commands';
import type { Fact } from '../facts';
import type { Model } from '../model';
import type { User } from './rows';
import { refused } from '../refused';

export function addUser(model: Model, { user, isSetup }: CommandOf<'addUser'>): Decision<'addUser'> {
  const { trust } = model;
  if (isSetup && trust.users.size > 0)
    return refused(new Refusal('forbidden', 'this manager is set up already: log in, or ask one of its admins'));
  if (trust.userNamed(user.name) !== null)
    return refused(new Refusal('user_taken', `there is a user ${user.name}; choose another name`));
  if (trust.users.size === 0 && !isAdmin(user))
    return refused(
      new Refusal(
        'last_admin',
        'the first user closes this manager to everybody else, so it must be an admin: grants ["admin"]',
      ),
    );
  return { facts: [{ kind: 'user.set', id: user.id, user }], effects: [], reply: user };
}

export function changeUser(model: Model, { id, changes }: CommandOf<'changeUser'>): Decision<'changeUser'> {
  const user = model.trust.userNamed(id);
  if (user === null) return refused(unknownUser(model, id));
  const changed: User = { ...user, ...changes };
  if (isLastAdmin(model, user) && !isAdmin(changed)) return refused(lastAdmin(user));
  const facts: Fact[] = [{ kind: 'user.set', id: user.id, user: changed }];
  // Whoever learned the old password, or was put out, is out everywhere.
  if (changes.password !== undefined || changed.isDisabled) facts.push(...tokensEnd(model, user, ['session']));
  return { facts, effects: [], reply: changed };
}

export function removeUser(model: Model, { id }: CommandOf<'removeUser'>): Decision<'removeUser'> {
  const user = model.trust.userNamed(id);
  if (user === null) return refused(unknownUser(model, id));
  // The very last user may go: with nobody defined, the manager is open to its own machine again.
  if (isLastAdmin(model, user) && model.trust.users.size > 1) return refused(lastAdmin(user));
  const facts: Fact[] = [{ kind: 'user.set', id: user.id, user: null }, ...tokensEnd(model, user, ['session', 'api'])];
  return { facts, effects: [], reply: null };
}

function tokensEnd(model: Model, user: User, kinds: readonly ('session' | 'api')[]): Fact[] {
  return [...model.trust.tokens.values()]
    .filter((token) => token.kind !== 'join' && token.owner === user.id && kinds.includes(token.kind))
    .map(({ id }) => ({ kind: 'token.set', id, token: null }));
}

const isAdmin = ({ grants, isDisabled }: User): boolean =>
  !isDisabled && grants.some(({ role, on }) => role === 'admin' && on === null);

const isLastAdmin = (model: Model, user: User): boolean =>
  isAdmin(user) && ![...model.trust.users.values()].some((other) => other.id !== user.id && isAdmin(other));

const lastAdmin = ({ name }: User): Refusal =>
  new Refusal('last_admin', `${name} is the last admin; make somebody else one first`);

function unknownUser(model: Model, id: string): Refusal {
  const names = [...model.trust.users.values()].map(({ name }) => name);
  return new Refusal('unknown_user', `there is no user ${id}; known: ${names.join(', ') || 'none'}`);
}
