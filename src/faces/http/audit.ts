/** /api/audit: what people and strangers caused. Source: API_JOBS 1B (seed 004); the lines that go on are ours. */
import { z } from 'zod';
import { AUDIT_TYPES, AuditReply, AuditStats, AuditVerdict, SECURITY_TYPES } from '../../../protocol/audit';
import { nearest, Refusal } from '../../../protocol/errors';
import { globMatches } from '../../../protocol/glob';
import { LIMITS } from '../../../protocol/limits';
import type { AuditQuery, AuditRange } from '../../engine/audit-port';
import { streamAudit } from './audit-stream';
import { route, type HttpParts, type Route } from './route';
import { parseSince } from './since';

const Page = z.object({
  limit: z.coerce.number().int().min(1).max(LIMITS.auditPageMax).default(100),
  offset: z.coerce.number().int().min(0).default(0),
});
const Times = z.object({ since: z.string().optional(), until: z.string().optional() });
const Words = Times.extend({
  /** One type, several with commas between, or a glob: `auth.*`. */
  event_type: z.string().optional(),
  /** An id or a name. */
  actor_id: z.string().optional(),
  target_type: z.string().optional(),
  /** Whole, or the beginning with a `*` behind it: `w1/*`. */
  target_id: z.string().optional(),
});
type Words = z.output<typeof Words>;
const Query = Words.extend({
  ...Page.shape,
  format: z.enum(['json', 'jsonl']).default('json'),
  /** Of JSON lines: those behind this entry. */
  after_id: z.coerce.number().int().min(0).default(0),
  follow: z.enum(['true', 'false', '1', '0', '']).optional(),
});

const permission = 'admin.audit';

export const auditRoutes = (parts: HttpParts): Route[] => {
  const { audit, engine } = parts;
  const page = (query: AuditQuery, { limit, offset }: z.output<typeof Page>): AuditReply => {
    const { entries, total, isTotalCapped } = audit.page(query, limit, offset);
    return {
      entries: [...entries],
      total,
      total_is_capped: isTotalCapped,
      has_more: offset + entries.length < total,
    };
  };
  const all = route({
    method: 'get',
    path: '/api/audit',
    permission,
    summary:
      'Who caused what, newest first; with format=jsonl all that match as JSON lines, oldest first, and with follow=true the answer goes on',
    query: Query,
    reply: AuditReply,
    handle: async (asked) => {
      const { query } = asked;
      const wanted = queryOf(query, engine.nowMs);
      if (query.format === 'json') return page(wanted, query);
      const isFollowed = query.follow !== undefined && !['false', '0'].includes(query.follow);
      await streamAudit(parts, asked, { wanted, after: query.after_id, words: wordsOf(query), isFollowed, entry: all });
      return undefined;
    },
  });
  return [
    all,
    route({
      method: 'get',
      path: '/api/audit/stats',
      permission,
      summary: 'How many entries of each type, by whom, on which day, with which result; of a time, or of all',
      query: Times,
      reply: AuditStats,
      handle: ({ query }) => audit.stats(timesOf(query, engine.nowMs)),
    }),
    route({
      method: 'get',
      path: '/api/audit/types',
      permission,
      summary: 'Every type of entry there is',
      reply: z.object({ types: z.array(z.string()) }),
      handle: () => ({ types: AUDIT_TYPES }),
    }),
    route({
      method: 'get',
      path: '/api/audit/verify',
      permission,
      summary: 'Whether the chain holds, and where it does not; of a range of ids, or of all that is kept',
      query: z.object({
        start_id: z.coerce.number().int().min(1).optional(),
        end_id: z.coerce.number().int().min(1).optional(),
      }),
      reply: AuditVerdict,
      handle: ({ query }) => audit.verify(rangeOf(query)),
    }),
    route({
      method: 'get',
      path: '/api/audit/user/:id',
      permission,
      summary: 'What one user or token caused, by id or name',
      query: Words.extend(Page.shape),
      reply: AuditReply,
      handle: ({ params, query }) => page({ ...queryOf(query, engine.nowMs), actor: params.id ?? '' }, query),
    }),
    route({
      method: 'get',
      path: '/api/audit/security',
      permission,
      summary: 'What was refused, and what looked like an attack',
      query: Words.extend(Page.shape),
      reply: AuditReply,
      handle: ({ query }) => page({ types: SECURITY_TYPES, ...queryOf(query, engine.nowMs) }, query),
    }),
  ];
};

function queryOf(query: Words, nowMs: number): AuditQuery {
  const { event_type: type, actor_id: actor, target_type: targetType, target_id: target } = query;
  return {
    ...timesOf(query, nowMs),
    ...(type === undefined ? {} : { types: type.split(',').flatMap(typesLike) }),
    ...(actor === undefined ? {} : { actor }),
    ...(targetType === undefined ? {} : { targetType }),
    ...(target === undefined ? {} : { target }),
  };
}

const timesOf = ({ since, until }: z.output<typeof Times>, nowMs: number): Pick<AuditQuery, 'sinceMs' | 'untilMs'> => ({
  ...(since === undefined ? {} : { sinceMs: parseSince(since, nowMs) }),
  ...(until === undefined ? {} : { untilMs: parseSince(until, nowMs) }),
});

function typesLike(word: string): readonly string[] {
  const types = AUDIT_TYPES.filter((type) => globMatches(word.trim(), type));
  if (types.length > 0) return types;
  const near = nearest(word, AUDIT_TYPES);
  throw new Refusal(
    'bad_request',
    `event_type ${JSON.stringify(word)} is no type of the audit${near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`} GET /api/audit/types has all`,
  );
}

const rangeOf = ({
  start_id: from,
  end_id: to,
}: {
  start_id?: number | undefined;
  end_id?: number | undefined;
}): AuditRange => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
});

/** What was looked for, as it was asked: for the entry about the export. */
const wordsOf = ({
  limit: _limit,
  offset: _offset,
  format: _format,
  ...words
}: z.output<typeof Query>): Readonly<Record<string, unknown>> => words;
