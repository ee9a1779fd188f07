/** Why a TLS connection to a manager was not made, as a sentence that says what to do. Pure. */

/** An error of Node's tls, https or http. */
export interface ConnectionError {
  readonly code?: string | undefined;
  readonly message: string;
  /** The one that was refused, where it was for its names. */
  readonly cert?: { readonly subjectaltname?: string | undefined } | undefined;
}

export interface Attempt {
  /** The manager's address as it was given. */
  readonly url: string;
  /** What its certificate was held against. `given`: a file of authorities; `pinned`: the one of a fingerprint. */
  readonly trusted: 'given' | 'pinned' | 'public';
  /** A client certificate was shown. */
  readonly showsCertificate: boolean;
  readonly nowMs: number;
}

/** Source: the names that Node gives to OpenSSL's verdicts (X509_verify_cert_error_string(3)). */
const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
]);
const NOT_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST']);

/** Null = the trouble is another one: nobody answers, the line broke. */
export function tlsTroubleText({ code = '', message, cert }: ConnectionError, attempt: Attempt): string | null {
  const { url, trusted, showsCertificate, nowMs } = attempt;
  if (UNKNOWN_AUTHORITY.has(code)) return `the certificate of ${url} ${notSigned[trusted]}`;
  if (code === 'CERT_HAS_EXPIRED')
    return `the certificate of ${url} has ended: it must be renewed where the manager runs, unless this machine's clock is wrong (${clock(nowMs)})`;
  if (code === 'CERT_NOT_YET_VALID')
    return `the certificate of ${url} is not valid yet: the clock of this machine (${clock(nowMs)}) or of the manager's is wrong; set it right`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${url} is made out for other names (${namesOf(cert?.subjectaltname ?? 'none')}); use one of these, or add this name to the manager's web.allowed_hosts or web.public_url and start it again`;
  if (NOT_TLS.has(code) || /wrong version number|packet length too long/.test(message))
    return `${url} does not speak TLS: use http://, or start the manager with --ssl`;
  if (
    /^https:/.test(url) &&
    /alert certificate required|alert handshake failure|alert unknown ca|alert bad certificate/i.test(message)
  )
    return showsCertificate
      ? `${url} does not accept the certificate of --client-cert; it must be signed by the authority that the manager trusts, and be valid now`
      : `${url} asks for a client certificate; show one with --client-cert and --client-key`;
  if (/unsupported protocol|alert protocol version/i.test(message))
    return `${url} and this program have no version of TLS in common; ProcGuard speaks 1.2 and 1.3`;
  return null;
}

const HOW_TO_TRUST =
  'give the authority with --ca FILE (the manager keeps its own in <data>/tls/ca.pem) or --ca-fingerprint sha256:... (the manager says it at its start)';
const notSigned = {
  given:
    'is not signed by the authority given with --ca: this is another manager, or it has a new authority; compare the fingerprint it says at its start, and give the right one',
  pinned:
    'is not signed by the authority of the pinned fingerprint: this is another manager, or it has a new authority; compare the fingerprint it says at its start, and give that with --ca-fingerprint',
  public: `is signed by no authority that is trusted here; ${HOW_TO_TRUST}`,
} as const;

/** `DNS:guard.example, IP Address:192.0.2.7` as people read it. */
const namesOf = (written: string): string => written.replaceAll(/(DNS|IP Address):/g, '');

const clock = (nowMs: number): string => `${new Date(nowMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
