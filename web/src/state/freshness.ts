/**
 * Is what the page shows still so? The manager ticks once a second; without ticks, or without a connection, every value
 * is as old as the last thing heard, and the page says so instead of letting its clocks run on.
 */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** `sinceMs`: by this browser's clock, as all times here. */
  | { readonly kind: 'down'; readonly sinceMs: number };

/** A connection without ticks is not believed for longer than this. */
export const SILENCE_MS = 6_000;

export interface Heard {
  readonly link: Link;
  /** The last snapshot, delta or tick; null = nothing yet. */
  readonly heardAtMs: number | null;
  /** Manager's clock minus this browser's. */
  readonly skewMs: number;
}

export type Freshness =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'stale'; readonly because: 'disconnected' | 'silent'; readonly asOfMs: number };

/** @param expectsTicks false while no worker could be heard of, so silence says nothing */
export function freshnessOf(heard: Heard, nowMs: number, expectsTicks: boolean): Freshness {
  if (heard.heardAtMs === null) return { kind: 'waiting' };
  if (heard.link.kind === 'down') return { kind: 'stale', because: 'disconnected', asOfMs: heard.heardAtMs };
  if (expectsTicks && nowMs - heard.heardAtMs > SILENCE_MS)
    return { kind: 'stale', because: 'silent', asOfMs: heard.heardAtMs };
  return { kind: 'live' };
}

/** The manager's time that ages are counted to. It stands still while the page is stale: nobody knows more. */
export const shownNowMs = (heard: Heard, freshness: Freshness, nowMs: number): number =>
  (freshness.kind === 'stale' ? freshness.asOfMs : nowMs) + heard.skewMs;
