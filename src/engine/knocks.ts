/**
 * Launchers that wait for approval, their registrations held: they hear of an answer the moment it is committed. One of
 * each launcher, so that strangers cannot hold more than there may be applicants.
 */
export class Knocks {
  private readonly waiting = new Map<string, () => void>();

  /** Resolves when the applicant with that key was answered, knocked again, or `limitMs` has passed. */
  wait(keyHash: string, limitMs: number): Promise<void> {
    this.settle(keyHash);
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        if (this.waiting.get(keyHash) === settle) this.waiting.delete(keyHash);
        resolve();
      };
      const timer = setTimeout(settle, limitMs);
      this.waiting.set(keyHash, settle);
    });
  }

  settle(keyHash: string): void {
    this.waiting.get(keyHash)?.();
  }

  /** The program ends: nobody waits any longer. */
  abandon(): void {
    for (const settle of [...this.waiting.values()]) settle();
  }
}
