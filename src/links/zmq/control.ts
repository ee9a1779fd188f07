/**
 * The control road over ZeroMQ: registration, and the lines of launchers (launcher-sessions.ts says what is on them).
 *
 * ROUTER tells nobody when a peer's connection ends. A line ends when the launcher says bye, when a message for it finds
 * no peer, or when nothing was heard for ZMQ.silenceMs; until then the next connection of the same worker takes its place.
 */
import type { Caller } from '../../trust/caller';
import { newAccountId } from '../../trust/credentials';
import { fieldProblems } from '../../../protocol/field-problems';
import { Refusal } from '../../../protocol/errors';
import { RegisterBody } from '../../../protocol/link';
import type { ToLauncher } from '../../../protocol/link-events';
import { ZMQ, type ZmqAnswer } from '../../../protocol/zmq';
import { registerLauncher } from '../../engine/registration';
import { refusalBody } from '../answer';
import { linkRefusal, type LauncherLine, type LauncherSession, type LauncherSessions } from '../launcher-sessions';
import { parseBody, type Incoming, type PeerId, type ZmqSocket } from './zmq-socket';

interface Peer {
  /** Null: its `open` is being decided. */
  session: LauncherSession | null;
  heardAtMs: number;
}

export class ZmqControl {
  private readonly peers = new Map<PeerId, Peer>();
  private readonly sweep: NodeJS.Timeout;

  constructor(
    private readonly socket: ZmqSocket,
    private readonly sessions: LauncherSessions,
    private readonly caller: Caller,
    private readonly nowMs: () => number,
  ) {
    this.sweep = setInterval(() => this.endSilent(), ZMQ.pingMs);
  }

  take(message: Incoming): void {
    const { peer: id, word, tag } = message;
    if (word === 'register') return void this.register(message);
    if (word === 'open') return void this.open(message);
    const peer = this.peers.get(id);
    if (peer?.session == null) return void this.socket.say(id, 'closed', { why: 'this connection was never opened' });
    peer.heardAtMs = this.nowMs();
    if (word === 'ping') return void this.say(id, 'pong', null);
    if (word === 'bye') return this.end(id);
    const body = parseBody(message.body);
    peer.session.hear(
      word,
      body,
      tag.length === 0 ? undefined : (reply) => void this.socket.say(id, 'answer', reply, tag),
    );
  }

  private async register({ peer, body, tag }: Incoming): Promise<void> {
    const json = parseBody(body);
    const parsed = RegisterBody.safeParse(json);
    const answer: ZmqAnswer = await (
      parsed.success && parsed.data.launcher !== undefined
        ? registerLauncher(this.sessions.engine, parsed.data.launcher, {
            proof: this.sessions.gate.proofOf(parsed.data.launcher, this.caller),
            newAccount: newAccountId(),
            mayHold: parsed.data.may_hold === true,
          })
        : Promise.reject(
            new Refusal(
              'bad_request',
              `the registration is not a launcher's: ${parsed.success ? 'launcher is missing' : fieldProblems(parsed.error, json)}`,
            ),
          )
    ).then(
      (reply) => ({ status: 200, body: reply }),
      (error: unknown) => {
        const refusal = error instanceof Refusal ? error : new Refusal('internal', String(error));
        return { status: refusal.status, body: refusalBody(refusal) };
      },
    );
    await this.socket.say(peer, 'answer', answer, tag);
  }

  private async open({ peer: id, body }: Incoming): Promise<void> {
    // A second `open` on one connection would put a second session behind it.
    if (this.peers.has(id)) return;
    const peer: Peer = { session: null, heardAtMs: this.nowMs() };
    this.peers.set(id, peer);
    const line = this.lineTo(id);
    try {
      const identity = await this.sessions.admit(parseBody(body), line.id, this.caller);
      peer.session = this.sessions.serve(identity, line);
      await this.say(id, 'opened', null);
    } catch (error) {
      this.peers.delete(id);
      await this.socket.say(id, 'refused', linkRefusal(error));
    }
  }

  private lineTo(id: PeerId): LauncherLine {
    return {
      id: `zmq-${Buffer.from(id, 'latin1').toString('hex')}`,
      say: <E extends keyof ToLauncher>(event: E, body: ToLauncher[E]) => void this.say(id, event, body),
      close: (why) => {
        void this.socket.say(id, 'closed', { why });
        this.end(id);
      },
    };
  }

  private async say(id: PeerId, word: string, body: unknown): Promise<void> {
    const said = await this.socket.say(id, word, body);
    if (said === 'said' || !this.peers.has(id)) return;
    // Its words would have a hole; it comes back and syncs.
    if (said === 'full') await this.socket.say(id, 'closed', { why: 'too many messages wait to be read' });
    this.end(id);
  }

  private end(id: PeerId): void {
    const peer = this.peers.get(id);
    this.peers.delete(id);
    peer?.session?.ended();
  }

  private endSilent(): void {
    const silentSinceMs = this.nowMs() - ZMQ.silenceMs;
    for (const [id, { heardAtMs }] of this.peers) if (heardAtMs < silentSinceMs) this.end(id);
  }

  close(): void {
    clearInterval(this.sweep);
    for (const id of this.peers.keys()) void this.socket.say(id, 'closed', { why: 'the manager is stopping' });
    this.peers.clear();
  }
}
