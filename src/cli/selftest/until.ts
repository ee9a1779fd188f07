/** Waits for a fact; a trial that waits in vain has found something, and a machine that is slow has broken no promise. */
export async function until<T>(
  what: string,
  fact: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  deadlineMs = 60_000,
): Promise<T> {
  const endsAt = performance.now() + deadlineMs;
  for (;;) {
    const found = await fact();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > endsAt) throw new Error(`waited ${deadlineMs / 1000} s in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
