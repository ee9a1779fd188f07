/**
 * Commands on their way to the next turn, in the order in which they came. Those that come together are decided together; one
 * that nobody waits for may wait for others for a while.
 */
import type { Refusal } from '../../protocol/errors';
import type { EngineCommand } from '../core/commands';

export interface Asked {
  readonly command: EngineCommand;
  readonly mayNot: (() => Refusal | null) | undefined;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (refusal: Refusal) => void;
}

export class Inbox {
  #asked: Asked[] = [];
  #isTurnDue = false;
  #patience: NodeJS.Timeout | null = null;

  constructor(private readonly turn: () => void) {}

  get isEmpty(): boolean {
    return this.#asked.length === 0;
  }

  /** @param patienceMs null = as soon as what came with it is here too */
  put(asked: Asked, patienceMs: number | null): void {
    this.#asked.push(asked);
    if (this.#isTurnDue) return;
    if (patienceMs !== null) {
      this.#patience ??= setTimeout(this.turn, patienceMs);
      return;
    }
    this.#isTurnDue = true;
    setImmediate(this.turn);
  }

  take(): readonly Asked[] {
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.#patience = null;
    this.#isTurnDue = false;
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }
}
