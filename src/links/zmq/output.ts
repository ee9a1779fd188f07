/**
 * The output road over ZeroMQ. A launcher offers a piece, is told to go when there is room for it (credit.ts), and only
 * then sends its bytes; they are stored as those of the HTTP road are (../output.ts), never as JSON.
 */
import { parseBody, ZMQ, ZmqOffer, type ZmqAnswer } from '../../../protocol/zmq';
import type { Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import type { WorkerProofs } from '../../trust/worker-proofs';
import { refusalBody } from '../answer';
import type { OutputRoad } from '../output';
import { Credit } from './credit';
import type { Incoming, PeerParty, ZmqPeer } from './zmq-peer';

interface Offered {
  readonly peer: ZmqPeer;
  readonly worker: WorkerId;
  readonly tag: Buffer;
  readonly offer: ZmqOffer;
  readonly offeredAtMs: number;
  /** Null: it waits for room. */
  goneAtMs: number | null;
  /** While it waits. */
  withdraw: () => void;
}

const BAD_OFFER: ZmqAnswer = { status: 400, body: { error: 'the offer is not understood', code: 'bad_request' } };
const TOO_MANY: ZmqAnswer = {
  status: 429,
  body: { error: `more than ${ZMQ.offersMax} pieces of one worker are offered at once`, code: 'queue_full' },
};
const NO_ROOM: ZmqAnswer = {
  status: 429,
  body: {
    error: `there was no room for it within ${ZMQ.offerMs / 1000} s: others have much to tell`,
    code: 'queue_full',
  },
};

export class ZmqOutput implements PeerParty {
  private readonly offered = new Map<string, Offered>();
  /** Also those that are stored just now. */
  private readonly offersOf = new Map<WorkerId, number>();
  private readonly credit = new Credit({ bytes: ZMQ.creditBytes, share: ZMQ.creditShareBytes });
  private readonly sweep: NodeJS.Timeout;

  constructor(
    private readonly road: OutputRoad,
    private readonly proofs: WorkerProofs,
    private readonly nowMs: () => number,
  ) {
    this.sweep = setInterval(() => this.forgetLate(), ZMQ.pingMs);
  }

  heard(message: Incoming): void {
    if (message.word === 'offer') this.offer(message);
    if (message.word === 'piece') void this.piece(message);
  }

  private offer({ peer, tag, body }: Incoming): void {
    const offer = ZmqOffer.safeParse(parseBody(body));
    const key = keyOf(peer, tag);
    if (!offer.success || this.offered.has(key)) return void peer.say('answer', BAD_OFFER, tag);
    const refusal = this.refusalOf(peer, offer.data);
    if (refusal !== null) {
      peer.dismissed();
      return void peer.say('answer', { status: refusal.status, body: refusalBody(refusal) }, tag);
    }
    peer.admitted();
    const worker = workerOf(offer.data);
    const offers = this.offersOf.get(worker) ?? 0;
    if (offers >= ZMQ.offersMax) return void peer.say('answer', TOO_MANY, tag);
    this.offersOf.set(worker, offers + 1);
    const offered: Offered = {
      peer,
      worker,
      tag,
      offer: offer.data,
      offeredAtMs: this.nowMs(),
      goneAtMs: null,
      withdraw: () => undefined,
    };
    this.offered.set(key, offered);
    offered.withdraw = this.credit.ask(worker, offer.data.bytes, () => {
      offered.goneAtMs = this.nowMs();
      void peer.say('go', null, tag).then((said) => {
        if (said !== 'said') this.settle(key);
      });
    });
  }

  /** Bytes that nobody asked for are passed over: their sender has broken the rules, or was too late. */
  private async piece({ peer, tag, body }: Incoming): Promise<void> {
    const key = keyOf(peer, tag);
    const offered = this.offered.get(key);
    if (offered?.goneAtMs == null || body.length !== offered.offer.bytes) return;
    // From here on it is not late any more, however slow the disk is.
    this.offered.delete(key);
    const answer = await this.road(new URLSearchParams(offered.offer.query), inOne(body), () =>
      this.refusalOf(peer, offered.offer),
    );
    this.release(offered);
    await peer.say('answer', answer, tag);
  }

  /** Before bytes are asked for, and again when they are here: the credential may be another by then. */
  private refusalOf(peer: ZmqPeer, offer: ZmqOffer): Refusal | null {
    return this.proofs.refusalOf(peer, workerOf(offer), offer, () => peer.caller);
  }

  private settle(key: string): void {
    const offered = this.offered.get(key);
    this.offered.delete(key);
    if (offered !== undefined) this.release(offered);
  }

  private release({ worker, offer, goneAtMs, withdraw }: Offered): void {
    const left = (this.offersOf.get(worker) ?? 1) - 1;
    if (left === 0) this.offersOf.delete(worker);
    else this.offersOf.set(worker, left);
    if (goneAtMs === null) withdraw();
    else this.credit.giveBack(worker, offer.bytes);
  }

  /** The connection is over. */
  ended(peer: ZmqPeer): void {
    for (const [key, offered] of this.offered) if (offered.peer === peer) this.settle(key);
  }

  /** Whoever offered them has given up, or will before long: room is for those who still wait. */
  private forgetLate(): void {
    const nowMs = this.nowMs();
    for (const [key, { peer, tag, offeredAtMs, goneAtMs }] of this.offered) {
      if (nowMs - (goneAtMs ?? offeredAtMs) < (goneAtMs === null ? ZMQ.offerMs : ZMQ.grantMs)) continue;
      this.settle(key);
      if (goneAtMs === null) void peer.say('answer', NO_ROOM, tag);
    }
  }

  close(): void {
    clearInterval(this.sweep);
  }
}

const workerOf = ({ query }: ZmqOffer): WorkerId => new URLSearchParams(query).get('worker') as WorkerId;
const keyOf = (peer: ZmqPeer, tag: Buffer): string => `${peer.id}/${tag.toString('latin1')}`;

/** The store takes bodies as they come; this one is all there. */
async function* inOne(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}
