/**
 * From where somebody calls. A connection from this machine counts as local only when nobody stands in between: a proxy
 * beside the manager would otherwise open it to everybody that the proxy serves.
 */
import { isIP } from 'node:net';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface Caller {
  readonly ip: string;
  /** On this machine, and not through a proxy. */
  readonly isLocal: boolean;
}

const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const;

const NOBODY: ReadonlySet<string> = new Set();

/** @param proxies whose X-Forwarded-For is believed (`web.trusted_proxies`) */
export function callerOf({ socket, headers }: IncomingMessage, proxies = NOBODY): Caller {
  const peer = bare(socket.remoteAddress ?? '');
  // Who calls from the very address of ours that is called is on this machine too.
  const isHere = peer === '::1' || peer.startsWith('127.') || peer === bare(socket.localAddress ?? 'none');
  return {
    ip: proxies.has(peer) ? behind(peer, headers, proxies) : peer,
    isLocal: isHere && !PROXY_HEADERS.some((name) => headers[name] !== undefined),
  };
}

/** Each proxy adds whom it heard at the end: the last one that is none of ours is the caller, and what stands before it is hearsay. */
function behind(peer: string, headers: IncomingHttpHeaders, proxies: ReadonlySet<string>): string {
  const named = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const heard = named.map((one) => bare(one.trim())).filter((one) => isIP(one) !== 0);
  return heard.findLast((one) => !proxies.has(one)) ?? peer;
}

const bare = (address: string): string => (address === '' ? 'unknown' : address.replace(/^::ffff:/, ''));
