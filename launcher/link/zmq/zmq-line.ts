/**
 * One connection over ZeroMQ (protocol/zmq.ts), from its beginning to its end. It is a DEALER that never reconnects by
 * itself: a lost line is thrown away with all that was queued in it, and its owner makes the next one.
 */
import type * as Zeromq from 'zeromq';
import { ZMQ } from '../../../protocol/zmq';

export interface ZmqTarget {
  readonly zeromq: typeof Zeromq;
  /** `tcp://host:port`. */
  readonly endpoint: string;
  /** The manager's public key, Z85; null: nothing is encrypted. */
  readonly serverKey: string | null;
}

export interface ZmqLineParty {
  heard(word: string, tag: string, body: Buffer): void;
  /** Once, unless it was closed from here. */
  lost(reason: string): void;
}

/** What libzmq tells of a connection that failed or ended. */
const ENDINGS = {
  disconnect: 'the connection was lost',
  close: 'nobody listens there',
  'handshake:error:protocol': 'the manager speaks otherwise there: it needs --zmq-server-key, or the key is not its',
  'handshake:error:auth': 'the manager refused the key',
  'handshake:error:other': 'the connection was lost in its handshake',
} as const;

export class ZmqLine {
  readonly #dealer: Zeromq.Dealer;
  #isOver = false;
  #heardAt = performance.now();

  constructor(
    { zeromq, endpoint, serverKey }: ZmqTarget,
    private readonly party: ZmqLineParty,
  ) {
    this.#dealer = new zeromq.Dealer({
      linger: 0,
      reconnectInterval: -1,
      sendTimeout: 0,
      // What waits is bounded above: by the outbox, and by the pieces of output under way.
      sendHighWaterMark: 0,
      maxMessageSize: ZMQ.frameBytesMax,
      connectTimeout: ZMQ.openMs,
      handshakeInterval: ZMQ.openMs,
      ipv6: true,
      ...(serverKey === null ? {} : curveClient(zeromq, serverKey)),
    });
    for (const [event, reason] of Object.entries(ENDINGS))
      this.#dealer.events.on(event as keyof typeof ENDINGS, () => this.#end(reason));
    this.#dealer.connect(endpoint);
    void this.#listen();
  }

  /** ms since anything was heard. */
  get silentMs(): number {
    return performance.now() - this.#heardAt;
  }

  /** Hands a message over. One that cannot be is the end of the line. */
  say(word: string, body: unknown, tag = ''): void {
    this.sayBytes(word, body === null ? '' : JSON.stringify(body), tag);
  }

  sayBytes(word: string, body: Buffer | string, tag: string): void {
    if (this.#isOver) return;
    this.#dealer.send([word, tag, body]).catch((error: Error) => this.#end(error.message));
  }

  async #listen(): Promise<void> {
    while (!this.#isOver) {
      const frames = await this.#dealer.receive().catch(() => null);
      if (frames === null) return this.#end('the connection was lost');
      this.#heardAt = performance.now();
      const [word, tag, body] = frames;
      if (frames.length === 3 && word && tag && body && !this.#isOver)
        this.party.heard(word.toString('latin1'), tag.toString('latin1'), body);
    }
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.party.lost(reason);
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#dealer.close();
  }
}

/** The launcher's own keys are made anew each time: the binding cannot check them on the other side (docs/links.md). */
function curveClient(zeromq: typeof Zeromq, serverKey: string) {
  const { publicKey, secretKey } = zeromq.curveKeyPair();
  return { curveServerKey: serverKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
}
