/**
 * The control road over ZeroMQ: registration, and the lines of launchers (launcher-sessions.ts says what is on them).
 *
 * A line ends with its connection, when the launcher says bye, or when nothing was heard for ZMQ.silenceMs: the end of a
 * connection is not told when the machine or the way to it is gone. Until then the next connection of the same worker takes
 * its place.
 */
import type { Caller } from '../../trust/caller';
import { newAccountId } from '../../trust/credentials';
import { fieldProblems } from '../../../protocol/field-problems';
import { Refusal } from '../../../protocol/errors';
import { LauncherIdentity, RegisterBody, type RegisterReply } from '../../../protocol/link';
import type { ToLauncher } from '../../../protocol/link-events';
import { parseBody, ZMQ, type ZmqAnswer } from '../../../protocol/zmq';
import { registerLauncher } from '../../engine/registration';
import { refusalBody } from '../answer';
import { linkRefusal, type LauncherLine, type LauncherSession, type LauncherSessions } from '../launcher-sessions';
import { StrangerLimit } from '../../trust/stranger-limit';
import type { Shown } from '../../trust/worker-proofs';
import type { Incoming, PeerParty, ZmqPeer } from './zmq-peer';

interface Line {
  /** Null: its `open` is being decided. */
  session: LauncherSession | null;
  heardAtMs: number;
}

export class ZmqControl implements PeerParty {
  private readonly lines = new Map<ZmqPeer, Line>();
  private readonly strangers = new StrangerLimit();
  private readonly sweep: NodeJS.Timeout;

  constructor(
    private readonly sessions: LauncherSessions,
    private readonly nowMs: () => number,
  ) {
    this.sweep = setInterval(() => this.endSilent(), ZMQ.pingMs);
  }

  heard(message: Incoming): void {
    const { peer, word, tag } = message;
    if (word === 'register') return void this.register(message);
    if (word === 'open') return void this.open(message);
    const line = this.lines.get(peer);
    if (line?.session == null) return void peer.say('closed', { why: 'this connection was never opened' });
    line.heardAtMs = this.nowMs();
    if (word === 'ping') return void this.say(peer, 'pong', null);
    if (word === 'bye') return this.ended(peer);
    const body = parseBody(message.body);
    line.session.hear(word, body, tag.length === 0 ? undefined : (reply) => void peer.say('answer', reply, tag));
  }

  private async register({ peer, body, tag }: Incoming): Promise<void> {
    const answer: ZmqAnswer = await this.registered(peer, parseBody(body)).then(
      (reply) => ({ status: 200, body: reply }),
      (error: unknown) => {
        const refusal = error instanceof Refusal ? error : new Refusal('internal', String(error));
        return { status: refusal.status, body: refusalBody(refusal) };
      },
    );
    await peer.say('answer', answer, tag);
  }

  private async registered({ caller }: ZmqPeer, json: unknown): Promise<RegisterReply> {
    const parsed = RegisterBody.safeParse(json);
    const launcher = parsed.data?.launcher;
    this.refuseTooMany(caller, launcher);
    if (launcher === undefined)
      throw new Refusal(
        'bad_request',
        `the registration is not a launcher's: ${parsed.success ? 'launcher is missing' : fieldProblems(parsed.error, json)}`,
      );
    const { engine, gate } = this.sessions;
    return registerLauncher(engine, launcher, {
      proof: gate.proofOf(launcher, caller),
      newAccount: newAccountId(),
      mayHold: parsed.data?.may_hold === true,
    });
  }

  private async open({ peer, body }: Incoming): Promise<void> {
    // A second `open` on one connection would put a second session behind it.
    if (this.lines.has(peer)) return;
    const line: Line = { session: null, heardAtMs: this.nowMs() };
    this.lines.set(peer, line);
    const way = this.wayTo(peer);
    try {
      const handshake = parseBody(body);
      this.refuseTooMany(peer.caller, LauncherIdentity.safeParse(handshake).data);
      const identity = await this.sessions.admit(handshake, way.id, peer.caller);
      line.session = this.sessions.serve(identity, way);
      // It went meanwhile.
      if (this.lines.get(peer) !== line) return line.session.ended();
      peer.admitted();
      await this.say(peer, 'opened', null);
    } catch (error) {
      this.lines.delete(peer);
      await peer.say('refused', linkRefusal(error));
    }
  }

  /** As the doorkeeper counts those who ask by HTTP. @throws Refusal rate_limited */
  private refuseTooMany(caller: Caller, shown: Shown | undefined): void {
    const { gate } = this.sessions;
    if (shown !== undefined && gate.knows(gate.proofOf(shown, caller))) return;
    if (this.strangers.take(caller.ip, this.nowMs())) return;
    throw new Refusal(
      'rate_limited',
      `more launchers that nobody knows than may call do so from ${caller.ip}; wait a moment`,
    );
  }

  private wayTo(peer: ZmqPeer): LauncherLine {
    return {
      id: peer.id,
      say: <E extends keyof ToLauncher>(event: E, body: ToLauncher[E]) => void this.say(peer, event, body),
      close: (why) => {
        void peer.say('closed', { why });
        this.ended(peer);
      },
    };
  }

  private async say(peer: ZmqPeer, word: string, body: unknown): Promise<void> {
    const said = await peer.say(word, body);
    if (said === 'said' || !this.lines.has(peer)) return;
    // Its words would have a hole; it comes back and syncs.
    this.ended(peer);
    if (said === 'full') peer.end();
  }

  /** Its connection is over, or is to be: who does not go then is a stranger. */
  ended(peer: ZmqPeer): void {
    const line = this.lines.get(peer);
    if (line === undefined) return;
    this.lines.delete(peer);
    peer.dismissed();
    line.session?.ended();
  }

  private endSilent(): void {
    const silentSinceMs = this.nowMs() - ZMQ.silenceMs;
    for (const [peer, { heardAtMs }] of this.lines) if (heardAtMs < silentSinceMs) peer.end();
  }

  close(): void {
    clearInterval(this.sweep);
    for (const peer of this.lines.keys()) void peer.say('closed', { why: 'the manager is stopping' });
    this.lines.clear();
  }
}
