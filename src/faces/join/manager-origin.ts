/** Under which address somebody reaches this manager. What goes into a script is taken apart and put together again here. */
import { Refusal } from '../../../protocol/errors';

/** As a request tells it. */
export interface Reached {
  /** The Host header. The guard has let it pass; that it is one of ours does not make it harmless in a shell. */
  readonly host: string | undefined;
  readonly isEncrypted: boolean;
}

const HOST = /^(?:[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * No slash at its end.
 * @param publicUrl `web.public_url`: wins, for only its owner knows what stands before this manager
 * @throws Refusal bad_request
 */
export function originOf({ host, isEncrypted }: Reached, publicUrl: string | null): string {
  if (publicUrl !== null) return publicUrl.replace(/\/+$/, '');
  if (host === undefined || !HOST.test(host))
    throw new Refusal(
      'bad_request',
      `the Host ${JSON.stringify(host ?? '')} cannot be written into a script; ask by a plain name or address, or set web.public_url`,
    );
  return `${isEncrypted ? 'https' : 'http'}://${host}`;
}

const LOOPBACK = /^(?:localhost|.+\.localhost|127\..+|\[::1\])$/i;

/**
 * Under which address other machines reach it: who asks from this very machine names it as no other can.
 * @param address of this machine in its network; null = it has none, or does not listen there
 */
export function originForOthers(origin: string, address: string | null): string {
  const url = new URL(origin);
  if (address === null || !LOOPBACK.test(url.hostname)) return origin;
  return `${url.protocol}//${address.includes(':') ? `[${address}]` : address}${url.port === '' ? '' : `:${url.port}`}`;
}

interface NetworkAddress {
  readonly address: string;
  readonly family: string;
  readonly internal: boolean;
}

/**
 * Where others find a manager that listens on `host`.
 * @param interfaces as os.networkInterfaces() gives them; IPv4 is taken first, and of several the first
 */
export function addressForOthers(
  host: string,
  interfaces: Readonly<Record<string, readonly NetworkAddress[] | undefined>>,
): string | null {
  if (LOOPBACK.test(host) || host === '::1') return null;
  if (host !== '0.0.0.0' && host !== '::') return host;
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const outside = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80'));
  return (outside.find(({ family }) => family === 'IPv4') ?? outside[0])?.address ?? null;
}
