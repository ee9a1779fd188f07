/** A timer for any delay: setTimeout takes no more than 24.8 days, and fires at once when asked for more. */
const LEG_MS = 2 ** 31 - 1;

/** @returns how to call it off */
export function after(delayMs: number, action: () => void): () => void {
  let timer: NodeJS.Timeout;
  const leg = (leftMs: number): void => {
    timer = setTimeout(
      () => (leftMs > LEG_MS ? leg(leftMs - LEG_MS) : action()),
      Math.min(LEG_MS, Math.max(0, leftMs)),
    );
  };
  leg(delayMs);
  return () => clearTimeout(timer);
}
