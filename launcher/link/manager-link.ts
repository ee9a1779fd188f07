/**
 * The connection to the manager: facts and beats out, commands in. Always outbound, always coming back; nothing here
 * ends the launcher. What carries it is below (carrier.ts).
 *
 * Each connection begins with `sync`. Only after its reply are facts sent, all unacknowledged ones first: so the manager
 * hears the table before the changes to it, and is told which of the facts that follow are older than it.
 */
import { z } from 'zod';
import { AttemptId } from '../../protocol/jobs';
import { LIMITS } from '../../protocol/limits';
import {
  AckedMessage,
  CommandToLauncher,
  type JobWord,
  RenewedMessage,
  StandingsMessage,
  SyncReply,
  type Beat,
  type LauncherFact,
  type RenewMessage,
  type SequencedFact,
  type SlotsMessage,
  type SyncMessage,
} from '../../protocol/link';
import type { LinkRefusal } from '../../protocol/link-events';
import { Outbox } from '../core/outbox';
import type { Clock } from '../clock';
import { JobWords } from './job-words';
import { RECONNECT, type Carrier, type CarrierParty } from './carrier';

export interface LinkParty {
  readonly sync: () => SyncMessage;
  readonly synced: (reply: SyncReply) => void;
  readonly command: (command: CommandToLauncher) => void;
  /** How processes of other workers stand. */
  readonly standings: (message: StandingsMessage) => void;
  /** About jobs. */
  readonly job: (word: JobWord) => void;
  /** A word to run it was not understood: a manager of another version. It is told an end, or it would wait for one. */
  readonly jobNotUnderstood: (attempt: AttemptId, why: string) => void;
  readonly renewed: (message: RenewedMessage) => void;
  readonly acknowledged: (facts: readonly SequencedFact[]) => void;
  readonly disconnected: () => void;
  /** The manager does not know this worker (any more). Resolves when it does again. */
  readonly registerAgain: () => Promise<void>;
  readonly beat: () => Promise<Beat>;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** What can be read of a word to run it, whatever else it says. */
const AttemptToRun = z.object({ kind: z.literal('run'), attempt: AttemptId });

const SYNC_TIMEOUT_MS = 10_000;

export class ManagerLink {
  readonly #carrier: Carrier;
  readonly #jobWords = new JobWords();
  readonly #outbox = new Outbox();
  #isSynced = false;
  /** Rises with each line that is lost. */
  #linesLost = 0;
  #flushPlanned = false;
  #troubleSaid: string | null = null;
  #beatTimer: NodeJS.Timeout | null = null;

  constructor(
    carrierTo: (party: CarrierParty) => Carrier,
    private readonly clock: Clock,
    private readonly party: LinkParty,
  ) {
    this.#carrier = carrierTo({
      opened: () => {
        this.#troubleSaid = null;
        void this.#sync();
      },
      troubled: (sentence) => this.#troubled(sentence),
      lost: (reason) => this.#lost(reason),
      refused: (refusal) => this.#refused(refusal),
      heard: (event, body) => this.#heard(event, body),
    });
  }

  connect(): void {
    this.#carrier.open();
  }

  get isConnected(): boolean {
    return this.#isSynced;
  }

  /** It has introduced itself anew, and what it says when it connects is another. */
  reconnect(): void {
    if (this.#isSynced) this.#carrier.drop();
  }

  /** The table is another one than the manager was told. */
  syncAgain(): void {
    if (this.#isSynced) void this.#sync();
  }

  /** Numbers a fact and sends it, now or when there is a connection. */
  tell(fact: LauncherFact): void {
    this.#outbox.put(fact, this.clock.now());
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    // Facts of one turn travel together.
    queueMicrotask(() => {
      this.#flushPlanned = false;
      this.#flush();
    });
  }

  /** False = there is no connection to ask over. */
  renew(message: RenewMessage): boolean {
    if (this.#isSynced) this.#carrier.say('renew', message);
    return this.#isSynced;
  }

  /** How many slots the machine's own queue holds. False = there is no connection. */
  slots(message: SlotsMessage): boolean {
    if (this.#isSynced) this.#carrier.say('slots', message);
    return this.#isSynced;
  }

  #flush(): void {
    if (!this.#isSynced) return;
    for (;;) {
      const facts = this.#outbox.take(LIMITS.factsPerMessageMax);
      if (facts.length === 0) return;
      this.#carrier.say('facts', { facts });
    }
  }

  async #sync(): Promise<void> {
    const linesLost = this.#linesLost;
    const asked = this.#carrier.ask(
      'sync',
      { ...this.party.sync(), newestSeq: this.#outbox.newestSeq },
      SYNC_TIMEOUT_MS,
    );
    const answer = await asked.catch((error: unknown) => error as Error);
    const reply = SyncReply.safeParse(answer).data;
    if (reply === undefined) {
      const why = answer instanceof Error ? answer.message : 'not understood';
      this.party.log('warn', `the manager did not answer the sync (${why}); again`);
      // Of a line that was lost under it the carrier knows.
      if (linesLost === this.#linesLost) this.#carrier.drop();
      return;
    }
    if (!this.#isSynced) this.#outbox.resend();
    this.#isSynced = true;
    this.#carrier.settled();
    this.party.synced(reply);
    this.#flush();
    this.#pace(reply.heartbeatIntervalMs);
  }

  #lost(reason: string): void {
    this.#isSynced = false;
    this.#linesLost += 1;
    if (this.#beatTimer !== null) clearInterval(this.#beatTimer);
    this.#beatTimer = null;
    this.party.disconnected();
    this.party.log('warn', `the connection to the manager is down (${reason}); everything here runs on`);
  }

  #troubled(sentence: string): void {
    if (this.#troubleSaid === sentence) return;
    this.#troubleSaid = sentence;
    this.party.log('warn', `no connection to the manager: ${sentence}; trying on`);
  }

  async #refused({ code, message }: LinkRefusal): Promise<void> {
    if (code === 'unknown_worker') return this.party.registerAgain();
    this.party.log('warn', `the manager refused the connection: ${message}; trying on`);
    await new Promise((done) => setTimeout(done, RECONNECT.mostMs * (0.5 + Math.random() / 2)));
  }

  #heard(event: string, body: unknown): void {
    switch (event) {
      case 'command':
        return this.#command(body);
      case 'acked':
        return this.#acked(body);
      case 'sync?':
        return void this.#sync();
      case 'standings':
        return this.#standings(body);
      case 'job':
        return this.#job(body);
      case 'renewed':
        return this.#renewed(body);
      // Other words are a newer manager's, and are let be.
    }
  }

  #acked(message: unknown): void {
    const acked = AckedMessage.safeParse(message).data;
    if (acked === undefined) return;
    this.party.acknowledged(this.#outbox.acknowledge(acked.seq));
  }

  #command(message: unknown): void {
    const command = CommandToLauncher.safeParse(message);
    if (command.success) return this.party.command(command.data);
    this.party.log('warn', `a command of the manager was not understood: ${command.error.issues[0]?.message}`);
  }

  #standings(message: unknown): void {
    const standings = StandingsMessage.safeParse(message);
    if (standings.success) return this.party.standings(standings.data);
    this.party.log('warn', `standings of the manager were not understood: ${standings.error.issues[0]?.message}`);
  }

  #job(message: unknown): void {
    const word = this.#jobWords.read(message);
    if (word.success) return this.party.job(word.data);
    const why = word.error.issues[0]?.message ?? 'it is no word';
    this.party.log('warn', `a word of the manager about a job was not understood: ${why}`);
    const run = AttemptToRun.safeParse(message);
    if (run.success) this.party.jobNotUnderstood(run.data.attempt, why);
  }

  #renewed(message: unknown): void {
    const renewed = RenewedMessage.safeParse(message).data;
    if (renewed !== undefined) this.party.renewed(renewed);
  }

  #pace(intervalMs: number): void {
    if (this.#beatTimer !== null) clearInterval(this.#beatTimer);
    this.#beatTimer = setInterval(() => void this.#beat(), intervalMs);
    void this.#beat();
  }

  async #beat(): Promise<void> {
    const beat = await this.party.beat();
    if (this.#isSynced) this.#carrier.say('beat', beat);
  }

  close(): void {
    if (this.#beatTimer !== null) clearInterval(this.#beatTimer);
    this.#carrier.close();
  }
}
