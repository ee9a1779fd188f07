/** /api/tokens: what programs show. A token does what its grants say, and never more than its owner may. */
import { z } from 'zod';
import { durationMs } from '../../../protocol/amounts';
import { Refusal } from '../../../protocol/errors';
import { grantText } from '../../../protocol/trust';
import { MintedToken, NewTokenBody, TokenView } from '../../../protocol/trust-http';
import type { Token, TokenId, User } from '../../core/trust/rows';
import type { Model } from '../../core/model';
import { hashOf, newToken, newTokenId } from '../../trust/credentials';
import type { Principal } from '../../trust/gate';
import { isPermitted } from '../../trust/rights';
import { userOf } from './session-reply';
import { refuseMore } from './users';
import { route, type HttpParts, type Route } from './route';

/** Tokens of one owner; who mints more forgets some. */
const TOKENS_MAX = 1000;
type Kept = Exclude<Token, { kind: 'session' }>;

export const tokenRoutes = ({ engine, people }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/tokens',
    summary: 'One’s own tokens; `all=1` everybody’s and those to join with, for who may see them',
    permission: 'self',
    query: z.object({ all: z.enum(['0', '1', 'true', 'false']).default('0') }),
    reply: z.object({ tokens: z.array(TokenView) }),
    handle: ({ query, principal }) => {
      const isAll = query.all === '1' || query.all === 'true';
      const isOwn = isOwnOf(principal);
      const tokens = engine.read(({ trust }) => [...trust.tokens.values()]).filter((token) => token.kind !== 'session');
      return {
        tokens: tokens
          .filter((token) => (isAll && isPermitted(principal, rightOver(token), {})) || isOwn(token))
          .map((token) => engine.read((model) => tokenView(model, token))),
      };
    },
  }),
  route({
    method: 'post',
    path: '/api/tokens',
    summary:
      'A token for a program, shown this once; grants: all that one has, unless fewer are named. One that outlasts a person’s session needs `current`, the password',
    permission: 'self',
    body: NewTokenBody,
    reply: MintedToken,
    handle: async ({ body, principal, by, caller }) => {
      refuseToken(principal);
      const grants = body.grants ?? principal.grants;
      refuseMore(principal, grants);
      const nowMs = engine.nowMs;
      const expiresAtMs = expiryOf(body.expires, nowMs);
      const person = userOf(engine, principal);
      if (person !== null && outlasts(engine, expiresAtMs, principal.session))
        await people.logins.reproven(person, body.current, caller);
      const owner = person?.id ?? null;
      refuseTooMany(engine, owner);
      const shown = newToken('pgt');
      const token: Token = {
        kind: 'api',
        id: newTokenId('api'),
        hash: hashOf(shown),
        name: body.name,
        owner,
        grants,
        createdAtMs: nowMs,
        createdBy: by.text,
        expiresAtMs,
      };
      await engine.submit({ kind: 'issueToken', token, by });
      return { ...engine.read((model) => tokenView(model, token)), token: shown, join_command: null };
    },
  }),
  route({
    method: 'delete',
    path: '/api/tokens/:id',
    summary: 'Revoked at once, and what is open with it is cut',
    permission: 'self',
    handle: async ({ params, principal, by }) => {
      refuseStrangers(
        engine.read(({ trust }) => trust.tokens.get((params.id ?? '') as TokenId)),
        principal,
      );
      await engine.submit({ kind: 'revokeToken', id: params.id ?? '', by });
      return { success: true };
    },
  }),
];

export const tokenView = ({ trust }: Model, token: Kept): TokenView => ({
  id: token.id,
  kind: token.kind,
  name: token.name,
  owner: token.kind === 'api' && token.owner !== null ? (trust.users.get(token.owner)?.name ?? null) : null,
  grants: token.kind === 'api' ? token.grants.map(grantText) : [],
  created_at_ms: token.createdAtMs,
  expires_at_ms: token.expiresAtMs,
  uses_left: token.kind === 'join' ? token.usesLeft : null,
  labels: token.kind === 'join' ? token.labels : {},
});

/** `90d`, `12h`, or seconds; null = for ever. @throws Refusal bad_request */
export function expiryOf(lasts: string | null, nowMs: number): number | null {
  if (lasts === null) return null;
  const ms = durationMs(lasts);
  if (ms !== null && ms > 0) return nowMs + ms;
  throw new Refusal('bad_request', `expires ${JSON.stringify(lasts)} is no duration; say 12h, 90d, or null for ever`);
}

/** A token that makes another would outlive its time, and its being revoked. @throws Refusal forbidden */
function refuseToken({ asker }: Principal): void {
  if (asker.kind !== 'token') return;
  throw new Refusal('forbidden', `${asker.text} cannot make another token: log in, and make it as a person`);
}

/** Whoever sits at somebody's open page must not go on being them when that is closed. */
function outlasts(engine: HttpParts['engine'], expiresAtMs: number | null, session: TokenId | null): boolean {
  const end = engine.read(({ trust }) => (session === null ? null : trust.tokens.get(session)?.expiresAtMs)) ?? 0;
  return expiresAtMs === null || expiresAtMs > end;
}

const rightOver = ({ kind }: Token) => (kind === 'join' ? 'admin.workers' : 'admin.users');

/** Of a person all of theirs; of a program itself alone; where nobody needs a login, those that nobody owns. */
const isOwnOf =
  ({ asker }: Principal) =>
  (token: Token): boolean => {
    if (token.kind === 'join') return false;
    if (asker.kind === 'user') return token.owner === asker.id;
    return asker.kind === 'token' ? token.id === asker.id : asker.kind === 'open' && token.owner === null;
  };

/** Of tokens that are somebody else's it is not even said that they are there. @throws Refusal unknown_token */
function refuseStrangers(token: Token | undefined, principal: Principal): void {
  if (token !== undefined && (isOwnOf(principal)(token) || isPermitted(principal, rightOver(token), {}))) return;
  throw new Refusal('unknown_token', 'there is no such token of yours; GET /api/tokens lists them');
}

function refuseTooMany(engine: HttpParts['engine'], owner: User['id'] | null): void {
  const all = engine.read(({ trust }) => [...trust.tokens.values()]);
  if (all.filter((token) => token.kind === 'api' && token.owner === owner).length < TOKENS_MAX) return;
  throw new Refusal('bad_request', `${TOKENS_MAX} tokens are the most that one may have; revoke some first`);
}
