/**
 * A manager without certificates makes its own: an authority once, kept in `<data>/tls` for as long as launchers pin it,
 * and under it a certificate for the names the machine has now. The certificate is made anew when a name is missing in it
 * or its end is near; who pinned the authority notices nothing.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyAndCertificate } from './authority';
import { namesMissing, type ServerNames } from './server-names';

const DAY_MS = 86_400_000;
/** A manager looks once a day, and whoever is told has time to act. */
const NEAR_MS = 30 * DAY_MS;

export interface OwnCertificate {
  readonly authority: KeyAndCertificate;
  readonly server: KeyAndCertificate;
  /** What was made just now and why, a sentence each. */
  readonly made: readonly string[];
  /** The authority itself ends soon: what is to be done; null = it does not. */
  readonly warning: string | null;
}

export interface OwnCertificateWanted {
  /** Holds `ca.pem`, `ca.key`, `server.pem`, `server.key`; made when it is not there. */
  readonly dir: string;
  readonly names: ServerNames;
  readonly hostname: string;
}

/** @throws a sentence: a file that cannot be used or written */
export async function ownCertificate(
  { dir, names, hostname }: OwnCertificateWanted,
  nowMs: number,
): Promise<OwnCertificate> {
  mkdirSync(dir, { recursive: true });
  const made: string[] = [];
  let authority = readAuthority(dir);
  if (authority === null) {
    authority = await (await import('./authority')).newAuthority(hostname, nowMs);
    keep(dir, 'ca', authority);
    made.push(`a certificate authority of this manager's own was made: ${join(dir, 'ca.pem')}`);
  }
  let server = readPair(dir, 'server');
  const why = server === null ? 'there was none' : whyAnew(server.certificate, authority.certificate, names, nowMs);
  if (server === null || why !== null) {
    server = await (await import('./authority')).newServerCertificate(authority, names, nowMs);
    keep(dir, 'server', server);
    made.push(`the server's certificate was made (${why}) for ${[...names.dns, ...names.ip].join(', ')}`);
  }
  return { authority, server, made, warning: endOf(authority, dir, nowMs) };
}

function whyAnew(pem: string, authorityPem: string, names: ServerNames, nowMs: number): string | null {
  const [certificate, authority] = [new X509Certificate(pem), new X509Certificate(authorityPem)];
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey))
    return 'the old one is of another authority';
  const endsAtMs = Date.parse(certificate.validTo);
  // One that ends with its authority cannot be made to last longer.
  if (endsAtMs - nowMs < NEAR_MS && endsAtMs < Date.parse(authority.validTo))
    return `the old one ends ${certificate.validTo}`;
  const missing = namesMissing(certificate, names);
  return missing.length === 0 ? null : `the old one leaves out ${missing.join(', ')}`;
}

/** Null = there is none. */
function readAuthority(dir: string): KeyAndCertificate | null {
  if (!existsSync(join(dir, 'ca.pem'))) return null;
  const pair = readPair(dir, 'ca');
  if (pair !== null) return pair;
  // A new authority would lock out every launcher that pinned this one: that is for a person to decide.
  throw new Error(
    `${join(dir, 'ca.pem')} has no key in ca.key beside it; put the key back, or move ca.pem away: then a new authority is made, and every launcher needs its fingerprint`,
  );
}

/** Null = one of the two is missing or broken, or they do not belong together: a start broke off between the two. */
function readPair(dir: string, name: 'ca' | 'server'): KeyAndCertificate | null {
  try {
    const key = readFileSync(join(dir, `${name}.key`), 'utf8');
    const certificate = readFileSync(join(dir, `${name}.pem`), 'utf8');
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)) ? { key, certificate } : null;
  } catch {
    return null;
  }
}

/** The key first: a certificate that stands there alone would be taken for one whose key was lost. */
function keep(dir: string, name: 'ca' | 'server', { key, certificate }: KeyAndCertificate): void {
  writeWhole(join(dir, `${name}.key`), key, 0o600);
  writeWhole(join(dir, `${name}.pem`), certificate, 0o644);
}

function writeWhole(file: string, text: string, mode: number): void {
  // One that was left by a start that broke off would keep its own rights.
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, text, { mode, flush: true });
  renameSync(`${file}.new`, file);
}

function endOf({ certificate }: KeyAndCertificate, dir: string, nowMs: number): string | null {
  const { validTo } = new X509Certificate(certificate);
  if (Date.parse(validTo) - nowMs > 3 * NEAR_MS) return null;
  return `this manager's certificate authority ends ${validTo}; move ${join(dir, 'ca.pem')} away and start again for a new one, and give every launcher its fingerprint (docs/tls.md)`;
}
