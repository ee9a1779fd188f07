/** No entry of the audit is larger than a few KiB, whoever chose the words in it. */
import type { AuditRecord } from './words';

const WORD_CHARS_MAX = 256;
const TEXT_CHARS_MAX = 500;
const LIST_MAX = 50;
const DEPTH_MAX = 4;
const DETAILS_CHARS_MAX = 8_000;

export function bounded(record: AuditRecord): AuditRecord {
  const { actor, target, action, details } = record;
  return {
    ...record,
    actor: { ...actor, name: cut(actor.name, WORD_CHARS_MAX), text: cut(actor.text, WORD_CHARS_MAX) },
    target: target === null ? null : { ...target, id: cut(target.id, 2 * WORD_CHARS_MAX) },
    action: cut(action, WORD_CHARS_MAX),
    details: boundedDetails(details),
  };
}

function boundedDetails(details: AuditRecord['details']): AuditRecord['details'] {
  const small = smaller(details, 0) as Record<string, unknown>;
  const chars = JSON.stringify(small).length;
  return chars <= DETAILS_CHARS_MAX ? small : { cut: `${chars} characters of details`, of: Object.keys(small) };
}

function smaller(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(value, TEXT_CHARS_MAX);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) return '…';
  if (Array.isArray(value)) {
    const kept: unknown[] = value.slice(0, LIST_MAX).map((one) => smaller(one, depth + 1));
    return value.length > LIST_MAX ? [...kept, `… ${value.length - LIST_MAX} more`] : kept;
  }
  const fields = Object.entries(value);
  const kept = fields
    .slice(0, LIST_MAX)
    .map(([name, one]): [string, unknown] => [cut(name, WORD_CHARS_MAX), smaller(one, depth + 1)]);
  return Object.fromEntries(
    fields.length > LIST_MAX ? [...kept, ['…', `${fields.length - LIST_MAX} more`] as const] : kept,
  );
}

const cut = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : `${text.slice(0, charsMax)}…`;
