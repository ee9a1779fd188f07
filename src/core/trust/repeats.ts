/**
 * Refusals that come again and again are counted, not written: the first of its kind at once, and of all that follow
 * within a minute one line with their number. Otherwise whoever may do nothing could fill the disk with being told so.
 *
 * In memory alone, like who was heard when: an unfinished count is lost with the program, what was refused first is not.
 */
import type { AuditRecord } from './words';

const HELD_MS = 60_000;
/** Kinds of refusal counted apart. Beyond it whoever comes is counted together with all others of that kind. */
const KINDS_MAX = 50;
const TARGETS_TOLD_MAX = 20;

interface Held {
  readonly first: AuditRecord;
  readonly sinceMs: number;
  /** Beyond the first. */
  count: number;
  /** Of all of them; null = there were more than are told. */
  readonly targets: Set<string>;
  readonly ips: Set<string>;
}

export class Repeats {
  private readonly held = new Map<string, Held>();

  /**
   * Null = counted. What went well is always told, and so is how an accepted command ended; `security.*` was counted
   * where it was refused, before it cost a turn.
   */
  take(record: AuditRecord, nowMs: number): AuditRecord | null {
    const { result, type } = record;
    if (result === 'ok' || type === 'process.command.done' || type.startsWith('security.')) return record;
    this.forget(nowMs);
    const own = kindOf(record);
    const kind = this.held.has(own) || this.held.size < KINDS_MAX ? own : `${record.type} ${record.result}`;
    const known = this.held.get(kind);
    if (known === undefined) {
      this.held.set(kind, { first: record, sinceMs: nowMs, count: 0, targets: new Set(), ips: new Set() });
      return record;
    }
    known.count += 1;
    note(known.targets, record.target?.id);
    note(known.ips, record.actor.ip);
    return null;
  }

  /** What was counted long enough. */
  due(nowMs: number): AuditRecord[] {
    const told: AuditRecord[] = [];
    for (const [kind, held] of this.held) {
      if (nowMs - held.sinceMs < HELD_MS) continue;
      this.held.delete(kind);
      if (held.count > 0) told.push(summary(held, nowMs));
    }
    return told;
  }

  /** Null = nothing waits to be told. */
  nextMs(): number | null {
    let next: number | null = null;
    for (const { sinceMs, count } of this.held.values())
      if (count > 0 && (next === null || sinceMs + HELD_MS < next)) next = sinceMs + HELD_MS;
    return next;
  }

  /** Those that were never repeated: nobody is woken for them. */
  private forget(nowMs: number): void {
    for (const [kind, { sinceMs, count }] of this.held)
      if (count === 0 && nowMs - sinceMs >= HELD_MS) this.held.delete(kind);
  }
}

/** Somebody known is counted for each thing that was refused; of strangers it only counts from where. */
const kindOf = ({ type, result, actor, target }: AuditRecord): string =>
  actor.kind === 'unknown' || actor.kind === 'worker'
    ? `${type} ${result} ${actor.kind} ${actor.ip}`
    : `${type} ${result} ${actor.kind} ${actor.id ?? actor.name} ${actor.ip} ${target?.id}`;

const note = (into: Set<string>, word: string | null | undefined): void => {
  if (word != null && into.size <= TARGETS_TOLD_MAX) into.add(word);
};

function summary({ first, sinceMs, count, targets, ips }: Held, nowMs: number): AuditRecord {
  const [ip] = ips;
  return {
    ...first,
    actor: ips.size <= 1 ? first.actor : { ...first.actor, ip: ip ?? null, text: `${first.actor.text} and others` },
    details: {
      repeated: count,
      within_ms: Math.round(nowMs - sinceMs),
      ...told('targets', targets),
      ...(ips.size <= 1 ? {} : told('ips', ips)),
    },
  };
}

const told = (name: string, words: ReadonlySet<string>): Record<string, unknown> => ({
  [name]: [...words].slice(0, TARGETS_TOLD_MAX),
  ...(words.size > TARGETS_TOLD_MAX ? { [`more_${name}`]: true } : {}),
});
