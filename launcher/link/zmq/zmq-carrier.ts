/**
 * The carrier over ZeroMQ: what Socket.IO does by itself (a handshake with a refusal, pings, coming back) in the words of
 * protocol/zmq.ts.
 */
import type { LauncherIdentity } from '../../../protocol/link';
import { LinkRefusal, type FromLauncher } from '../../../protocol/link-events';
import { parseBody, ZMQ, ZmqClosed } from '../../../protocol/zmq';
import type { Carrier, CarrierParty, Said } from '../carrier';
import { ComingBack } from '../coming-back';
import { ZmqLine, type ZmqTarget } from './zmq-line';
import { ZmqQuestions } from './zmq-questions';

export class ZmqCarrier implements Carrier {
  /** Null: between two lines. */
  #line: ZmqLine | null = null;
  #isOpen = false;
  #isClosed = false;
  /** Of the line under way: its `open` is late, or its next ping. */
  #timer: NodeJS.Timeout | null = null;
  readonly #comingBack = new ComingBack(() => this.open());
  readonly #questions = new ZmqQuestions();

  constructor(
    private readonly target: ZmqTarget,
    private readonly identity: LauncherIdentity,
    private readonly party: CarrierParty,
  ) {}

  open(): void {
    if (this.#isClosed || this.#line !== null) return;
    const line = new ZmqLine(this.target, {
      heard: (word, tag, body) => this.#heard(line, word, tag, body),
      lost: (reason) => this.#lost(line, reason),
    });
    this.#line = line;
    this.#timer = setTimeout(() => this.#drop(line, `no answer within ${ZMQ.openMs / 1000} s`), ZMQ.openMs);
    line.say('open', this.identity);
  }

  settled(): void {
    this.#comingBack.wasOfUse();
  }

  drop(): void {
    if (this.#line !== null) this.#drop(this.#line, 'it is made anew');
  }

  say<E extends Said>(event: E, body: FromLauncher[E]): void {
    if (this.#isOpen) this.#line?.say(event, body);
  }

  ask(event: 'sync', body: FromLauncher['sync'], timeoutMs: number): Promise<unknown> {
    return this.#questions.ask(timeoutMs, (tag) => this.#line?.say(event, body, tag));
  }

  #heard(line: ZmqLine, word: string, tag: string, bytes: Buffer): void {
    if (line !== this.#line) return;
    const body = parseBody(bytes);
    switch (word) {
      case 'opened':
        return this.#opened(line);
      case 'refused':
        return void this.#refused(line, body);
      case 'closed':
        return this.#drop(line, ZmqClosed.safeParse(body).data?.why ?? 'the manager closed it');
      case 'answer':
        return this.#questions.answered(tag, body);
      case 'pong':
        return;
      default:
        if (this.#isOpen) this.party.heard(word, body);
    }
  }

  #opened(line: ZmqLine): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setInterval(() => {
      if (line.silentMs > ZMQ.silenceMs) this.#drop(line, `nothing was heard for ${ZMQ.silenceMs / 1000} s`);
      else line.say('ping', null);
    }, ZMQ.pingMs);
    this.#isOpen = true;
    this.party.opened();
  }

  /** By the manager itself, not by a broken line. */
  async #refused(line: ZmqLine, body: unknown): Promise<void> {
    this.#forget(line);
    const refusal = LinkRefusal.safeParse(body).data ?? { code: 'internal', message: 'it gave no reason' };
    await this.party.refused(refusal);
    this.open();
  }

  #drop(line: ZmqLine, reason: string): void {
    line.say('bye', null);
    line.close();
    this.#lost(line, reason);
  }

  #lost(line: ZmqLine, reason: string): void {
    if (line !== this.#line) return;
    const wasOpen = this.#isOpen;
    this.#forget(line);
    this.#questions.lost(reason);
    if (wasOpen) this.party.lost(reason);
    if (!this.#isClosed) this.#comingBack.plan();
  }

  #forget(line: ZmqLine): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#isOpen = false;
    this.#line = null;
    line.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#comingBack.cancel();
    const line = this.#line;
    if (line === null) return;
    line.say('bye', null);
    this.#forget(line);
    this.#questions.lost('the launcher ends');
  }
}
