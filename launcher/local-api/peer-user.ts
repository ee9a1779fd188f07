/**
 * Whose program is at the other end of a connection within this machine: the kernel knows, and lists it. That is how an API
 * without passwords can be its own user's alone.
 *
 * A socket whose program has let go of it is listed as root's, with inode 0: nobody is there to be answered, and whoever
 * sends and lets go at once must not be taken for root.
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

export type Peer =
  | { readonly kind: 'user'; readonly uid: number }
  /** No such socket of a living program. */
  | { readonly kind: 'nobody' }
  /** This machine does not list sockets. */
  | { readonly kind: 'untold' };

const LISTS = { IPv4: '/proc/net/tcp', IPv6: '/proc/net/tcp6' } as const;

export function peerOf(socket: Pick<Socket, 'remoteFamily' | 'remoteAddress' | 'remotePort' | 'localPort'>): Peer {
  const family = socket.remoteFamily === 'IPv6' ? 'IPv6' : 'IPv4';
  const address = hexAddress(family, socket.remoteAddress ?? '');
  let list: string;
  try {
    list = readFileSync(LISTS[family], 'latin1');
  } catch {
    return { kind: 'untold' };
  }
  return address === null
    ? { kind: 'nobody' }
    : peerIn(list, `${address}:${hexPort(socket.remotePort)}`, hexPort(socket.localPort));
}

/** @param theirs how they are listed; @param ourPort to which they are connected */
export function peerIn(list: string, theirs: string, ourPort: string): Peer {
  for (const line of list.split('\n')) {
    // sl local rem st tx:rx tr:when retrnsmt uid timeout inode
    const [, local, remote, , , , , uid, , inode] = line.trim().split(/\s+/);
    if (local === theirs && remote?.endsWith(`:${ourPort}`) && inode !== '0') return { kind: 'user', uid: Number(uid) };
  }
  return { kind: 'nobody' };
}

const hexPort = (port: number | undefined): string => (port ?? 0).toString(16).toUpperCase().padStart(4, '0');

/** As the kernel of a little-endian machine writes it; null = not of this machine. */
function hexAddress(family: keyof typeof LISTS, address: string): string | null {
  if (family === 'IPv6') return address === '::1' ? '00000000000000000000000001000000' : null;
  const bytes = address.split('.').map(Number);
  if (bytes.length !== 4 || bytes[0] !== 127) return null;
  return bytes
    .reverse()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}
