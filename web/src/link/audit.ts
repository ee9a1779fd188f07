/** The audit: pages of it, its types, its verdict on itself, and all of it as a file. */
import type { AuditReply, AuditVerdict } from '../../../protocol/audit';
import type { AuditFilter } from '../state/route';
import { apiUrl } from './address';
import { ask } from './ask';

export const readAudit = (
  query: AuditFilter,
  place: { readonly limit: number; readonly offset: number; readonly until: string | null },
  signal: AbortSignal,
): Promise<AuditReply> => {
  const asked = parametersOf(query);
  asked.set('limit', String(place.limit));
  asked.set('offset', String(place.offset));
  if (place.until !== null) asked.set('until', place.until);
  return ask(`audit?${asked}`, { signal });
};

export const readAuditTypes = (signal: AbortSignal): Promise<{ readonly types: readonly string[] }> =>
  ask('audit/types', { signal });
export const verifyAudit = (): Promise<AuditVerdict> => ask('audit/verify');

/** Where the browser downloads it from: JSON lines, with the same filter. */
export const auditFileUrl = (query: AuditFilter): string => {
  const asked = parametersOf(query);
  asked.set('format', 'jsonl');
  return apiUrl(`audit?${asked}`);
};

function parametersOf(query: AuditFilter): URLSearchParams {
  const asked = new URLSearchParams();
  if (query.type !== '') asked.set('event_type', query.type);
  if (query.actor !== '') asked.set('actor_id', query.actor);
  if (query.target !== '') asked.set('target_id', query.target);
  if (query.since !== '') asked.set('since', query.since);
  return asked;
}
