/** How people name a certificate authority: the SHA-256 of its certificate's DER. Pure. */
import { z } from 'zod';

/** `sha256:` and 64 hexadecimal digits, in lower case. Read in openssl's way too: capitals, colons between the bytes. */
export const CaFingerprint = z
  .string()
  .transform((text) => {
    const digits = text
      .trim()
      .toLowerCase()
      .replace(/^sha256[:=]/, '')
      .replaceAll(':', '');
    return `sha256:${digits}`;
  })
  .refine((text) => /^sha256:[0-9a-f]{64}$/.test(text), 'must be sha256: and 64 hexadecimal digits')
  .brand<'CaFingerprint'>();
export type CaFingerprint = z.infer<typeof CaFingerprint>;

/** Where a manager with an authority of its own serves that certificate: below its address, for everybody. */
export const CA_PATH = '/ca.pem';
