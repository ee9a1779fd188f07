/**
 * Makes certificates: an authority for one manager, and under it the certificates that the manager shows. ECDSA on P-256:
 * every client there is knows it, and its handshakes cost the manager a tenth of RSA's. Loaded only when one is made.
 *
 * The authority signs servers and nothing below them (path length 0), so that a stolen server key signs nobody.
 */
import 'reflect-metadata'; // @peculiar/x509 asks for it, before itself
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import type { ServerNames } from './server-names';

const DAY_MS = 86_400_000;
const AUTHORITY_MS = 3650 * DAY_MS;
/** The longest that every browser takes. Source: Apple HT211025, "398 days". */
const SERVER_MS = 397 * DAY_MS;
/** Clocks of other machines are behind. */
const EARLIER_MS = DAY_MS;

const KEYS = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNED = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Both as PEM; the key in PKCS #8. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** @param name of the machine, for people who look at their list of authorities */
export async function newAuthority(name: string, nowMs: number): Promise<KeyAndCertificate> {
  const keys = await newKeys();
  const subject = [{ CN: [`ProcGuard ${name} ${randomBytes(3).toString('hex')}`] }];
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: newSerial(),
      subject,
      issuer: subject,
      notBefore: new Date(nowMs - EARLIER_MS),
      notAfter: new Date(nowMs + AUTHORITY_MS),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: SIGNED,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { key: await pemOfKey(keys.privateKey), certificate: pemOf(certificate) };
}

/** @returns a certificate for these names that ends with its authority at the latest, and its new key */
export async function newServerCertificate(
  authority: KeyAndCertificate,
  names: ServerNames,
  nowMs: number,
): Promise<KeyAndCertificate> {
  const keys = await newKeys();
  const issuer = new X509Certificate(authority.certificate);
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: newSerial(),
      subject: [{ CN: ['ProcGuard manager'] }],
      issuer: issuer.subjectName,
      notBefore: new Date(nowMs - EARLIER_MS),
      notAfter: new Date(Math.min(nowMs + SERVER_MS, issuer.notAfter.getTime())),
      publicKey: keys.publicKey,
      signingKey: await importKey(authority.key),
      signingAlgorithm: SIGNED,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          ...names.dns.map((value) => ({ type: 'dns', value }) as const),
          ...names.ip.map((value) => ({ type: 'ip', value }) as const),
        ]),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { key: await pemOfKey(keys.privateKey), certificate: pemOf(certificate) };
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);

const importKey = (pem: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('pkcs8', createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' }), KEYS, false, [
    'sign',
  ]);

async function pemOfKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

const pemOf = (certificate: X509Certificate): string => `${certificate.toString('pem').trim()}\n`;

/** Positive and of one length. Source: RFC 5280, 4.1.2.2. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
