/**
 * Guessing is made slow, and nobody else is kept out by it: who fails often from one place waits there, longer with each
 * failure. A name that is guessed at from many places is answered later, but answered: a stranger must not be able to
 * lock somebody out.
 *
 * In memory, and bounded: a restart forgives, which costs an attacker nothing that it can cause.
 */
import { placeOf } from '../core/trust/place';

/** Failures of one name from one address before it waits; and of one address, whatever the names. */
const FAILURES_FREE = { pair: 5, address: 20 } as const;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** Of one name from everywhere, before answers are held back. */
const NAME_FAILURES_FREE = 10;
const LONGEST_HOLD_MS = 2_000;
/** Without a failure for so long, all is forgotten. */
const FORGIVEN_MS = 60 * 60_000;
const REMEMBERED_MAX = 10_000;

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

export class Lockout {
  private readonly failures = new Map<string, Failures>();

  /** How long who logs in so is still refused; 0 = not. */
  waitMs(name: string, ip: string, nowMs: number): number {
    const [pair, address] = keysOf(name, ip);
    return Math.max(
      this.waitOf(pair, FAILURES_FREE.pair, nowMs),
      this.waitOf(address, FAILURES_FREE.address, nowMs),
      0,
    );
  }

  /** How long the answer is held back. */
  holdMs(name: string, nowMs: number): number {
    const { count } = this.of(nameKey(name), nowMs);
    return Math.min(LONGEST_HOLD_MS, Math.max(0, count - NAME_FAILURES_FREE) * 100);
  }

  /** Counted when it begins, so that a hundred at once are a hundred; `succeeded` takes it back. */
  begun(name: string, ip: string, nowMs: number): void {
    for (const key of [...keysOf(name, ip), nameKey(name)]) {
      const { count } = this.of(key, nowMs);
      this.failures.delete(key);
      this.failures.set(key, { count: count + 1, lastMs: nowMs });
    }
    for (const key of this.failures.keys()) {
      if (this.failures.size <= REMEMBERED_MAX) break;
      this.failures.delete(key);
    }
  }

  /** The name is that person's again; other names from this address stay counted. */
  succeeded(name: string, ip: string, nowMs: number): void {
    this.takeBack(name, ip, nowMs);
    this.failures.delete(keysOf(name, ip)[0]);
  }

  /** What was begun was no failure, and proved nothing either: a right password whose code is still to come. */
  takeBack(name: string, ip: string, nowMs: number): void {
    for (const key of [...keysOf(name, ip), nameKey(name)]) {
      const { count, lastMs } = this.of(key, nowMs);
      if (count > 1) this.failures.set(key, { count: count - 1, lastMs });
      else this.failures.delete(key);
    }
  }

  private waitOf(key: string, free: number, nowMs: number): number {
    const { count, lastMs } = this.of(key, nowMs);
    if (count < free) return 0;
    return lastMs + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (count - free)) - nowMs;
  }

  private of(key: string, nowMs: number): Failures {
    const found = this.failures.get(key);
    return found === undefined || nowMs - found.lastMs > FORGIVEN_MS ? { count: 0, lastMs: nowMs } : found;
  }
}

const keysOf = (name: string, ip: string): [string, string] => [`${placeOf(ip)} ${name.toLowerCase()}`, placeOf(ip)];
const nameKey = (name: string): string => `name ${name.toLowerCase()}`;
