/** Waiting for a fact, with a deadline and a sentence for when it does not come. */

/**
 * @param fact looked at again and again; anything but undefined, null, false and '' is it
 * @returns the fact
 */
export async function until<T>(
  what: string,
  deadlineMs: number,
  fact: () => T | undefined | null | false | Promise<T | undefined | null | false>,
): Promise<T> {
  const endsAt = performance.now() + deadlineMs;
  for (;;) {
    const found = await fact();
    if (found !== undefined && found !== null && found !== false && found !== '') return found;
    if (performance.now() > endsAt) throw new Error(`waited ${deadlineMs / 1000} s in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}
