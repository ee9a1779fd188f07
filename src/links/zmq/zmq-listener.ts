/**
 * Where launchers call. libzmq could listen by itself, with one ROUTER for all; but then nothing would tell from where a peer
 * calls, nor that it has gone, and nobody could be hung up on. So the listener is our own, and each connection has a socket
 * of ZeroMQ's behind it (zmq-peer.ts).
 */
import { createServer, type Socket } from 'node:net';
import type * as Zeromq from 'zeromq';
import { sentenceOf } from '../../../protocol/sentence-of';
import { ZMQ } from '../../../protocol/zmq';
import { placeOf } from '../../core/trust/place';
import type { Journal } from '../../engine/ports';
import { bareAddress } from '../../trust/caller';
import { ZmqPeer, type PeerParty } from './zmq-peer';

export interface CurveServer {
  /** Z85, 40 characters. */
  readonly secretKey: string;
}

export interface ListenerSettings {
  readonly host: string;
  readonly port: number;
  /** Whoever calls there is on this machine. */
  readonly isLocal: boolean;
  readonly curve: CurveServer | null;
  /** Messages of one peer held for it, and held from it. */
  readonly sendMessagesMax: number;
  readonly receiveMessagesMax: number;
  /** After a close, last words have so long to leave, in ms. */
  readonly lingerMs: number;
}

export interface ListenerWorld {
  readonly journal: Journal;
  /** Nobody listens any more, or what was heard could not be borne. */
  readonly onFatal: (error: unknown) => void;
}

/** Sockets of ZeroMQ's that this process may have, one for each connection; 1023 unless it is told. */
const SOCKETS_MAX = 16_384;

export class ZmqListener {
  readonly #server = createServer({ pauseOnConnect: true }, (stream) => void this.#accept(stream));
  readonly #peers = new Set<ZmqPeer>();
  #lastPeer = 0;

  constructor(
    private readonly zeromq: typeof Zeromq,
    readonly settings: ListenerSettings,
    private readonly party: PeerParty,
    private readonly world: ListenerWorld,
  ) {
    zeromq.context.maxSockets = SOCKETS_MAX;
  }

  /** Rejects with the system's error when the address cannot be had. */
  async listen(): Promise<void> {
    const { host, port } = this.settings;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen({ host, port }, () => {
        this.#server.off('error', reject).on('error', this.world.onFatal);
        resolve();
      });
    });
  }

  async #accept(stream: Socket): Promise<void> {
    const ip = bareAddress(stream.remoteAddress ?? '');
    if (this.#strangersAt(ip) >= ZMQ.strangersMax) return void stream.destroy();
    try {
      await this.#peerOn(stream, ip).join();
    } catch (error) {
      stream.destroy();
      this.world.journal.warn(`a ZeroMQ connection from ${ip} could not be served: ${sentenceOf(error)}`);
    }
  }

  #strangersAt(ip: string): number {
    const place = placeOf(ip);
    return [...this.#peers].filter(({ isStranger, caller }) => isStranger && placeOf(caller.ip) === place).length;
  }

  #peerOn(stream: Socket, ip: string): ZmqPeer {
    const { port, isLocal } = this.settings;
    const peer = new ZmqPeer(`zmq-${port}-${++this.#lastPeer}`, { ip, isLocal }, stream, this.#dealer(), {
      heard: (message) => this.party.heard(message),
      ended: () => {
        this.#peers.delete(peer);
        this.party.ended(peer);
      },
    });
    this.#peers.add(peer);
    peer.serve().catch(this.world.onFatal);
    return peer;
  }

  #dealer(): Zeromq.Dealer {
    const { curve, lingerMs, sendMessagesMax, receiveMessagesMax } = this.settings;
    return new this.zeromq.Dealer({
      sendTimeout: 0,
      reconnectInterval: -1,
      linger: lingerMs,
      maxMessageSize: ZMQ.frameBytesMax,
      sendHighWaterMark: sendMessagesMax,
      receiveHighWaterMark: receiveMessagesMax,
      ...(curve === null ? {} : { curveServer: true, curveSecretKey: curve.secretKey }),
    });
  }

  /** Resolves when all have gone. */
  async close(): Promise<void> {
    this.#server.close();
    await Promise.all([...this.#peers].map((peer) => peer.leave(this.settings.lingerMs)));
  }
}
