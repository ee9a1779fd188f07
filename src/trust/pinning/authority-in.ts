/** The certificate in a text, and the fingerprint that people compare. */
import { createHash, X509Certificate } from 'node:crypto';
import type { CaFingerprint } from '../../../protocol/ca-fingerprint';

export interface Authority {
  readonly pem: string;
  readonly fingerprint: CaFingerprint;
}

/**
 * The first certificate and nothing else of the text: a second one behind it would be trusted with it, and is not what
 * the fingerprint speaks for.
 * @throws when it is no certificate
 */
export function authorityIn(text: string): Authority {
  const certificate = new X509Certificate(text);
  const digest = createHash('sha256').update(certificate.raw).digest('hex');
  return { pem: certificate.toString(), fingerprint: `sha256:${digest}` as CaFingerprint };
}
