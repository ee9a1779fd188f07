/**
 * Tokens and ids: made here, and hashed here before anything remembers them. A token has 256 random bits, so its plain
 * SHA-256 is enough to keep, and finds it by one look.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { AccountId, TokenId, UserId } from '../core/trust/rows';

/** `pgt`: the API. `pgs`: a session. `jt`: to join. `wt`: a worker's (seed 004). */
export type TokenPrefix = 'pgt' | 'pgs' | 'jt' | 'wt' | 'setup';
const TOKEN_BYTES = 32;
const ID_BYTES = 9;

export const newToken = (prefix: TokenPrefix): string => `${prefix}_${randomBytes(TOKEN_BYTES).toString('base64url')}`;

/** Of what somebody shows; white space around it is let be. */
export const hashOf = (shown: string): string => createHash('sha256').update(shown.trim()).digest('hex');

const id = (prefix: string): string =>
  `${prefix}_${randomBytes(ID_BYTES).toString('base64url').replaceAll(/[-_]/g, 'x')}`;
export const newUserId = (): UserId => id('u') as UserId;
export const newTokenId = (kind: 'api' | 'session' | 'join'): TokenId =>
  id({ api: 't', session: 's', join: 'j' }[kind]) as TokenId;
export const newAccountId = (): AccountId => id('w') as AccountId;
