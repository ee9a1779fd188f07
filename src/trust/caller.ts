/**
 * From where somebody calls. A connection from this machine counts as local only when nobody stands in between: a proxy
 * beside the manager would otherwise open it to everybody that the proxy serves.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface Caller {
  readonly ip: string;
  /** On this machine, and not through a proxy. */
  readonly isLocal: boolean;
}

const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const;

export const callerOf = ({ socket, headers }: IncomingMessage): Caller =>
  callerAt(socket.remoteAddress ?? '', headers, socket.localAddress);

/** @param called the address of ours that was called: who calls from that very address is on this machine too */
export function callerAt(address: string, headers: IncomingHttpHeaders = {}, called?: string): Caller {
  const ip = address.replace(/^::ffff:/, '');
  const isHere = ip === '::1' || ip.startsWith('127.') || (address !== '' && address === called);
  return {
    ip: ip === '' ? 'unknown' : ip,
    isLocal: isHere && !PROXY_HEADERS.some((name) => headers[name] !== undefined),
  };
}
