/** Users, their tokens, and one's own second factor. */
import type { MintedToken, TokenView, TotpReply, UserView } from '../../../protocol/trust-http';
import { segment } from './address';
import { ask, patch, post, remove } from './ask';

export interface NewUser {
  readonly username: string;
  readonly password: string;
  /** As people write them: `operator on team=nlp`. */
  readonly grants: readonly string[];
}
/** What is absent stays as it is. */
export interface UserChange {
  readonly password?: string;
  readonly grants?: readonly string[];
  readonly disabled?: boolean;
  readonly remove_totp?: true;
}
export interface NewToken {
  readonly name: string;
  /** Absent = all that its owner has. */
  readonly grants?: readonly string[];
  /** `90d`; null = for ever. */
  readonly expires: string | null;
  /** The password: absent where nobody logs in. */
  readonly current?: string;
}

export const readUsers = async (signal: AbortSignal): Promise<readonly UserView[]> =>
  (await ask<{ users: UserView[] }>('admin/users', { signal })).users;
export const addUser = (user: NewUser): Promise<unknown> => post('admin/users', user);
export const changeUser = (id: string, change: UserChange): Promise<unknown> =>
  patch(`admin/users/${segment(id)}`, change);
export const removeUser = (id: string): Promise<unknown> => remove(`admin/users/${segment(id)}`);

/** @param all everybody's, join tokens among them; otherwise one's own */
export const readTokens = async (all: boolean, signal: AbortSignal): Promise<readonly TokenView[]> =>
  (await ask<{ tokens: TokenView[] }>(all ? 'tokens?all=1' : 'tokens', { signal })).tokens;
export const mintToken = (token: NewToken): Promise<MintedToken> => post('tokens', token);
export const revokeToken = (id: string): Promise<unknown> => remove(`tokens/${segment(id)}`);

/** With the password it begins; with a code it is turned on. */
export const beginTotp = (current: string): Promise<TotpReply> => post('session/totp', { current });
export const confirmTotp = (code: string): Promise<TotpReply> => post('session/totp', { code });
export const endTotp = (code: string): Promise<unknown> => remove('session/totp', { code });
