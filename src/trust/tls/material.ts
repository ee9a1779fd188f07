/** What a TLS server shows and knows, checked before it is used: a pair that does not fit would end every handshake. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** All PEM. */
export interface TlsMaterial {
  readonly key: string;
  /** The server's own first, then those that lead to its authority. */
  readonly certificates: string;
  /** Who signs clients' certificates; null = none are asked for. */
  readonly clientAuthorities: string | null;
}

/** @throws a sentence that begins with the file */
export function checkPair(given: {
  readonly key: string;
  readonly keyFile: string;
  readonly certificates: string;
  readonly certificateFile: string;
}): X509Certificate {
  const certificate = readOr(given.certificateFile, 'certificate', () => new X509Certificate(given.certificates));
  const key: KeyObject = readOr(given.keyFile, 'private key', () => createPrivateKey(given.key));
  if (!certificate.checkPrivateKey(key))
    throw new Error(
      `${given.keyFile} is not the key of the certificate in ${given.certificateFile}; give the two that were made together`,
    );
  return certificate;
}

/** @throws a sentence that begins with the file */
export function checkAuthorities(pem: string, file: string): void {
  readOr(file, 'certificate', () => new X509Certificate(pem));
  readOr(file, 'list of certificates', () => createSecureContext({ ca: pem }));
}

function readOr<T>(file: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${file} holds no ${what} in PEM that can be used: ${(error as Error).message}`, { cause: error });
  }
}
