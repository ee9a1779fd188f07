/**
 * Rows of the audit as they lie there, believed in nothing: a changed byte may have made a number of a text, or a text of
 * bytes that are none.
 *
 * `id` here is text: order and compare by `rowid`.
 */
import type { AuditEntry } from '../../../../protocol/audit';
import type { RawEntry } from './chain';

export const RAW_COLUMNS = `CAST(id AS TEXT) AS id, CAST(at_ms AS TEXT) AS at_ms, CAST(body AS BLOB) AS body,
  CAST(hash AS TEXT) AS hash, typeof(at_ms) || typeof(body) || typeof(hash) AS kinds`;

export interface RawRow {
  readonly id: string;
  readonly at_ms: string;
  readonly body: Uint8Array | null;
  readonly hash: string;
  readonly kinds: string;
}
const KINDS_AS_WRITTEN = 'integertexttext';

export const rawEntry = ({ id, at_ms: atMs, body }: RawRow): RawEntry => ({
  id: Number(id),
  atMs,
  body: body ?? new Uint8Array(),
});

export const isAsWritten = ({ kinds }: RawRow): boolean => kinds === KINDS_AS_WRITTEN;

/** Not yet proven to be what was written; one that cannot be read says so and nothing else. */
export function entryView(row: RawRow): AuditEntry {
  const record = recordIn(row);
  const { actor, target } = record;
  return {
    id: Number(row.id),
    timestamp: isoOf(Number(row.at_ms)),
    event_type: record.type ?? UNREADABLE,
    actor_id: actor?.id ?? null,
    actor_username: actor?.name ?? null,
    actor_ip: actor?.ip ?? null,
    actor_kind: actor?.kind ?? 'unknown',
    actor_text: actor?.text ?? '',
    target_type: target?.type ?? null,
    target_id: target?.id ?? null,
    action: record.action ?? '',
    result: record.result ?? UNREADABLE,
    details: record.details ?? {},
    hash: row.hash,
  };
}

const UNREADABLE = 'unreadable';

interface Told {
  readonly type?: string;
  readonly actor?: Partial<Record<'id' | 'name' | 'ip' | 'kind' | 'text', string | null>>;
  readonly target?: { readonly type?: string; readonly id?: string } | null;
  readonly action?: string;
  readonly result?: string;
  readonly details?: Record<string, unknown>;
}

function recordIn({ body }: RawRow): Told {
  try {
    const told: unknown = JSON.parse(Buffer.from(body ?? []).toString());
    return typeof told === 'object' && told !== null ? told : {};
  } catch {
    return {};
  }
}

const LAST_DATE_MS = 8.64e15;
const isoOf = (ms: number): string => new Date(Math.abs(ms) <= LAST_DATE_MS ? ms : 0).toISOString();
