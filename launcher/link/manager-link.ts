/**
 * The connection to the manager: facts and beats out, commands in. Always outbound, always coming back; nothing here
 * ends the launcher.
 *
 * Each connection begins with `sync`. Only after its reply are facts sent, all unacknowledged ones first: so the manager
 * hears the table before the changes to it.
 */
import { io, type Socket } from 'socket.io-client';
import { LIMITS } from '../../protocol/limits';
import {
  AckedMessage,
  CommandToLauncher,
  LINK_NAMESPACE,
  SyncReply,
  type Beat,
  type LauncherFact,
  type LauncherIdentity,
  type SequencedFact,
  type SyncMessage,
} from '../../protocol/link';
import { acknowledge, EMPTY_OUTBOX, put, resend, take } from '../core/outbox';
import type { Clock } from '../clock';

export interface LinkParty {
  readonly sync: () => SyncMessage;
  readonly synced: (reply: SyncReply) => void;
  readonly command: (command: CommandToLauncher) => void;
  readonly acknowledged: (facts: readonly SequencedFact[]) => void;
  readonly disconnected: () => void;
  /** The manager does not know this worker (any more). Resolves when it does again. */
  readonly registerAgain: () => Promise<void>;
  readonly beat: () => Promise<Beat>;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

const SYNC_TIMEOUT_MS = 10_000;
/** A beat that waits for nothing longer than this to be measured. */
const RECONNECT = { reconnectionDelay: 200, reconnectionDelayMax: 5_000, randomizationFactor: 0.5 };

export class ManagerLink {
  readonly #socket: Socket;
  #outbox = EMPTY_OUTBOX;
  #isSynced = false;
  #flushPlanned = false;
  #beatTimer: NodeJS.Timeout | null = null;
  #beatMs: number;

  constructor(
    url: string,
    identity: LauncherIdentity,
    private readonly clock: Clock,
    private readonly party: LinkParty,
  ) {
    this.#beatMs = identity.heartbeatIntervalMs;
    const target = new URL(LINK_NAMESPACE.slice(1), url.endsWith('/') ? url : `${url}/`);
    this.#socket = io(`${target.origin}${LINK_NAMESPACE}`, {
      ...(target.pathname === LINK_NAMESPACE ? {} : { path: `${new URL(url).pathname.replace(/\/$/, '')}/socket.io` }),
      transports: ['websocket'],
      auth: identity,
      autoConnect: false,
      ...RECONNECT,
    });
    this.#socket.on('connect', () => this.#sync());
    this.#socket.on('disconnect', (reason) => this.#disconnected(reason));
    this.#socket.on('connect_error', (error) => void this.#refused(error));
    this.#socket.on('sync?', () => this.#sync());
    this.#socket.on('acked', (message: unknown) => this.#acked(message));
    this.#socket.on('command', (message: unknown) => this.#command(message));
  }

  connect(): void {
    this.#socket.connect();
  }

  get isConnected(): boolean {
    return this.#isSynced;
  }

  /** Numbers a fact and sends it, now or when there is a connection. */
  tell(fact: LauncherFact): void {
    this.#outbox = put(this.#outbox, fact, this.clock.now());
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    // Facts of one turn travel together.
    queueMicrotask(() => {
      this.#flushPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (!this.#isSynced) return;
    for (;;) {
      const { facts, outbox } = take(this.#outbox, LIMITS.factsPerMessageMax);
      if (facts.length === 0) return;
      this.#outbox = outbox;
      this.#socket.emit('facts', { facts });
    }
  }

  #sync(): void {
    this.#socket.timeout(SYNC_TIMEOUT_MS).emit('sync', this.party.sync(), (error: Error | null, answer: unknown) => {
      const reply = error === null ? SyncReply.safeParse(answer).data : undefined;
      if (reply === undefined) {
        this.party.log('warn', `the manager did not answer the sync (${error?.message ?? 'not understood'}); again`);
        this.#socket.disconnect().connect();
        return;
      }
      if (!this.#isSynced) this.#outbox = resend(this.#outbox);
      this.#isSynced = true;
      this.party.synced(reply);
      this.#flush();
      this.#pace(reply.heartbeatIntervalMs);
    });
  }

  #disconnected(reason: string): void {
    this.#isSynced = false;
    if (this.#beatTimer !== null) clearInterval(this.#beatTimer);
    this.#beatTimer = null;
    this.party.disconnected();
    this.party.log('warn', `the connection to the manager is down (${reason}); everything here runs on`);
    // The client does not come back by itself when the server closed it in so many words.
    if (reason === 'io server disconnect') setTimeout(() => this.#socket.connect(), RECONNECT.reconnectionDelay);
  }

  /** A refusal by the manager itself (not a broken line) is not tried again by the client: we do. */
  async #refused(error: Error): Promise<void> {
    if (this.#socket.active) return;
    if (error.message === 'unknown_worker') await this.party.registerAgain();
    else {
      this.party.log('warn', `the manager refused the connection: ${error.message}; trying on`);
      await new Promise((done) => setTimeout(done, RECONNECT.reconnectionDelayMax * (0.5 + Math.random() / 2)));
    }
    this.#socket.connect();
  }

  #acked(message: unknown): void {
    const acked = AckedMessage.safeParse(message).data;
    if (acked === undefined) return;
    this.party.acknowledged(this.#outbox.facts.filter(({ seq }) => seq <= acked.seq));
    this.#outbox = acknowledge(this.#outbox, acked.seq);
  }

  #command(message: unknown): void {
    const command = CommandToLauncher.safeParse(message);
    if (command.success) return this.party.command(command.data);
    this.party.log('warn', `a command of the manager was not understood: ${command.error.issues[0]?.message}`);
  }

  #pace(intervalMs: number): void {
    this.#beatMs = intervalMs;
    if (this.#beatTimer !== null) clearInterval(this.#beatTimer);
    this.#beatTimer = setInterval(() => void this.#beat(), this.#beatMs);
    void this.#beat();
  }

  async #beat(): Promise<void> {
    const beat = await this.party.beat();
    // Volatile: a beat that cannot be written now is worthless later.
    if (this.#isSynced) this.#socket.volatile.emit('beat', beat);
  }

  close(): void {
    if (this.#beatTimer !== null) clearInterval(this.#beatTimer);
    this.#socket.removeAllListeners();
    this.#socket.close();
  }
}
