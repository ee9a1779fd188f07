/** `procguard audit`: one line each, the columns at fixed places so that a stream stays readable. */
import type { AuditEntry } from '../../../protocol/audit';
import { localTime } from './amounts';
import type { Paint } from './paint';
import { padEnd, printable } from './text-width';

export function auditLine(entry: AuditEntry, paint: Paint): string {
  const time = paint(localTime(Date.parse(entry.timestamp)), 'dim');
  const from = entry.actor_ip === null ? '' : ` from ${entry.actor_ip}`;
  const actor = entry.actor_text === '' ? (entry.actor_username ?? entry.actor_kind) : entry.actor_text;
  const target = entry.target_type === null ? '' : ` ${entry.target_type} ${entry.target_id ?? ''}`;
  const result = paint(padEnd(printable(entry.result), 14), entry.result === 'ok' ? null : 'yellow');
  const details = Object.keys(entry.details).length === 0 ? '' : `  ${JSON.stringify(entry.details)}`;
  const deed = printable(`${actor}${from}: ${entry.action}${target}`);
  return `${String(entry.id).padStart(6)}  ${time}  ${padEnd(printable(entry.event_type), 26)}  ${result}  ${deed}${paint(printable(details), 'dim')}`;
}
