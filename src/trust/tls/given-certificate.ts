/** Certificates that an operator keeps in files, read as they are now. */
import { readFileSync } from 'node:fs';
import { checkAuthorities, checkPair } from './material';

export interface CertificateFiles {
  readonly keyFile: string;
  readonly certFile: string;
}

export interface GivenCertificate {
  readonly key: string;
  readonly certificates: string;
  /** It has ended or ends soon; null = it does not. */
  readonly warning: string | null;
}

/** Who renews by a program does so a month before: then something is wrong with it. */
const SOON_MS = 14 * 86_400_000;

/** @throws a sentence that begins with the file */
export function givenCertificate({ keyFile, certFile }: CertificateFiles, nowMs: number): GivenCertificate {
  const [key, certificates] = [read(keyFile), read(certFile)];
  const { validTo } = checkPair({ key, keyFile, certificates, certificateFile: certFile });
  const leftMs = Date.parse(validTo) - nowMs;
  const warning =
    leftMs > SOON_MS
      ? null
      : `the certificate in ${certFile} ${leftMs > 0 ? 'ends' : 'has ended'} ${validTo}; renew it`;
  return { key, certificates, warning };
}

/** @throws a sentence that begins with the file */
export function clientAuthorities(file: string | null): string | null {
  if (file === null) return null;
  const pem = read(file);
  checkAuthorities(pem, file);
  return pem;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'this user may not read it' : message;
    throw new Error(`${file} cannot be read: ${why}`, { cause: error });
  }
}
