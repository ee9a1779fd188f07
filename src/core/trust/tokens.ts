/** Tokens and sessions: given, taken back, and over when their time is. */
import { Refusal } from '../../../protocol/errors';
import type { CommandOf, Decision } from '../commands';
import type { Fact } from '../facts';
import type { Model } from '../model';
import type { TokenId } from './rows';
import { refused } from '../refused';

export const issueToken = (_model: Model, { token }: CommandOf<'issueToken'>): Decision<'issueToken'> => ({
  facts: [{ kind: 'token.set', id: token.id, token }],
  effects: [],
  reply: token,
});

export function revokeToken(model: Model, { id }: CommandOf<'revokeToken'>): Decision<'revokeToken'> {
  const token = model.trust.tokens.get(id as TokenId);
  if (token === undefined)
    return refused(new Refusal('unknown_token', `there is no token ${id}; it may be revoked or over already`));
  return { facts: [{ kind: 'token.set', id: token.id, token: null }], effects: [], reply: token };
}

/** Forgotten once over; until then it is refused by its time, whoever looks. */
export function tokensOver(model: Model, nowMs: number): Fact[] {
  const over: Fact[] = [];
  for (const { id, expiresAtMs } of model.trust.tokens.values())
    if (expiresAtMs !== null && expiresAtMs <= nowMs) over.push({ kind: 'token.set', id, token: null });
  return over;
}

export function nextTokenEndMs(model: Model): number | null {
  let next: number | null = null;
  for (const { expiresAtMs } of model.trust.tokens.values())
    if (expiresAtMs !== null && (next === null || expiresAtMs < next)) next = expiresAtMs;
  return next;
}
