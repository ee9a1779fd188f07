/** What a check of the audit's chain found, for people. */
import type { AuditVerdict } from '../../../protocol/audit';
import type { Paint } from './paint';

export function verdictLines(verdict: AuditVerdict, paint: Paint): string[] {
  const { valid, entries_checked: checked, first_id: first, last_id: last, head } = verdict;
  const range = first === null ? '' : ` (${first} to ${last})`;
  const end =
    head === null
      ? []
      : [`It ends with entry ${head.id}, ${head.hash}: noted elsewhere, that proves later that it is still the same.`];
  if (valid) return [`The audit holds: ${checked} entries${range}, each as it was written.`, ...end];
  const found = verdict.broken_links.map(({ id, what }) => `  ${id}: ${what}`);
  const more = verdict.broken_total - found.length;
  return [
    paint(`The audit does not hold: ${checked} entries${range} looked at, ${verdict.broken_total} findings.`, 'red'),
    ...found,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
