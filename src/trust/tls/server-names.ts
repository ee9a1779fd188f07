/** Under which names and addresses a manager is reached: what its certificate is made out for. Pure. */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

export interface ServerNames {
  readonly dns: readonly string[];
  readonly ip: readonly string[];
}

export interface NamesKnown {
  readonly hostname: string;
  /** Of the machine's interfaces. */
  readonly addresses: readonly string[];
  /** `web.host`, `web.allowed_hosts`, the host of `web.public_url`. */
  readonly configured: readonly string[];
}

/** A machine full of bridges has hundreds of addresses, and each is sent in every handshake. */
const NAMES_MAX = 64;
const EVERYWHERE = new Set(['0.0.0.0', '::']);
const DNS_NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** Those that were written by a person first, so that a limit never cuts them. */
export function serverNames({ hostname, addresses, configured }: NamesKnown): ServerNames {
  const own = hostname.toLowerCase();
  const names = [...configured.map(bare), 'localhost', own, own.split('.')[0] ?? own, '127.0.0.1', '::1', ...addresses];
  const known = [...new Set(names.map((name) => name.toLowerCase()))].filter((name) => !EVERYWHERE.has(name));
  return {
    dns: known.filter((name) => isIP(name) === 0 && DNS_NAME.test(name)).slice(0, NAMES_MAX),
    ip: known.filter((name) => isIP(name) !== 0 && !isLinkLocal(name)).slice(0, NAMES_MAX),
  };
}

/** Without the brackets that a URL puts around an address. */
const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/** They mean something only together with an interface, which no certificate names. */
const isLinkLocal = (address: string): boolean => /^fe[89ab]/i.test(address);

/** The names that a certificate leaves out. One that covers more is let be: an address that comes and goes is no reason. */
export const namesMissing = (certificate: X509Certificate, { dns, ip }: ServerNames): string[] => [
  ...dns.filter((name) => certificate.checkHost(name, { subject: 'never' }) === undefined),
  ...ip.filter((address) => certificate.checkIP(address) === undefined),
];
