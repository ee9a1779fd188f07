/**
 * Refusals as the audit is told of them: the first of a kind at once, and how many more there were when its minute is
 * over. So a stranger who asks a million times costs two entries, and no memory.
 */
import type { AuditType } from '../../protocol/audit';
import type { Asker } from '../../protocol/trust';
import type { Engine } from '../engine/engine';
import { placeOf } from '../core/trust/place';

const MINUTE_MS = 60_000;
/** Kinds at once; more are counted as one. */
const KINDS_MAX = 1000;

export interface Refused {
  readonly type: Extract<AuditType, `security.${string}`>;
  readonly actor: Asker;
  /** An entry, not an address with what somebody wrote into it. */
  readonly entry: string;
  readonly code: string;
  readonly worker: string | null;
}

interface Kind {
  readonly first: Refused;
  more: number;
}

export class RefusalLog {
  private readonly kinds = new Map<string, Kind>();
  private minute: NodeJS.Timeout | null = null;

  constructor(private readonly engine: Engine) {}

  note(refused: Refused): void {
    const { actor, entry, code, type } = refused;
    const own = `${placeOf(actor.ip ?? '')} ${entry} ${code}`;
    const key = this.kinds.has(own) || this.kinds.size < KINDS_MAX ? own : type;
    const kind = this.kinds.get(key);
    if (kind !== undefined) {
      kind.more += 1;
      return;
    }
    this.kinds.set(key, { first: refused, more: 0 });
    this.write(refused, {});
    this.minute ??= setTimeout(() => this.flush(), MINUTE_MS).unref();
  }

  /** The minute is over, or the manager ends. */
  flush(): void {
    if (this.minute !== null) clearTimeout(this.minute);
    this.minute = null;
    for (const { first, more } of this.kinds.values()) if (more > 0) this.write(first, { more });
    this.kinds.clear();
  }

  private write({ type, actor, entry, code, worker }: Refused, counted: { readonly more?: number }): void {
    const details = { ...(worker === null ? {} : { worker_id: worker }), ...counted };
    const target = { type: 'route', id: entry } as const;
    const record = { type, actor, target, action: 'refused', result: code, details };
    this.engine.submit({ kind: 'audit', record }).catch(() => undefined);
  }
}
