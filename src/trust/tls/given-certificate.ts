/** Certificates that an operator keeps in files, read as they are now. */
import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { checkAuthorities, checkPair } from './material';

export interface CertificateFiles {
  readonly keyFile: string;
  readonly certFile: string;
}

export interface GivenCertificate {
  readonly key: string;
  readonly certificates: string;
  readonly first: X509Certificate;
}

/** @throws a sentence that begins with the file */
export function givenCertificate({ keyFile, certFile }: CertificateFiles): GivenCertificate {
  const [key, certificates] = [read(keyFile), read(certFile)];
  return { key, certificates, first: checkPair({ key, keyFile, certificates, certificateFile: certFile }) };
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
