/**
 * One connection of a launcher, from its beginning to its end: bytes that our own listener took (zmq-listener.ts), and behind them
 * a DEALER of libzmq's that makes messages of three frames out of them. What may be on its way in between is bounded here, for
 * libzmq holds whatever comes until a message is whole, and a message may have any number of frames.
 *
 * A message is handed over at once or not at all (sendTimeout 0): nothing here waits for a slow peer while others are served.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Dealer } from 'zeromq';
import { LIMITS } from '../../../protocol/limits';
import { ZMQ } from '../../../protocol/zmq';
import type { Caller } from '../../trust/caller';
import { privateWire } from './private-wire';

export interface Incoming {
  readonly peer: ZmqPeer;
  readonly word: string;
  readonly tag: Buffer;
  readonly body: Buffer;
}

export interface PeerParty {
  heard(message: Incoming): void;
  /** Once, from whichever side. */
  ended(peer: ZmqPeer): void;
}

const NOTHING = Buffer.alloc(0);

export class ZmqPeer {
  /** Nobody vouched for it (yet, or any more). */
  #isStranger = true;
  /** Of a stranger in all; of others since their last whole message. */
  #bytes = 0;
  #strangerTimer: NodeJS.Timeout | null = null;
  readonly #ending = new AbortController();

  /** @param stream not read from so far */
  constructor(
    readonly id: string,
    readonly caller: Caller,
    private readonly stream: Socket,
    private readonly dealer: Dealer,
    private readonly party: PeerParty,
  ) {
    this.#watchStranger();
    stream.on('error', () => undefined); // 'close' follows
    stream.on('close', () => this.end());
  }

  get isStranger(): boolean {
    return this.#isStranger;
  }

  /** From now on messages are had of it. Rejects when that cannot be. */
  async join(): Promise<void> {
    const { signal } = this.#ending;
    const wire = await privateWire(this.dealer, signal).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (wire === null) return;
    signal.addEventListener('abort', () => wire.destroy());
    if (signal.aborted) return void wire.destroy();
    wire.on('error', () => undefined);
    wire.on('close', () => {
      // The last words may be on their way still; to who does not read them they are as long as to a stranger.
      this.dismissed();
      this.stream.destroySoon();
    });
    this.stream.on('data', (bytes) => this.#count(bytes.length));
    this.stream.pipe(wire).pipe(this.stream);
  }

  /** Runs until the connection is over. What is not of three frames is nobody's word and is passed over. */
  async serve(): Promise<void> {
    while (!this.dealer.closed) {
      const frames = await this.dealer.receive().catch(() => null);
      if (frames === null) return this.dealer.closed ? undefined : this.end();
      if (!this.#isStranger) this.#bytes = 0;
      const [word, tag, body] = frames;
      if (frames.length !== 3 || !word || !tag || !body || word.length > 32 || tag.length > 64) continue;
      this.party.heard({ peer: this, word: word.toString('latin1'), tag, body });
    }
  }

  /**
   * @param tag of the question that this answers
   * @returns `gone`: the connection is over. `full`: it reads too slowly, and this message was not taken.
   */
  async say(word: string, body: unknown, tag: Buffer = NOTHING): Promise<'said' | 'gone' | 'full'> {
    if (this.dealer.closed) return 'gone';
    try {
      await this.dealer.send([word, tag, body === null ? NOTHING : JSON.stringify(body)]);
      return 'said';
    } catch (error) {
      return (error as { code?: string }).code === 'EAGAIN' ? 'full' : 'gone';
    }
  }

  /** Somebody's whom we know. */
  admitted(): void {
    this.#isStranger = false;
    this.#bytes = 0;
    if (this.#strangerTimer !== null) clearTimeout(this.#strangerTimer);
  }

  /** Not any more: it reads why, and is hung up on when it does not go by itself. */
  dismissed(): void {
    if (this.#isStranger) return;
    this.#isStranger = true;
    this.#bytes = 0;
    this.#watchStranger();
  }

  #watchStranger(): void {
    this.#strangerTimer = setTimeout(() => this.end(), ZMQ.strangerMs);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > (this.#isStranger ? LIMITS.handshakeBytesMax : ZMQ.unreadBytesMax)) this.end();
  }

  /** What was said still leaves, for so long at most. Resolves when the connection is over. */
  async leave(lingerMs: number): Promise<void> {
    this.dealer.close();
    const late = setTimeout(() => this.end(), lingerMs);
    if (!this.stream.destroyed) await once(this.stream, 'close');
    clearTimeout(late);
  }

  end(): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    if (this.#strangerTimer !== null) clearTimeout(this.#strangerTimer);
    this.stream.destroy();
    this.dealer.close();
    this.party.ended(this);
  }
}
