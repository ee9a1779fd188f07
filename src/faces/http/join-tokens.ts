/** Tokens that let new machines in without an approval. They are listed and revoked with the others (tokens.ts). */
import { MintedToken, NewJoinTokenBody } from '../../../protocol/trust-http';
import { hashOf, newToken, newTokenId } from '../../trust/credentials';
import { Refusal } from '../../../protocol/errors';
import { durationMs } from '../../../protocol/amounts';
import { route, type HttpParts, type Route } from './route';

export const joinTokenRoutes = ({ engine, joining }: HttpParts): Route[] => [
  route({
    method: 'post',
    path: '/api/admin/join-tokens',
    summary: 'A token that lets new machines in, shown this once, with the line to run there',
    permission: 'admin.workers',
    body: NewJoinTokenBody,
    reply: MintedToken,
    handle: async ({ body: { name, labels, uses, expires }, by, request }) => {
      const token = newToken('jt');
      const nowMs = engine.nowMs;
      const issued = await engine.submit({
        kind: 'issueToken',
        token: {
          kind: 'join',
          id: newTokenId('join'),
          hash: hashOf(token),
          createdAtMs: nowMs,
          createdBy: by.text,
          expiresAtMs: endOf(expires, nowMs),
          name,
          labels,
          usesLeft: uses,
        },
        by,
      });
      return {
        id: issued.id,
        kind: 'join',
        name,
        owner: null,
        grants: [],
        created_at_ms: issued.createdAtMs,
        expires_at_ms: issued.expiresAtMs,
        uses_left: uses,
        labels,
        token,
        join_command: joining.line(request, token),
      } satisfies MintedToken;
    },
  }),
];

function endOf(expires: string | null, nowMs: number): number | null {
  if (expires === null) return null;
  const ms = durationMs(expires);
  if (ms === null || ms === 0)
    throw new Refusal('bad_request', `expires ${JSON.stringify(expires)} is no duration; say 30m, 24h or 7d`);
  return nowMs + ms;
}
