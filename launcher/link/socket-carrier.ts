/** The usual carrier: one Socket.IO connection, namespace /launcher. */
import { io, type Socket } from 'socket.io-client';
import { LINK_NAMESPACE, type LauncherIdentity } from '../../protocol/link';
import type { FromLauncher, LinkRefusal } from '../../protocol/link-events';
import type { ManagerTrust } from '../../src/trust/pinning/manager-trust';
import type { Carrier, CarrierParty, Said } from './carrier';
import { ComingBack } from './coming-back';
import { noManagerText } from './no-manager';

export class SocketCarrier implements Carrier {
  readonly #socket: Socket;
  readonly #comingBack = new ComingBack(() => this.open());
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
      // Its own pace begins anew with each connection that opens.
      reconnection: false,
    });
    this.#socket.on('connect', () => party.opened());
    this.#socket.on('disconnect', (reason) => {
      party.lost(reason);
      this.#comingBack.plan();
    });
    this.#socket.on('connect_error', (error) => void this.#refused(error));
    this.#socket.onAny((event: string, body: unknown) => party.heard(event, body));
  }

  open(): void {
    this.#socket.connect();
  }

  settled(): void {
    this.#comingBack.wasOfUse();
  }

  drop(): void {
    this.#socket.disconnect();
  }

  say<E extends Said>(event: E, body: FromLauncher[E]): void {
    // Volatile: a beat that cannot be written now is worthless later, and a renewal is asked for anew.
    if (event === 'beat' || event === 'renew') this.#socket.volatile.emit(event, body);
    else this.#socket.emit(event, body);
  }

  ask(event: 'sync', body: FromLauncher['sync'], timeoutMs: number): Promise<unknown> {
    return this.#socket.timeout(timeoutMs).emitWithAck(event, body) as Promise<unknown>;
  }

  /** By a broken line, or by the manager itself: then who hears of it says when to try again. */
  async #refused(error: Error & { data?: Partial<LinkRefusal> }): Promise<void> {
    if (this.#socket.active) {
      this.#troubled(error);
      return this.#comingBack.plan();
    }
    await this.party.refused({ code: error.data?.code ?? error.message, message: error.message });
    if (!this.#isClosed) this.open();
  }

  /** A broken line, a certificate that is not trusted, or a stranger: what the WebSocket said lies two wrappings deep. */
  #troubled(error: Error & { description?: { error?: Error } }): void {
    const met = error.description?.error ?? error;
    const sentence = this.trust.trouble(met) ?? noManagerText(this.trust.url, met);
    if (sentence !== null) this.party.troubled(sentence);
  }

  close(): void {
    this.#isClosed = true;
    this.#comingBack.cancel();
    this.#socket.removeAllListeners();
    this.#socket.offAny();
    this.#socket.close();
  }
}
