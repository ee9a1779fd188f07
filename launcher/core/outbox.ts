/**
 * Facts on their way to the manager: numbered, kept until acknowledged, sent again after a reconnect.
 *
 * In memory on purpose. What must survive the launcher is derived from the disk when it comes back: each run's end from
 * its run directory, command results and reports from the process's record. So nothing here is written, and nothing is
 * lost. Sequence numbers belong to one launcher life (`InstanceId`).
 */
import type { LauncherFact, SequencedFact } from '../../protocol/link';

export interface Outbox {
  readonly facts: readonly SequencedFact[];
  readonly nextSeq: number;
  /** Facts up to this one were handed to the present connection. */
  readonly sentSeq: number;
}

export const EMPTY_OUTBOX: Outbox = { facts: [], nextSeq: 1, sentSeq: 0 };

/** Beyond this many, states that were overtaken by a newer one of the same process or attempt are dropped. */
export const COALESCE_ABOVE = 5_000;

export function put(outbox: Outbox, fact: LauncherFact, atMs: number): Outbox {
  const facts = [...outbox.facts, { seq: outbox.nextSeq, atMs, fact }];
  return {
    facts: facts.length > COALESCE_ABOVE && facts.length % 500 === 0 ? withoutOvertaken(facts) : facts,
    nextSeq: outbox.nextSeq + 1,
    sentSeq: outbox.sentSeq,
  };
}

/** The manager has committed everything up to `seq`. */
export const acknowledge = (outbox: Outbox, seq: number): Outbox => ({
  ...outbox,
  facts: outbox.facts.filter((fact) => fact.seq > seq),
});

/** What this connection has not been given yet, oldest first, and the outbox that knows it was. */
export function take(outbox: Outbox, max: number): { facts: readonly SequencedFact[]; outbox: Outbox } {
  const facts = outbox.facts.filter((fact) => fact.seq > outbox.sentSeq).slice(0, max);
  return { facts, outbox: { ...outbox, sentSeq: facts.at(-1)?.seq ?? outbox.sentSeq } };
}

/** Of the newest fact; 0 = none yet. */
export const newestSeq = ({ nextSeq }: Outbox): number => nextSeq - 1;

/** A new connection begins: everything unacknowledged is due again. */
export const resend = (outbox: Outbox): Outbox => ({ ...outbox, sentSeq: 0 });

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
