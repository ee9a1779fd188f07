/** How a program wants to trust a manager that speaks TLS, as flags and files say it. Pure. */
import type { CaFingerprint } from './ca-fingerprint';

export interface TrustWanted {
  /** PEM; nothing else is trusted. Null = Node's own authorities. @default null */
  readonly caFile: string | null;
  /** Wins over the file. @default null */
  readonly caFingerprint: CaFingerprint | null;
  /** False = whoever answers is believed: for development. @default true */
  readonly isVerified: boolean;
  /** Shown to a manager that asks for it. @default null */
  readonly clientCertFile: string | null;
  /** @default the file of the certificate */
  readonly clientKeyFile: string | null;
  /** The name that the manager's certificate is held against. @default the one in its address */
  readonly serverName: string | null;
}

export const PUBLIC_TRUST: TrustWanted = {
  caFile: null,
  caFingerprint: null,
  isVerified: true,
  clientCertFile: null,
  clientKeyFile: null,
  serverName: null,
};

/** Whoever names what to trust means TLS: with another address it would be ignored. Null = the two fit together. */
export function trustMisfit(url: string, { caFile, caFingerprint, clientCertFile }: TrustWanted): string | null {
  const flag =
    caFile !== null
      ? '--ca'
      : caFingerprint !== null
        ? '--ca-fingerprint'
        : clientCertFile !== null
          ? '--client-cert'
          : null;
  if (flag === null || url.startsWith('https:')) return null;
  return `${flag} is for a manager that speaks TLS, and ${url} is not such an address; begin it with https://, or leave ${flag} out`;
}
