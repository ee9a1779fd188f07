/** What a manager's server shows now: read from the files that were given, or made by itself. */
import { X509Certificate } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Journal } from '../../engine/ports';
import { authorityIn } from '../pinning/authority-in';
import type { ClientCertificates } from './client-certificates';
import { clientAuthorities, givenCertificate, type CertificateFiles } from './given-certificate';
import type { TlsMaterial } from './material';
import { ownCertificate } from './own-certificate';
import { serverNames } from './server-names';

export interface TlsWanted {
  /** Null = an authority of the manager's own, kept in `dir`. */
  readonly files: CertificateFiles | null;
  readonly dir: string;
  /** `web.host`, `web.allowed_hosts`, the host of `web.public_url`: beside what the machine is called. */
  readonly names: readonly string[];
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** Null = no certificates are asked for. */
  readonly clients: { readonly caFile: string; readonly certificates: ClientCertificates } | null;
}

export interface Shown extends TlsMaterial {
  /** The manager's own, PEM; null = the certificates were given. */
  readonly authority: string | null;
  /** What a person should do before long; null = nothing. */
  readonly warning: string | null;
}

/** Key and certificate are replaced one after the other: between the two they do not fit, and nothing is wrong. */
export async function lookTwice(wanted: TlsWanted, journal: Journal, nowMs: () => number): Promise<Shown> {
  try {
    return await look(wanted, journal, nowMs());
  } catch {
    await wait(BOTH_REPLACED_MS, undefined, { ref: false });
    return look(wanted, journal, nowMs());
  }
}

const BOTH_REPLACED_MS = 2_000;

export async function look(wanted: TlsWanted, journal: Journal, nowMs: number): Promise<Shown> {
  const authorities = clientAuthorities(wanted.clients?.caFile ?? null);
  if (wanted.files !== null) {
    const { key, certificates, warning } = givenCertificate(wanted.files, nowMs);
    return { key, certificates, clientAuthorities: authorities, authority: null, warning };
  }
  const names = serverNames({ hostname: hostname(), addresses: ownAddresses(), configured: wanted.names });
  const { authority, server, made, warning } = await ownCertificate(
    { dir: wanted.dir, names, hostname: hostname() },
    nowMs,
  );
  for (const sentence of made) journal.info(`TLS: ${sentence}`);
  return {
    key: server.key,
    certificates: server.certificate,
    clientAuthorities: authorities,
    authority: authority.certificate,
    warning,
  };
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));

export const isSame = (a: Shown, b: Shown): boolean =>
  a.key === b.key &&
  a.certificates === b.certificates &&
  a.clientAuthorities === b.clientAuthorities &&
  a.authority === b.authority;

/** One line for the log: for whom, until when, by whom. */
export function inForce({ certificates, authority }: Shown): string {
  const { subjectAltName = '', validTo, issuer } = new X509Certificate(certificates);
  const names = subjectAltName.replaceAll(/(DNS|IP Address):/g, '');
  const by =
    authority === null
      ? issuer.replaceAll('\n', ', ')
      : `this manager's own authority ${authorityIn(authority).fingerprint}`;
  return `a certificate for ${names}, until ${validTo}, by ${by}`;
}
