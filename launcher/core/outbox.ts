/**
 * Facts on their way to the manager: numbered, kept until acknowledged, sent again after a reconnect.
 *
 * In memory on purpose. What must survive the launcher is derived from the disk when it comes back: each run's end from
 * its run directory, command results and reports from the process's record. So nothing here is written, and nothing is
 * lost. Sequence numbers belong to one launcher life (`InstanceId`).
 */
import type { LauncherFact, SequencedFact } from '../../protocol/link';

/** Beyond this many, states that were overtaken by a newer one of the same process or attempt are dropped. */
export const COALESCE_ABOVE = 5_000;
const COALESCE_EACH = 500;

export class Outbox {
  /** Oldest first. */
  #facts: SequencedFact[] = [];
  #newestSeq = 0;
  /** So many of the oldest were handed to the present connection. */
  #sent = 0;

  put(fact: LauncherFact, atMs: number): void {
    this.#facts.push({ seq: ++this.#newestSeq, atMs, fact });
    const { length } = this.#facts;
    if (length > COALESCE_ABOVE && length % COALESCE_EACH === 0) this.#coalesce();
  }

  #coalesce(): void {
    const sentSeq = this.#facts[this.#sent - 1]?.seq ?? 0;
    this.#facts = withoutOvertaken(this.#facts);
    this.#sent = this.#upTo(sentSeq);
  }

  /** The manager has committed everything up to `seq`. @returns what is acknowledged now */
  acknowledge(seq: number): readonly SequencedFact[] {
    const acknowledged = this.#facts.splice(0, this.#upTo(seq));
    this.#sent = Math.max(0, this.#sent - acknowledged.length);
    return acknowledged;
  }

  /** How many of the oldest are no newer than that. */
  #upTo(seq: number): number {
    const first = this.#facts.findIndex((fact) => fact.seq > seq);
    return first < 0 ? this.#facts.length : first;
  }

  /** What this connection has not been given yet, oldest first; from now on it has. */
  take(max: number): SequencedFact[] {
    const taken = this.#facts.slice(this.#sent, this.#sent + max);
    this.#sent += taken.length;
    return taken;
  }

  /** A new connection begins: everything unacknowledged is due again. */
  resend(): void {
    this.#sent = 0;
  }

  /** What is not acknowledged. */
  get facts(): readonly SequencedFact[] {
    return this.#facts;
  }

  /** Of the newest fact; 0 = none yet. */
  get newestSeq(): number {
    return this.#newestSeq;
  }
}

function withoutOvertaken(facts: readonly SequencedFact[]): SequencedFact[] {
  const newest = new Map<string, number>();
  for (const { seq, fact } of facts) {
    const subject = subjectOf(fact);
    if (subject !== null) newest.set(subject, seq);
  }
  return facts.filter(({ seq, fact }) => {
    const subject = subjectOf(fact);
    return subject === null || newest.get(subject) === seq;
  });
}

/** What a fact tells the present state of; null = it tells something that happened. */
function subjectOf(fact: LauncherFact): string | null {
  if (fact.kind === 'process.changed') return `process ${fact.report.name}`;
  return fact.kind === 'attempt.progress' ? `attempt ${fact.attempt}` : null;
}
