/**
 * Which events of the feed are to be told. The feed is heard before the first answer is asked for, so that nothing is
 * missed between the two; what both know is told once, and in its order.
 */
import type { EventView } from '../../protocol/views';

export class FreshEvents {
  private lastSeq = 0;
  /** Those of the first answer; null = it is not here yet. */
  private told: ReadonlySet<number> | null = null;
  private readonly early: EventView[] = [];

  get hasBegun(): boolean {
    return this.told !== null;
  }

  /**
   * The first answer is here, and told.
   * @param newest what it held, oldest first
   * @param snapshotSeq the newest that was there when the feed began; 0 = none
   * @returns what came meanwhile and is not in it
   */
  begin(newest: readonly EventView[], snapshotSeq: number): EventView[] {
    // What is older than the answer's first was not asked for.
    this.lastSeq = Math.max(newest[0]?.seq ?? 0, snapshotSeq);
    this.told = new Set(newest.map(({ seq }) => seq));
    return this.of(this.early.splice(0));
  }

  /** @returns those to be told now */
  of(events: readonly EventView[]): EventView[] {
    if (this.told === null) {
      this.early.push(...events);
      return [];
    }
    const isTold = this.told;
    const fresh = events.filter(({ seq }) => seq > this.lastSeq && !isTold.has(seq));
    this.lastSeq = fresh.at(-1)?.seq ?? this.lastSeq;
    return fresh;
  }
}
