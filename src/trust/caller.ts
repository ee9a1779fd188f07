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

const PROXY_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-original-forwarded-for',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cdn-loop',
  'via',
] as const;

const NOBODY: ReadonlySet<string> = new Set();

/** @param proxies whose X-Forwarded-For is believed (`web.trusted_proxies`) */
export function callerOf({ socket, headers, httpVersion }: IncomingMessage, proxies = NOBODY): Caller {
  const peer = bareAddress(socket.remoteAddress ?? '');
  // Who calls from the very address of ours that is called is on this machine too.
  const isHere = peer === '::1' || peer.startsWith('127.') || peer === bareAddress(socket.localAddress ?? 'none');
  return {
    ip: proxies.has(peer) ? behind(peer, headers, proxies) : peer,
    // nginx, told nothing more than where to pass requests on to, names nobody, and speaks HTTP/1.0 as no program of today does.
    isLocal: isHere && httpVersion !== '1.0' && !PROXY_HEADERS.some((name) => headers[name] !== undefined),
  };
}

/**
 * Each proxy adds whom it heard at the end: the last one that is none of ours is the caller, and what stands before it is
 * hearsay. So is what stands before a word that is no address.
 */
function behind(peer: string, headers: IncomingHttpHeaders, proxies: ReadonlySet<string>): string {
  const named = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const heard = named.map((one) => bareAddress(withoutPort(one.trim()))).findLast((one) => !proxies.has(one));
  return heard !== undefined && isIP(heard) !== 0 ? heard : peer;
}

/** Some proxies tell the port too: 203.0.113.7:4711, [2001:db8::7]:4711. */
const withoutPort = (one: string): string =>
  /^(?:\[(.+)\]|([\d.]+))(?::\d+)?$/.exec(one)?.slice(1).find(Boolean) ?? one;

/** IPv4 as such, however the system writes it. */
export const bareAddress = (address: string): string => (address === '' ? 'unknown' : address.replace(/^::ffff:/, ''));
