/**
 * Mutual TLS. Asked for in the handshake and judged for each request, so that who comes without a certificate gets a
 * sentence and not a broken connection. A connection's verdict is fixed with its handshake and remembered with it.
 */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { CA_PATH } from '../../../protocol/ca-fingerprint';
import { Refusal } from '../../../protocol/errors';

export type ClientCertificates =
  /** Who shows one must show a good one. */
  'optional' | 'required';

/** Tell nothing about anybody, and are asked by who cannot have a certificate yet: load balancers, and a first contact. */
const OPEN = new Set(['/healthz', CA_PATH]);

export function clientCertificateGuard(wanted: ClientCertificates): (request: IncomingMessage) => Refusal | null {
  const verdicts = new WeakMap<TLSSocket, Refusal | null>();
  return (request) => {
    if (OPEN.has(request.url ?? '')) return null;
    const socket = request.socket as TLSSocket;
    let verdict = verdicts.get(socket);
    if (verdict === undefined) verdicts.set(socket, (verdict = verdictOn(socket, wanted)));
    return verdict;
  };
}

function verdictOn(socket: TLSSocket, wanted: ClientCertificates): Refusal | null {
  // `authorized` alone is not enough: Node sets it for every resumed session of TLS 1.3, also of one without a certificate.
  const isShown = Object.keys(socket.getPeerCertificate() ?? {}).length > 0;
  if (isShown && socket.authorized) return null;
  if (!isShown && wanted === 'optional') return null;
  return new Refusal(
    'client_certificate',
    isShown
      ? `the client certificate is not accepted (${String(socket.authorizationError)}); it must be signed by the authority in web.tls.client_ca_file and be valid now`
      : 'this manager asks for a client certificate; launchers and the command line show one with --client-cert and --client-key, curl with --cert and --key',
  );
}
