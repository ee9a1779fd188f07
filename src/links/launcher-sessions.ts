/**
 * What is said between the manager and launchers over open lines: one protocol (protocol/link.ts), whatever carries it.
 * A carrier (socket.ts, zmq/) brings lines that open, speak and end; who is on them, what is understood and what is
 * answered is decided here.
 *
 * Everything that comes in is checked once, here. A message that is not understood is answered in the log and by
 * closing its line: the launcher comes back and syncs, and nothing is lost.
 */
import { Refusal } from '../../protocol/errors';
import type { WorkerId } from '../../protocol/ids';
import {
  Beat,
  FactsMessage,
  LauncherIdentity,
  RenewMessage,
  SlotsMessage,
  SyncMessage,
  type JobWord,
  type SequencedFact,
  type SyncReply,
} from '../../protocol/link';
import type { LinkRefusal, ToLauncher } from '../../protocol/link-events';
import { LIMITS } from '../../protocol/limits';
import { sentenceOf } from '../../protocol/sentence-of';
import type { Effect } from '../core/commands';
import type { Engine } from '../engine/engine';
import type { Caller } from '../trust/caller';
import type { Gate } from '../trust/gate';
import type { LogStore } from '../engine/log-store-port';
import type { Journal, LinkOut } from '../engine/ports';

/** One launcher's connection, as its carrier makes it. */
export interface LauncherLine {
  /** Unique over all carriers. */
  readonly id: string;
  say<E extends keyof ToLauncher>(event: E, body: ToLauncher[E]): void;
  /** Ends it. The launcher comes back. */
  close(why: string): void;
}

export class LauncherSessions implements LinkOut {
  private readonly lines = new Map<WorkerId, LauncherLine>();
  private readonly byId = new Map<string, LauncherLine>();
  /** The newest question or mark of each line, by its id. */
  private readonly heard = new Map<string, number>();
  /** Acknowledgements that may wait, the newest of each worker. */
  private readonly owed = new Map<WorkerId, number>();
  private paying: NodeJS.Timeout | null = null;
  /** Admitted, their lines not yet served; true = it is to be closed as soon as it is. */
  private readonly opening = new Map<string, boolean>();

  constructor(
    readonly engine: Engine,
    private readonly logs: Pick<LogStore, 'lengths'>,
    readonly journal: Journal,
    readonly gate: Gate,
  ) {}

  deliver(effect: Effect): void {
    switch (effect.kind) {
      // To workers of another link.
      case 'tellAgent':
        return;
      case 'send':
        this.lines.get(effect.worker)?.say('command', effect.message);
        return;
      case 'job':
        this.sayJob(effect.worker, effect.word);
        return;
      case 'acknowledge':
        return this.acknowledge(effect);
      case 'standings':
        this.lines.get(effect.worker)?.say('standings', effect.message);
        return;
      case 'askForSync':
        this.lines.get(effect.worker)?.say('sync?', null);
        return;
      case 'closeConnection':
        // A credential may be revoked between the admission and the line that it opens.
        if (this.opening.has(effect.connection)) this.opening.set(effect.connection, true);
        this.byId.get(effect.connection)?.close(effect.why);
    }
  }

  private acknowledge({ worker, seq, mayWait }: Extract<Effect, { kind: 'acknowledge' }>): void {
    if (mayWait) {
      this.owed.set(worker, seq);
      this.paying ??= setTimeout(() => this.pay(), LIMITS.acknowledgementsMs).unref();
      return;
    }
    this.owed.delete(worker);
    this.lines.get(worker)?.say('acked', { seq });
  }

  private pay(): void {
    this.paying = null;
    for (const [worker, seq] of this.owed) this.lines.get(worker)?.say('acked', { seq });
    this.owed.clear();
  }

  private sayJob(worker: WorkerId, word: JobWord): void {
    const line = this.lines.get(worker);
    const heard = line === undefined ? undefined : this.heard.get(line.id);
    line?.say('job', word.kind === 'run' && heard !== undefined ? { ...word, heard } : word);
  }

  /** What is said from now on is said by somebody who has heard this. */
  hasHeard(line: LauncherLine, number: number): void {
    if (this.byId.has(line.id)) this.heard.set(line.id, number);
  }

  /** Who calls, and whether it may. Rejects with the refusal that it is to be told. */
  async admit(handshake: unknown, connection: string, caller: Caller): Promise<LauncherIdentity> {
    const identity = LauncherIdentity.safeParse(handshake);
    if (!identity.success)
      throw new Refusal('bad_request', `the handshake is not a launcher's: ${identity.error.issues[0]?.message ?? ''}`);
    this.opening.set(connection, false);
    try {
      await this.engine.submit({
        kind: 'openLink',
        identity: identity.data,
        proof: this.gate.proofOf(identity.data, caller),
        connection,
      });
    } catch (error) {
      this.opening.delete(connection);
      throw error;
    }
    return identity.data;
  }

  /** An admitted launcher went away before its line was served. */
  left(connection: string): void {
    this.opening.delete(connection);
  }

  /** The line of an admitted launcher is open. */
  serve(identity: LauncherIdentity, line: LauncherLine): LauncherSession {
    this.lines.set(identity.worker, line);
    // It may be another life of the launcher, with numbers of its own; one that goes on tells again what it keeps.
    this.owed.delete(identity.worker);
    this.byId.set(line.id, line);
    const session = new LauncherSession(identity, line, this);
    const isCut = this.opening.get(line.id) === true;
    this.opening.delete(line.id);
    if (isCut) setImmediate(() => line.close('its credential was revoked meanwhile'));
    return session;
  }

  /** The line has ended, from whichever side. */
  ended(worker: WorkerId, line: LauncherLine): void {
    this.byId.delete(line.id);
    this.heard.delete(line.id);
    if (this.lines.get(worker) === line) this.lines.delete(worker);
    this.engine.submit({ kind: 'closeLink', worker, connection: line.id }).catch(() => undefined);
  }

  /** Where the launcher goes on from. */
  syncReply(worker: WorkerId, paceMs: number): SyncReply {
    return { outputBytes: this.logs.lengths(worker), heartbeatIntervalMs: paceMs };
  }
}

/** One launcher on one line, from its admission to the line's end. */
export class LauncherSession {
  constructor(
    private readonly identity: LauncherIdentity,
    private readonly line: LauncherLine,
    private readonly sessions: LauncherSessions,
  ) {}

  /** @param answer only for `sync`: sends the reply back */
  hear(event: string, body: unknown, answer?: (reply: SyncReply) => void): void {
    const { worker, instance } = this.identity;
    const { engine } = this.sessions;
    switch (event) {
      case 'sync': {
        const message = SyncMessage.safeParse(body);
        if (!message.success || answer === undefined) return this.drop(event, message.error?.issues[0]);
        const asked = engine.submit({ kind: 'sync', worker, connection: this.line.id, message: message.data });
        return this.settle(asked.then(({ paceMs }) => answer(this.sessions.syncReply(worker, paceMs))));
      }
      case 'facts': {
        const message = FactsMessage.safeParse(body);
        if (!message.success) return this.drop(event, message.error.issues[0]);
        const { facts } = message.data;
        const command = { kind: 'launcherFacts', worker, instance, facts, heardAtMs: engine.nowMs } as const;
        return this.settle(facts.every(mayWait) ? engine.submitSoon(command) : engine.submit(command));
      }
      case 'beat': {
        const beat = Beat.safeParse(body);
        if (!beat.success) return this.drop(event, beat.error.issues[0]);
        if (beat.data.mark !== undefined) this.sessions.hasHeard(this.line, beat.data.mark);
        engine.beat(worker, this.line.id, beat.data);
        return;
      }
      case 'renew': {
        const message = RenewMessage.safeParse(body);
        if (!message.success) return this.drop(event, message.error.issues[0]);
        const { number, attempts } = message.data;
        this.sessions.hasHeard(this.line, number);
        return this.line.say('renewed', { number, gone: engine.renew(worker, attempts) });
      }
      case 'slots': {
        const message = SlotsMessage.safeParse(body);
        if (!message.success) return this.drop(event, message.error.issues[0]);
        return engine.slotsHeld(worker, this.line.id, message.data.held);
      }
      // Other words are a newer launcher's, and are let be.
    }
  }

  ended(): void {
    this.sessions.ended(this.identity.worker, this.line);
  }

  private drop(event: string, issue: { path: PropertyKey[]; message: string } | undefined): void {
    const where = issue === undefined ? '' : `: ${issue.path.join('.')} ${issue.message}`;
    const { journal } = this.sessions;
    journal.warn(
      `worker ${this.identity.worker} sent a ${event} that is not understood${where}; its connection is closed`,
    );
    this.line.close(`a ${event} was not understood${where}`);
  }

  /** A refusal of what a launcher sent means that it must register and sync again. */
  private settle(asked: Promise<unknown>): void {
    asked.catch((error: unknown) => {
      const why = sentenceOf(error);
      this.sessions.journal.warn(`worker ${this.identity.worker}: ${why}`);
      this.line.close(why);
    });
  }
}

/** That a job runs is news, but nothing follows from it: its end may be told in the next moment. */
const mayWait = ({ fact }: SequencedFact): boolean =>
  fact.kind === 'attempt.started' || fact.kind === 'attempt.progress';

/** What a refused launcher reads: the code says whether to register again, to give up, or to wait. */
export const linkRefusal = (error: unknown): LinkRefusal => ({
  code: error instanceof Refusal ? error.code : 'internal',
  message: sentenceOf(error),
});
