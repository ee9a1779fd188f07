/**
 * Keeps the leases of the attempts that are held here: asks the manager to renew them, counts each one's trust from when the
 * question was sent that was answered, and says when it is over. One timer for all, and one question.
 */
import type { AttemptId } from '../../protocol/jobs';
import type { RenewedMessage, RenewMessage, RunWord } from '../../protocol/link';
import { killAtMs, renewAtMs, stopAtMs, type Trust } from '../core/jobs/trust';
import type { BootClock } from './boot-clock';

export interface LeaseParty {
  /** False = there is no connection. */
  readonly ask: (message: RenewMessage) => boolean;
  /** All that is held was renewed by a question of then. */
  readonly renewed: (askedAtMs: number) => void;
  /** The manager has answered for it for the first time: it is this worker's, as of that question. */
  readonly confirmed: (attempt: AttemptId) => void;
  /** Nobody answered for too long. @param silentMs since the last question that was answered */
  readonly over: (attempt: AttemptId, silentMs: number) => void;
  /** It was told that it is over, and is still here. */
  readonly overdue: (attempt: AttemptId) => void;
  /** The manager says that it is not this worker's any more. */
  readonly gone: (attempt: AttemptId) => void;
}

/** While something is held the clock is looked at this often: timers stand still while the machine sleeps, and it does not. */
const LOOK_MS = 5_000;
/** Questions whose answer may still come. */
const QUESTIONS_MAX = 16;
/** A word that came within this part of its trust needs no answer before something begins on it. */
const YOUNG = 1 / 4;

export class Leases {
  readonly #trusts = new Map<AttemptId, Trust>();
  /** What was said of those whose trust is over. No answer that comes then takes it back. */
  readonly #said = new Map<AttemptId, 'over' | 'overdue'>();
  readonly #questions = new Map<number, { readonly askedAtMs: number; readonly attempts: readonly AttemptId[] }>();
  /** When each of the newest questions and marks was sent. */
  readonly #sentAtMs = new Map<number, number>();
  #number = 0;
  #isAsking = false;
  #askedAtMs = -Infinity;
  #timer: NodeJS.Timeout | null = null;
  #wakeAtMs = Infinity;

  constructor(
    private readonly clock: BootClock,
    private readonly party: LeaseParty,
  ) {}

  /** @param fromMs when it was last known to be this worker's; @param isRenewed by a renewal */
  hold(attempt: AttemptId, { trustMs, fromMs, isRenewed }: Omit<Trust, 'attempt'>): void {
    this.#trusts.set(attempt, { attempt, trustMs, fromMs, isRenewed });
    if (!isRenewed) this.#askSoon();
    this.#sleep();
  }

  /** Numbers this moment, for the manager to tell back: what it says then is no older. */
  mark(): number {
    const number = ++this.#number;
    this.#sentAtMs.set(number, this.clock());
    for (const older of this.#sentAtMs.keys()) if (this.#sentAtMs.size > QUESTIONS_MAX) this.#sentAtMs.delete(older);
    return number;
  }

  /** A word that is surely young says itself that the attempt is this worker's; of another one the manager is asked. */
  came({ attempt, trustMs, heard }: RunWord, cameUpMs: number): { readonly fromUpMs: number } {
    const sentAtMs = heard === undefined ? undefined : this.#sentAtMs.get(heard);
    const isYoung = sentAtMs !== undefined && cameUpMs - sentAtMs < trustMs * YOUNG;
    const fromMs = isYoung ? sentAtMs : cameUpMs;
    this.hold(attempt, { trustMs, fromMs, isRenewed: isYoung });
    return { fromUpMs: fromMs };
  }

  /** A word may have been on its way for long: nothing begins on it alone. */
  isConfirmed(attempt: AttemptId): boolean {
    const trust = this.#trusts.get(attempt);
    // By the clock: the timer may be late, as after a machine's sleep.
    return trust?.isRenewed === true && !this.#said.has(attempt) && this.clock() < stopAtMs(trust);
  }

  letGo(attempt: AttemptId): void {
    this.#trusts.delete(attempt);
    this.#said.delete(attempt);
  }

  /** The line to the manager is open (again): it is asked at once. */
  connected(): void {
    if (this.#trusts.size > 0) this.#ask();
  }

  answered({ number, gone }: RenewedMessage): void {
    const question = this.#questions.get(number);
    if (question === undefined) return;
    for (const older of [...this.#questions.keys()]) if (older <= number) this.#questions.delete(older);
    const lost = new Set(gone);
    const fresh: AttemptId[] = [];
    for (const attempt of question.attempts) {
      const trust = this.#trusts.get(attempt);
      if (trust === undefined || lost.has(attempt)) continue;
      // The first answer may move the beginning of its trust back: the word came after the question.
      const fromMs = trust.isRenewed ? Math.max(trust.fromMs, question.askedAtMs) : question.askedAtMs;
      const renewed = { ...trust, fromMs, isRenewed: true };
      this.#trusts.set(attempt, renewed);
      if (!trust.isRenewed && this.clock() < stopAtMs(renewed)) fresh.push(attempt);
    }
    this.party.renewed(question.askedAtMs);
    for (const attempt of fresh) this.party.confirmed(attempt);
    for (const attempt of lost) {
      if (!this.#trusts.has(attempt)) continue;
      this.letGo(attempt);
      this.party.gone(attempt);
    }
  }

  /** Many words that come together are one question. */
  #askSoon(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    setImmediate(() => {
      this.#isAsking = false;
      if (this.#trusts.size > 0) this.#ask();
    });
  }

  #ask(): void {
    const attempts = [...this.#trusts.keys()];
    const askedAtMs = this.clock();
    const number = this.mark();
    this.#askedAtMs = askedAtMs;
    if (!this.party.ask({ number, attempts })) return;
    this.#questions.set(number, { askedAtMs, attempts });
    for (const older of this.#questions.keys()) if (this.#questions.size > QUESTIONS_MAX) this.#questions.delete(older);
  }

  #sleep(): void {
    if (this.#trusts.size === 0) return;
    const nowMs = this.clock();
    const wakeAtMs = Math.min(nowMs + LOOK_MS, this.#nextMs());
    if (this.#timer !== null && this.#wakeAtMs <= wakeAtMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wakeAtMs = wakeAtMs;
    this.#timer = setTimeout(() => this.#wake(), Math.max(1, wakeAtMs - nowMs));
  }

  #nextMs(): number {
    let nextMs = renewAtMs(this.#trusts.values(), this.#askedAtMs);
    for (const trust of this.#trusts.values()) nextMs = Math.min(nextMs, this.#overAtMs(trust));
    return nextMs;
  }

  /** When the next thing is to be said of its trust; Infinity = all is said. */
  #overAtMs(trust: Trust): number {
    const said = this.#said.get(trust.attempt);
    return said === undefined ? stopAtMs(trust) : said === 'over' ? killAtMs(trust) : Infinity;
  }

  #wake(): void {
    this.#timer = null;
    const nowMs = this.clock();
    for (const trust of [...this.#trusts.values()]) if (nowMs >= this.#overAtMs(trust)) this.#say(trust, nowMs);
    if (this.#trusts.size > 0 && nowMs >= renewAtMs(this.#trusts.values(), this.#askedAtMs)) this.#ask();
    this.#sleep();
  }

  #say(trust: Trust, nowMs: number): void {
    const { attempt, fromMs } = trust;
    const isFirst = !this.#said.has(attempt);
    const isOverdue = nowMs >= killAtMs(trust);
    this.#said.set(attempt, isOverdue ? 'overdue' : 'over');
    if (isFirst) this.party.over(attempt, nowMs - fromMs);
    if (isOverdue) this.party.overdue(attempt);
  }

  release(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#trusts.clear();
  }
}
