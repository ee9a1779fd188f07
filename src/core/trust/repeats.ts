/**
 * Refusals that come again and again are counted, not written: the first of its kind at once, and of all that follow
 * within a minute one line with their number; of one that goes on after that ever more seldom. Otherwise whoever may do nothing could fill the disk with being told so.
 *
 * In memory alone, like who was heard when: an unfinished count is lost when the program is killed, what was refused first
 * is not.
 */
import type { AuditRecord } from './words';

const HELD_MS = 60_000;
/** A launcher with a wrong token asks for months. */
const HELD_MS_MAX = 3_600_000;
/** Kinds of refusal counted apart. Beyond it whoever comes is counted together with all others of that kind. */
const KINDS_MAX = 200;
/** Of them from one place; beyond it that place is counted as one. */
const KINDS_OF_PLACE_MAX = 10;
const TARGETS_TOLD_MAX = 20;

interface Held {
  readonly first: AuditRecord;
  readonly sinceMs: number;
  readonly forMs: number;
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
    const kind = this.kindOf(record);
    const known = this.held.get(kind);
    if (known === undefined) {
      this.held.set(kind, heldFrom(record, nowMs, HELD_MS));
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
      if (nowMs - held.sinceMs < held.forMs) continue;
      if (held.count === 0) this.held.delete(kind);
      else {
        told.push(summary(held, nowMs));
        this.held.set(kind, heldFrom(held.first, nowMs, Math.min(2 * held.forMs, HELD_MS_MAX)));
      }
    }
    return told;
  }

  /** Whatever was counted, before a stop. All is forgotten: what is refused after it is told as a first one. */
  rest(nowMs: number): AuditRecord[] {
    const told = [...this.held.values()].filter(({ count }) => count > 0).map((held) => summary(held, nowMs));
    this.held.clear();
    return told;
  }

  /** Null = nothing waits to be told. */
  nextMs(): number | null {
    let next: number | null = null;
    for (const { sinceMs, forMs, count } of this.held.values())
      if (count > 0 && (next === null || sinceMs + forMs < next)) next = sinceMs + forMs;
    return next;
  }

  /** Those that were never repeated: nobody is woken for them. */
  private forget(nowMs: number): void {
    for (const [kind, { sinceMs, forMs, count }] of this.held)
      if (count === 0 && nowMs - sinceMs >= forMs) this.held.delete(kind);
  }

  private kindOf({ type, result, actor, target }: AuditRecord): string {
    const place = `${type} ${result} ${actor.kind} ${actor.id} ${actor.ip}`;
    const own = `${place} ${target?.id}`;
    if (this.held.has(own)) return own;
    const ofPlace = [...this.held.keys()].filter((kind) => kind.startsWith(`${place} `)).length;
    if (ofPlace >= KINDS_OF_PLACE_MAX) return place;
    return this.held.size < KINDS_MAX ? own : `${type} ${result}`;
  }
}

const heldFrom = (first: AuditRecord, sinceMs: number, forMs: number): Held => ({
  first,
  sinceMs,
  forMs,
  count: 0,
  targets: new Set(),
  ips: new Set(),
});

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
