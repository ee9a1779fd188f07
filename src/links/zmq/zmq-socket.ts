/**
 * A ROUTER as the two roads use it: messages of three frames in, of three frames out, each with the peer's routing id.
 *
 * The id is the one that ROUTER makes for each TCP connection, which no peer can choose or take. A message is
 * handed over at once or not at all (sendTimeout 0): nothing here waits for a slow peer while others are served.
 */
import type { Router } from 'zeromq';
import type * as Zeromq from 'zeromq';
import { ZMQ } from '../../../protocol/zmq';

export interface CurveServer {
  /** Z85, 40 characters. */
  readonly secretKey: string;
}

/** A peer's routing id as text, for maps. */
export type PeerId = string & { readonly __brand: 'PeerId' };

export interface Incoming {
  readonly peer: PeerId;
  readonly word: string;
  readonly tag: Buffer;
  readonly body: Buffer;
}

export interface RouterOptions {
  readonly curve: CurveServer | null;
  /** Messages of one peer held for it, and held from it. */
  readonly sendMessagesMax: number;
  readonly receiveMessagesMax: number;
  /** After a close, last words have so long to leave, in ms. */
  readonly lingerMs: number;
  readonly ipv6: boolean;
}

const NOTHING = Buffer.alloc(0);

export class ZmqSocket {
  private readonly router: Router;
  private isClosed = false;

  constructor(zeromq: typeof Zeromq, options: RouterOptions) {
    this.router = new zeromq.Router({
      mandatory: true,
      sendTimeout: 0,
      linger: options.lingerMs,
      ipv6: options.ipv6,
      maxMessageSize: ZMQ.frameBytesMax,
      sendHighWaterMark: options.sendMessagesMax,
      receiveHighWaterMark: options.receiveMessagesMax,
      ...(options.curve === null ? {} : { curveServer: true, curveSecretKey: options.curve.secretKey }),
    });
  }

  /** Rejects with the binding's error when the address cannot be had. */
  async bind(endpoint: string): Promise<void> {
    await this.router.bind(endpoint);
  }

  /** Runs until the socket is closed. What is not of three frames is nobody's word and is passed over. */
  async serve(take: (message: Incoming) => void): Promise<void> {
    while (!this.isClosed) {
      const frames = await this.router.receive().catch((error: unknown) => {
        if (this.isClosed) return [];
        throw error;
      });
      const [id, word, tag, body] = frames;
      if (frames.length !== 4 || !id || !word || !tag || !body || word.length > 32 || tag.length > 64) continue;
      take({ peer: id.toString('latin1') as PeerId, word: word.toString('latin1'), tag, body });
    }
  }

  /**
   * @param tag of the question that this answers
   * @returns `gone`: there is no such peer any more. `full`: it reads too slowly, and this message was not taken.
   */
  async say(peer: PeerId, word: string, body: unknown, tag: Buffer = NOTHING): Promise<'said' | 'gone' | 'full'> {
    if (this.isClosed) return 'gone';
    try {
      await this.router.send([Buffer.from(peer, 'latin1'), word, tag, body === null ? NOTHING : JSON.stringify(body)]);
      return 'said';
    } catch (error) {
      return (error as { code?: string }).code === 'EAGAIN' ? 'full' : 'gone';
    }
  }

  close(): void {
    this.isClosed = true;
    this.router.close();
  }
}

/** Undefined = not JSON. */
export function parseBody(body: Buffer): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
