/** Callers who wait until their command is done. */
import type { CommandId } from '../../protocol/ids';
import type { CommandResult } from '../../protocol/link';

export class Tickets {
  private readonly waiting = new Map<CommandId, Set<(result: CommandResult | null) => void>>();

  /** The command's result, or null when `limitMs` passed first. */
  wait(id: CommandId, limitMs: number): Promise<CommandResult | null> {
    return new Promise((resolve) => {
      const own = this.waiting.get(id) ?? new Set();
      this.waiting.set(id, own);
      const settle = (result: CommandResult | null): void => {
        clearTimeout(timer);
        own.delete(settle);
        if (own.size === 0) this.waiting.delete(id);
        resolve(result);
      };
      const timer = setTimeout(settle, limitMs, null);
      own.add(settle);
    });
  }

  settle(id: CommandId, result: CommandResult): void {
    for (const settle of [...(this.waiting.get(id) ?? [])]) settle(result);
  }

  /** The program ends: nobody waits any longer. */
  abandon(): void {
    for (const own of [...this.waiting.values()]) for (const settle of [...own]) settle(null);
  }
}
