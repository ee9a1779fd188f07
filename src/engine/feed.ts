/** Who listens to what a turn has changed. Called after the commit, so what is heard is true. */
import type { EventView } from '../../protocol/views';
import type { Fact } from '../core/facts';
import type { Touched } from '../core/touched';

export interface Changes {
  readonly touched: Touched;
  readonly facts: readonly Fact[];
  readonly events: readonly EventView[];
}

export class Feed {
  private readonly listeners = new Set<(changes: Changes) => void>();

  /** Returns the function that ends the subscription. */
  listen(listener: (changes: Changes) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  publish(changes: Changes): void {
    for (const listener of this.listeners) listener(changes);
  }
}
