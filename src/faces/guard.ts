/**
 * Keeps pages of other origins, and names that were made to point here (DNS rebinding), away from the API. Asked for
 * every HTTP request and every socket handshake. Programs (curl, launchers) send no Origin and pass.
 */
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { Refusal } from '../../protocol/errors';

export interface GuardSettings {
  /** Further names under which the manager is reached. */
  readonly allowedHosts: readonly string[];
  readonly publicUrl: string | null;
}

/** Verdicts on Host headers are remembered; an attacker's endless names are not. */
const REMEMBERED_MAX = 1000;

export function createGuard(settings: GuardSettings): (request: IncomingMessage) => Refusal | null {
  const own = hostname().toLowerCase();
  const names = new Set([
    'localhost',
    own,
    own.split('.')[0] ?? own,
    ...settings.allowedHosts.map((name) => name.toLowerCase()),
  ]);
  if (settings.publicUrl !== null) names.add(new URL(settings.publicUrl).hostname.toLowerCase());
  const verdicts = new Map<string, boolean>();
  const isOwnName = (host: string): boolean => {
    let verdict = verdicts.get(host);
    if (verdict === undefined) {
      const name = nameOf(host);
      verdict = name !== null && (isIP(name) !== 0 || names.has(name) || name.endsWith('.localhost'));
      if (verdicts.size < REMEMBERED_MAX) verdicts.set(host, verdict);
    }
    return verdict;
  };
  return (request) => {
    const { host, origin } = request.headers;
    if (host === undefined || !isOwnName(host))
      return new Refusal(
        'forbidden_host',
        `the Host ${JSON.stringify(host ?? '')} is not a name of this manager; add it to web.allowed_hosts if it is, or use the address`,
      );
    const isForeign =
      origin !== undefined ? !isSameOrigin(origin, host) : request.headers['sec-fetch-site'] === 'cross-site';
    if (isForeign && !(origin === undefined && isNavigation(request)))
      return new Refusal(
        'forbidden_origin',
        `a page of ${JSON.stringify(origin ?? 'another site')} may not use this API; only the manager's own pages may`,
      );
    return null;
  };
}

/** A link on another page may lead here; it may not read or do anything by itself. */
const isNavigation = (request: IncomingMessage): boolean =>
  request.method === 'GET' &&
  request.headers['sec-fetch-mode'] === 'navigate' &&
  request.headers['sec-fetch-dest'] === 'document';

function isSameOrigin(origin: string, host: string): boolean {
  try {
    return new URL(origin).host.toLowerCase() === host.toLowerCase();
  } catch {
    return false; // also the literal `null` of sandboxed pages
  }
}

function nameOf(host: string): string | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/.exec(host);
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? null : name.toLowerCase().replace(/\.$/, '');
}
