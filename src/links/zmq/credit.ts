/**
 * How much output may be on its way at once. A piece is sent only when it was granted room; so a thousand launchers that all
 * have megabytes to tell cost the manager no more memory than a few do. Who asks takes turns with all others who ask, and
 * none holds more than its share. Pure.
 */
interface Asked {
  readonly bytes: number;
  readonly grant: () => void;
}

export class Credit {
  private free: number;
  /** Those with something to ask; the first is next. */
  private readonly waiting = new Map<string, Asked[]>();
  private readonly held = new Map<string, number>();

  constructor(private readonly most: { readonly bytes: number; readonly share: number }) {
    this.free = most.bytes;
  }

  /**
   * Calls back, perhaps at once, when there is room. Whoever was granted gives back. A single piece that is larger than all
   * of it, or than a share, goes alone.
   * @returns does not want it any more; to be called before it is granted
   */
  ask(asker: string, bytes: number, grant: () => void): () => void {
    const asked = { bytes, grant };
    this.waiting.set(asker, [...(this.waiting.get(asker) ?? []), asked]);
    this.serve();
    return () => {
      this.drop(asker, asked);
      this.serve();
    };
  }

  giveBack(asker: string, bytes: number): void {
    this.free += bytes;
    const held = (this.held.get(asker) ?? 0) - bytes;
    if (held === 0) this.held.delete(asker);
    else this.held.set(asker, held);
    this.serve();
  }

  private serve(): void {
    for (let next = this.next(); next !== null; next = this.next()) {
      const [asker, asked] = next;
      // What would fit behind it waits too: or a large piece would never find room.
      if (asked.bytes > this.free && this.free < this.most.bytes) return;
      this.drop(asker, asked);
      this.free -= asked.bytes;
      this.held.set(asker, (this.held.get(asker) ?? 0) + asked.bytes);
      asked.grant();
    }
  }

  /** Whose turn it is, of those who have not their share. */
  private next(): readonly [string, Asked] | null {
    for (const [asker, [first]] of this.waiting) {
      const held = this.held.get(asker) ?? 0;
      if (first !== undefined && (held === 0 || held + first.bytes <= this.most.share)) return [asker, first];
    }
    return null;
  }

  /** It is the last in turn from then on. */
  private drop(asker: string, asked: Asked): void {
    const left = (this.waiting.get(asker) ?? []).filter((other) => other !== asked);
    this.waiting.delete(asker);
    if (left.length > 0) this.waiting.set(asker, left);
  }
}
