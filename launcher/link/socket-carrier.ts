/** The usual carrier: one Socket.IO connection, namespace /launcher. */
import { io, type Socket } from 'socket.io-client';
import { LINK_NAMESPACE, type LauncherIdentity } from '../../protocol/link';
import type { FromLauncher, LinkRefusal } from '../../protocol/link-events';
import type { ManagerTrust } from '../../src/trust/pinning/manager-trust';
import { RECONNECT, type Carrier, type CarrierParty, type Said } from './carrier';

export class SocketCarrier implements Carrier {
  readonly #socket: Socket;
  #isClosed = false;

  constructor(
    private readonly trust: ManagerTrust,
    identity: LauncherIdentity,
    private readonly party: CarrierParty,
  ) {
    const { url } = trust;
    const target = new URL(LINK_NAMESPACE.slice(1), url.endsWith('/') ? url : `${url}/`);
    this.#socket = io(`${target.origin}${LINK_NAMESPACE}`, {
      ...(target.pathname === LINK_NAMESPACE ? {} : { path: `${new URL(url).pathname.replace(/\/$/, '')}/socket.io` }),
      // Its own options for TLS would be fixed here; an agent gives each connection those of now. (Typed for browsers.)
      ...(target.protocol === 'https:' ? { agent: trust.agent({}) as unknown as boolean } : {}),
      transports: ['websocket'],
      auth: identity,
      autoConnect: false,
      reconnectionDelay: RECONNECT.firstMs,
      reconnectionDelayMax: RECONNECT.mostMs,
      randomizationFactor: 0.5,
    });
    this.#socket.on('connect', () => party.opened());
    this.#socket.on('disconnect', (reason) => this.#lost(reason));
    this.#socket.on('connect_error', (error) => void this.#refused(error));
    this.#socket.onAny((event: string, body: unknown) => party.heard(event, body));
  }

  open(): void {
    this.#socket.connect();
  }

  reopen(): void {
    this.#socket.disconnect().connect();
  }

  say<E extends Said>(event: E, body: FromLauncher[E]): void {
    // Volatile: a beat that cannot be written now is worthless later, and a renewal is asked for anew.
    if (event === 'beat' || event === 'renew') this.#socket.volatile.emit(event, body);
    else this.#socket.emit(event, body);
  }

  ask(event: 'sync', body: FromLauncher['sync'], timeoutMs: number): Promise<unknown> {
    return this.#socket.timeout(timeoutMs).emitWithAck(event, body) as Promise<unknown>;
  }

  #lost(reason: string): void {
    this.party.lost(reason);
    // The client does not come back by itself when the server closed it in so many words.
    if (reason === 'io server disconnect') setTimeout(() => this.#again(), RECONNECT.firstMs);
  }

  /** A refusal by the manager itself (not a broken line) is not tried again by the client: we do. */
  async #refused(error: Error & { data?: Partial<LinkRefusal> }): Promise<void> {
    if (this.#socket.active) return this.#troubled(error);
    await this.party.refused({ code: error.data?.code ?? error.message, message: error.message });
    this.#again();
  }

  /** A broken line, or a certificate that is not trusted: what the WebSocket said lies two wrappings deep. */
  #troubled(error: Error & { description?: { error?: Error } }): void {
    const sentence = this.trust.trouble(error.description?.error ?? error);
    if (sentence !== null) this.party.troubled(sentence);
  }

  #again(): void {
    if (!this.#isClosed) this.#socket.connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.removeAllListeners();
    this.#socket.offAny();
    this.#socket.close();
  }
}
