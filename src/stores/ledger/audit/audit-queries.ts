/** Looking for entries: pages by the indexes, walks and counts in pieces of the table, so that nobody is held up. */
import type { DatabaseSync } from '@photostructure/sqlite';
import type { AuditEntry, AuditStats } from '../../../../protocol/audit';
import { LIMITS } from '../../../../protocol/limits';
import type { AuditPage, AuditQuery } from '../../../engine/audit-port';
import { entryView, RAW_COLUMNS, type RawRow } from './raw-rows';

type Database = InstanceType<typeof DatabaseSync>;

/** Numbers looked at in one go of a walk: a few milliseconds, however few of them match. */
const WALK_IDS = 1000;
const ACTORS_TOLD_MAX = 100;

export function auditPage(db: Database, query: AuditQuery, limit: number, offset: number): AuditPage {
  const { where, values } = conditionOf(query);
  const rows = db
    .prepare(`SELECT ${RAW_COLUMNS} FROM audit WHERE ${where} ORDER BY rowid DESC LIMIT ? OFFSET ?`)
    .all(...values, limit, offset) as unknown as RawRow[];
  // Millions are not counted one by one for a number that nobody reads to its end.
  const most = offset + limit + LIMITS.auditCountedBeyond;
  const { found } = db
    .prepare(`SELECT count(*) AS found FROM (SELECT 1 FROM audit WHERE ${where} LIMIT ?)`)
    .get(...values, most + 1) as { found: number };
  return { entries: rows.map(entryView), total: Math.min(found, most), isTotalCapped: found > most };
}

/** Up to `last`, which may be behind where it stands already. */
export async function* walkAudit(
  db: Database,
  query: AuditQuery,
  { after, last }: { readonly after: number; readonly last: number },
  breathe: () => Promise<void>,
): AsyncGenerator<readonly AuditEntry[]> {
  const { where, values } = conditionOf(query);
  const rows = db.prepare(
    `SELECT ${RAW_COLUMNS} FROM audit WHERE rowid > ? AND rowid <= ? AND ${where} ORDER BY rowid`,
  );
  for (const [from, to] of pieces(Math.max(after, firstId(db) - 1), last)) {
    yield (rows.all(from, to, ...values) as unknown as RawRow[]).map(entryView);
    await breathe();
  }
}

interface Counted {
  readonly type: string | null;
  readonly actor: string | null;
  readonly result: string | null;
  readonly day: number;
  readonly n: number;
}

export async function auditStats(
  db: Database,
  query: AuditQuery,
  last: number,
  breathe: () => Promise<void>,
): Promise<AuditStats> {
  const { where, values } = conditionOf(query);
  const counts = db.prepare(
    `SELECT type, actor_name AS actor, CASE WHEN json_valid(body) THEN body ->> '$.result' END AS result,
      CAST(at_ms / 86400000 AS INTEGER) AS day, count(*) AS n
    FROM audit WHERE rowid > ? AND rowid <= ? AND ${where} GROUP BY 1, 2, 3, 4`,
  );
  let total = 0;
  const sums = { type: new Map<string, number>(), actor: new Map(), day: new Map(), result: new Map() } as Record<
    'type' | 'actor' | 'day' | 'result',
    Map<string, number>
  >;
  for (const [from, to] of pieces(firstId(db) - 1, last)) {
    for (const { type, actor, result, day, n } of counts.all(from, to, ...values) as unknown as Counted[]) {
      total += n;
      add(sums.type, type ?? 'unreadable', n);
      add(sums.actor, actor ?? 'unreadable', n);
      add(sums.result, result ?? 'unreadable', n);
      add(sums.day, new Date(day * 86_400_000).toISOString().slice(0, 10), n);
    }
    await breathe();
  }
  const most = [...sums.actor].sort(([, a], [, b]) => b - a).slice(0, ACTORS_TOLD_MAX);
  return {
    total,
    by_type: Object.fromEntries(sums.type),
    by_actor: Object.fromEntries(most),
    by_day: Object.fromEntries(sums.day),
    by_result: Object.fromEntries(sums.result),
  };
}

const add = (sums: Map<string, number>, name: string, n: number): void =>
  void sums.set(name, (sums.get(name) ?? 0) + n);

function* pieces(after: number, last: number): Generator<readonly [from: number, to: number]> {
  for (let from = after; from < last; from += WALK_IDS) yield [from, Math.min(from + WALK_IDS, last)];
}

const firstId = (db: Database): number =>
  (db.prepare('SELECT min(id) AS id FROM audit').get() as { id: number | null }).id ?? 1;

function conditionOf(query: AuditQuery): { readonly where: string; readonly values: (string | number)[] } {
  const terms: string[] = [];
  const values: (string | number)[] = [];
  const must = (sql: string, ...given: (string | number)[]): void => {
    terms.push(sql);
    values.push(...given);
  };
  const { types, actor, targetType, target, sinceMs, untilMs } = query;
  if (types !== undefined) must(`type IN (${types.map(() => '?').join(', ')})`, ...types);
  if (actor !== undefined) must('(actor_id = ? OR actor_name = ?)', actor, actor);
  if (targetType !== undefined) must('target_type = ?', targetType);
  // A range and no LIKE: it goes by the index, and no character of a name has a meaning.
  if (target?.endsWith('*'))
    must('target_id >= ? AND target_id < ?', target.slice(0, -1), `${target.slice(0, -1)}\u{10ffff}`);
  else if (target !== undefined) must('target_id = ?', target);
  if (sinceMs !== undefined) must('at_ms >= ?', sinceMs);
  if (untilMs !== undefined) must('at_ms < ?', untilMs);
  return { where: terms.length === 0 ? 'TRUE' : terms.join(' AND '), values };
}
