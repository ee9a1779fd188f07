/** Tokens that let new machines in without an approval. They are listed and revoked with the others (tokens.ts). */
import { MintedToken, NewJoinTokenBody } from '../../../protocol/trust-http';
import type { Token } from '../../core/trust/rows';
import { hashOf, newToken, newTokenId } from '../../trust/credentials';
import { route, type HttpParts, type Route } from './route';
import { expiryOf, tokenView } from './tokens';

export const joinTokenRoutes = ({ engine, joining }: HttpParts): Route[] => [
  route({
    method: 'post',
    path: '/api/admin/join-tokens',
    summary: 'A token that lets new machines in, shown this once, with the line to run there',
    permission: 'admin.workers',
    body: NewJoinTokenBody,
    reply: MintedToken,
    handle: async ({ body: { name, labels, uses, expires }, by, request }) => {
      const shown = newToken('jt');
      const nowMs = engine.nowMs;
      const token: Extract<Token, { kind: 'join' }> = {
        kind: 'join',
        id: newTokenId('join'),
        hash: hashOf(shown),
        createdAtMs: nowMs,
        createdBy: by.text,
        expiresAtMs: expiryOf(expires, nowMs),
        name,
        labels,
        usesLeft: uses,
      };
      // First, for it may be refused, and then nothing is to be left.
      const line = joining.line(request, shown);
      await engine.submit({ kind: 'issueToken', token, by });
      return { ...engine.read((model) => tokenView(model, token)), token: shown, join_command: line };
    },
  }),
];
