/**
 * Where the local API listens. On this machine only: whoever reaches it runs programs as the launcher's user, and it asks
 * for no password (seed 003's lines have none), so it is not offered to a network at all.
 */

export interface LocalAddress {
  readonly host: string;
  readonly port: number;
}

/** `8090`, `127.0.0.1:8090`, `[::1]:8090`, `localhost:8090`. @returns a sentence where it cannot be */
export function localAddress(text: string): LocalAddress | string {
  const parts = /^(?:(\[[0-9A-Fa-f:.]+\]|[^:[\]]+):)?(\d{1,5})$/.exec(text.trim());
  if (parts === null) return 'must be a port or an address of this machine with one: 8090, 127.0.0.1:8090, [::1]:8090';
  const host = (parts[1] ?? '127.0.0.1').replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const port = Number(parts[2]);
  if (port > 65_535) return `has the port ${port}; ports end at 65535`;
  if (isLoopback(host)) return { host, port };
  return `would listen on ${host}, where other machines could run programs here without a password; use 127.0.0.1 and a tunnel (ssh -L), or submit through the manager`;
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

export const addressText = ({ host, port }: LocalAddress): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
