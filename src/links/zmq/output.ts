/**
 * The output road over ZeroMQ. A launcher offers a piece, is told to go when there is room for it (credit.ts), and only
 * then sends its bytes; they are stored as those of the HTTP road are (../output.ts), never as JSON.
 */
import { ZMQ, ZmqOffer, type ZmqAnswer } from '../../../protocol/zmq';
import type { Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import type { WorkerProofs } from '../../trust/worker-proofs';
import { refusalBody } from '../answer';
import type { OutputRoad } from '../output';
import { Credit } from './credit';
import { parseBody, type Incoming, type PeerParty, type ZmqPeer } from './zmq-peer';

interface Offered {
  readonly peer: ZmqPeer;
  readonly tag: Buffer;
  readonly offer: ZmqOffer;
  /** Null: it waits for room. */
  goneAtMs: number | null;
}

const BAD_OFFER: ZmqAnswer = { status: 400, body: { error: 'the offer is not understood', code: 'bad_request' } };
const TOO_MANY: ZmqAnswer = {
  status: 429,
  body: { error: `more than ${ZMQ.offersMax} pieces are offered at once`, code: 'queue_full' },
};

export class ZmqOutput implements PeerParty {
  private readonly offered = new Map<string, Offered>();
  private readonly offersOf = new Map<ZmqPeer, number>();
  private readonly credit = new Credit(ZMQ.creditBytes);
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
    const offers = this.offersOf.get(peer) ?? 0;
    if (offers >= ZMQ.offersMax) return void peer.say('answer', TOO_MANY, tag);
    this.offersOf.set(peer, offers + 1);
    const offered: Offered = { peer, tag, offer: offer.data, goneAtMs: null };
    this.offered.set(key, offered);
    this.credit.ask(offer.data.bytes, () => {
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
  private refusalOf(peer: ZmqPeer, { query, token, key }: ZmqOffer): Refusal | null {
    const worker = new URLSearchParams(query).get('worker') as WorkerId;
    return this.proofs.refusalOf(peer, worker, { token, key }, () => peer.caller);
  }

  private settle(key: string): void {
    const offered = this.offered.get(key);
    this.offered.delete(key);
    if (offered !== undefined) this.release(offered);
  }

  private release({ peer, offer }: Offered): void {
    const left = (this.offersOf.get(peer) ?? 1) - 1;
    if (left === 0) this.offersOf.delete(peer);
    else this.offersOf.set(peer, left);
    this.credit.giveBack(offer.bytes);
  }

  /** The connection is over. */
  ended(peer: ZmqPeer): void {
    for (const [key, offered] of this.offered) if (offered.peer === peer && offered.goneAtMs !== null) this.settle(key);
  }

  private forgetLate(): void {
    const late = this.nowMs() - ZMQ.grantMs;
    for (const [key, { goneAtMs }] of this.offered) if (goneAtMs !== null && goneAtMs < late) this.settle(key);
  }

  close(): void {
    clearInterval(this.sweep);
  }
}

const keyOf = (peer: ZmqPeer, tag: Buffer): string => `${peer.id}/${tag.toString('latin1')}`;

/** The store takes bodies as they come; this one is all there. */
async function* inOne(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}
