/**
 * TLS of one manager: what it shows, from files or made by itself; renewed while it serves, and no connection is dropped
 * for it. What cannot be used is said in the log, and what was in use before stays.
 *
 * Versions below 1.2 are off. Ciphers are Node's own: forward secret and authenticated first, kept up by its releases;
 * a list of ours would only grow old.
 */
import { X509Certificate } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { hostname, networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { SecureContextOptions } from 'node:tls';
import type { Refusal } from '../../../protocol/errors';
import type { Journal } from '../../engine/ports';
import { authorityIn, type Authority } from '../pinning/authority-in';
import { watchCertificates } from './certificate-watch';
import { clientCertificateGuard, type ClientCertificates } from './client-certificates';
import { clientAuthorities, givenCertificate, type CertificateFiles } from './given-certificate';
import type { TlsMaterial } from './material';
import { ownCertificate } from './own-certificate';
import { answerPlainCallers } from './plain-callers';
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

/** What a program on this machine trusts to reach this manager. */
export interface LocalTrust {
  /** A PEM file: the own authority, or the given certificate itself. */
  readonly caFile: string;
  /** The name that the certificate is made out for; null = it is made out for the address. */
  readonly serverName: string | null;
}

export interface ManagerTls {
  createServer(listener: RequestListener): Server;
  /** Mutual TLS; null = the request may go on. */
  readonly guard: (request: IncomingMessage) => Refusal | null;
  /** The manager's own authority now; null = its certificates were given. */
  authority(): Authority | null;
  localTrust(address: string): LocalTrust;
  /** Looks at files, names and dates again. Never rejects. */
  renew(): Promise<void>;
  close(): void;
}

interface Shown extends TlsMaterial {
  readonly authority: string | null;
}

/** @throws a sentence, when there is nothing to begin with */
export async function openTls(wanted: TlsWanted, journal: Journal, nowMs: () => number): Promise<ManagerTls> {
  let shown = await look(wanted, journal, nowMs());
  const servers = new Set<Server>();
  let renewing: Promise<void> = Promise.resolve();

  const renewNow = async (): Promise<void> => {
    try {
      const now = await lookTwice(wanted, journal, nowMs);
      if (isSame(now, shown)) return;
      for (const server of servers) server.setSecureContext(contextOf(now, wanted));
      shown = now;
      journal.info(`TLS: certificates were read again; ${inForce(now)}`);
    } catch (error) {
      journal.warn(`TLS: ${(error as Error).message}; the certificate in force stays: ${inForce(shown)}`);
    }
  };
  // One look at a time: two would make two certificates.
  const renew = (): Promise<void> => (renewing = renewing.then(renewNow));
  const stopWatching = watchCertificates(filesOf(wanted), () => void renew());

  journal.info(`TLS: ${inForce(shown)}`);
  return {
    createServer: (listener) => {
      const server = createServer({ ...contextOf(shown, wanted), ...clientOptions(wanted) }, (request, response) => {
        if (!isOnThisMachine(request)) response.setHeader('Strict-Transport-Security', HSTS);
        listener(request, response);
      });
      answerPlainCallers(server);
      servers.add(server);
      return server;
    },
    guard: wanted.clients === null ? () => null : clientCertificateGuard(wanted.clients.certificates),
    authority: () => (shown.authority === null ? null : authorityIn(shown.authority)),
    localTrust: (address) =>
      wanted.files === null
        ? { caFile: resolve(wanted.dir, 'ca.pem'), serverName: null }
        : {
            caFile: resolve(wanted.files.certFile),
            serverName: nameFor(address, new X509Certificate(shown.certificates)),
          },
    renew,
    close: stopWatching,
  };
}

/** Key and certificate are replaced one after the other: between the two they do not fit, and nothing is wrong. */
async function lookTwice(wanted: TlsWanted, journal: Journal, nowMs: () => number): Promise<Shown> {
  try {
    return await look(wanted, journal, nowMs());
  } catch {
    await wait(BOTH_REPLACED_MS, undefined, { ref: false });
    return look(wanted, journal, nowMs());
  }
}

const BOTH_REPLACED_MS = 2_000;

async function look(wanted: TlsWanted, journal: Journal, nowMs: number): Promise<Shown> {
  const authorities = clientAuthorities(wanted.clients?.caFile ?? null);
  if (wanted.files !== null) {
    const { key, certificates, warning } = givenCertificate(wanted.files, nowMs);
    if (warning !== null) journal.warn(`TLS: ${warning}`);
    return { key, certificates, clientAuthorities: authorities, authority: null };
  }
  const names = serverNames({ hostname: hostname(), addresses: ownAddresses(), configured: wanted.names });
  const { authority, server, made, warning } = await ownCertificate(
    { dir: wanted.dir, names, hostname: hostname() },
    nowMs,
  );
  for (const sentence of made) journal.info(`TLS: ${sentence}`);
  if (warning !== null) journal.warn(`TLS: ${warning}`);
  return {
    key: server.key,
    certificates: server.certificate,
    clientAuthorities: authorities,
    authority: authority.certificate,
  };
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));

/** Given ones change under us; those of our own are changed by nobody else. */
const filesOf = ({ files, clients }: TlsWanted): string[] => [
  ...(files === null ? [] : [files.keyFile, files.certFile]),
  ...(clients === null ? [] : [clients.caFile]),
];

const contextOf = (
  { key, certificates, clientAuthorities: ca }: Shown,
  { minVersion }: TlsWanted,
): SecureContextOptions => ({
  key,
  cert: certificates,
  minVersion,
  ...(ca === null ? {} : { ca }),
});

/** The guard refuses, in words; here a certificate is only asked for. */
const clientOptions = ({ clients }: TlsWanted) =>
  clients === null ? {} : { requestCert: true, rejectUnauthorized: false };

const isSame = (a: Shown, b: Shown): boolean =>
  a.key === b.key &&
  a.certificates === b.certificates &&
  a.clientAuthorities === b.clientAuthorities &&
  a.authority === b.authority;

/** One line for the log: for whom, until when, by whom. */
function inForce({ certificates, authority }: Shown): string {
  const { subjectAltName = '', validTo, issuer } = new X509Certificate(certificates);
  const names = subjectAltName.replaceAll(/(DNS|IP Address):/g, '');
  const by =
    authority === null
      ? issuer.replaceAll('\n', ', ')
      : `this manager's own authority ${authorityIn(authority).fingerprint}`;
  return `a certificate for ${names}, until ${validTo}, by ${by}`;
}

/** What to hold a given certificate against when it is reached by an address that it does not name. */
function nameFor(address: string, certificate: X509Certificate): string | null {
  if ((certificate.checkIP(address) ?? certificate.checkHost(address)) !== undefined) return null;
  const first = /DNS:([^,\s]+)/.exec(certificate.subjectAltName ?? '')?.[1];
  return first?.replace(/^\*\./, 'local.') ?? null;
}

/** A browser that was here once comes by TLS for half a year, also when it is led to `http://`. */
const HSTS = 'max-age=15552000';
/** It holds for a name on every port, and on `localhost` other programs speak plain HTTP. */
const isOnThisMachine = ({ headers: { host = '' } }: IncomingMessage): boolean =>
  /^([^:]*\.)?localhost(:|$)/.test(host);

/** Where a manager keeps what it makes. */
export const tlsDirectory = (dataDir: string): string => join(dataDir, 'tls');
