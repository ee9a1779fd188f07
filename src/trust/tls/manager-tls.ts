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
import { join, resolve } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import type { Refusal } from '../../../protocol/errors';
import type { Journal } from '../../engine/ports';
import { authorityIn, type Authority } from '../pinning/authority-in';
import { watchCertificates, type Occasion } from './certificate-watch';
import { clientCertificateGuard } from './client-certificates';
import { answerPlainCallers } from './plain-callers';
import { inForce, isSame, look, lookTwice, type Shown, type TlsWanted } from './shown';

/** What a program on this machine trusts to reach this manager. */
export interface LocalTrust {
  /** A PEM file: the own authority, or the given certificate itself. */
  readonly caFile: string;
  /** The name that the certificate is made out for; null = it is made out for the address. */
  readonly serverName: string | null;
}

export interface ManagerTls {
  /** Its certificates are renewed for as long as this is not closed. */
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

/** @throws a sentence, when there is nothing to begin with */
export async function openTls(wanted: TlsWanted, journal: Journal, nowMs: () => number): Promise<ManagerTls> {
  let shown = await look(wanted, journal, nowMs());
  const servers = new Set<Server>();
  let renewing: Promise<void> = Promise.resolve();

  let warned: string | null = null;
  /** Once, and again with each day: a busy directory gives many occasions to look. */
  const warn = (sentence: string | null, occasion: Occasion): void => {
    if (sentence !== null && (occasion === 'day' || sentence !== warned)) journal.warn(`TLS: ${sentence}`);
    warned = sentence;
  };
  const renewNow = async (occasion: Occasion): Promise<void> => {
    try {
      const now = await lookTwice(wanted, journal, nowMs);
      warn(now.warning, occasion);
      if (isSame(now, shown)) return;
      for (const server of servers) server.setSecureContext(contextOf(now, wanted));
      shown = now;
      journal.info(`TLS: certificates were read again; ${inForce(now)}`);
    } catch (error) {
      warn(`${(error as Error).message}; the certificate in force stays: ${inForce(shown)}`, occasion);
    }
  };
  // One look at a time: two would make two certificates.
  const renew = (occasion: Occasion): Promise<void> => (renewing = renewing.then(() => renewNow(occasion)));
  const stopWatching = watchCertificates(filesOf(wanted), (occasion) => void renew(occasion));

  journal.info(`TLS: ${inForce(shown)}`);
  warn(shown.warning, 'day');
  return {
    createServer: (listener) => {
      const server = createServer(
        { ...contextOf(shown, wanted), ...clientOptions(wanted), handshakeTimeout: HANDSHAKE_MS },
        (request, response) => {
          if (!isOnThisMachine(request)) response.setHeader('Strict-Transport-Security', HSTS);
          listener(request, response);
        },
      );
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
    renew: () => renew('day'),
    close: stopWatching,
  };
}

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

/** What to hold a given certificate against when it is reached by an address that it does not name. */
function nameFor(address: string, certificate: X509Certificate): string | null {
  if ((certificate.checkIP(address) ?? certificate.checkHost(address)) !== undefined) return null;
  const first = /DNS:([^,\s]+)/.exec(certificate.subjectAltName ?? '')?.[1];
  return first?.replace(/^\*\./, 'local.') ?? null;
}

/** As for those who say nothing at all (plain-callers.ts): a connection that is none yet is held this long. */
const HANDSHAKE_MS = 30_000;

/** A browser that was here once comes by TLS for half a year, also when it is led to `http://`. */
const HSTS = 'max-age=15552000';
/** It holds for a name on every port, and on `localhost` other programs speak plain HTTP. */
const isOnThisMachine = ({ headers: { host = '' } }: IncomingMessage): boolean =>
  /^([^:]*\.)?localhost(:|$)/.test(host);

/** Where a manager keeps what it makes. */
export const tlsDirectory = (dataDir: string): string => join(dataDir, 'tls');
