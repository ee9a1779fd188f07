/**
 * The last few minutes of one process's use, for its sparklines.
 *
 * Written in place: at 5,000 processes and a tick a second a copied array would be the page's largest cost. `version`
 * rises with each sample, so a row can tell whether its drawing is old.
 */
export interface UsageRing {
  readonly atMs: Float64Array;
  /** In cores. */
  readonly cpu: Float32Array;
  readonly rssBytes: Float64Array;
  /** Where the next sample goes. */
  head: number;
  count: number;
  version: number;
}

/** Samples kept: three minutes at one a second. */
export const RING_SAMPLES = 180;

export const createRing = (samples = RING_SAMPLES): UsageRing => ({
  atMs: new Float64Array(samples),
  cpu: new Float32Array(samples),
  rssBytes: new Float64Array(samples),
  head: 0,
  count: 0,
  version: 0,
});

export function pushSample(ring: UsageRing, atMs: number, cpu: number, rssBytes: number): void {
  const size = ring.atMs.length;
  ring.atMs[ring.head] = atMs;
  ring.cpu[ring.head] = cpu;
  ring.rssBytes[ring.head] = rssBytes;
  ring.head = (ring.head + 1) % size;
  ring.count = Math.min(size, ring.count + 1);
  ring.version++;
}

export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/** One measure's samples, oldest first. */
export function samplesOf(ring: UsageRing, measure: 'cpu' | 'rssBytes'): Sample[] {
  const size = ring.atMs.length;
  const first = (ring.head - ring.count + size) % size;
  return Array.from({ length: ring.count }, (_, i) => {
    const at = (first + i) % size;
    return { atMs: ring.atMs[at] ?? 0, value: ring[measure][at] ?? 0 };
  });
}

/** The newest sample; null = none yet. */
export function latest(ring: UsageRing | undefined): { atMs: number; cpu: number; rssBytes: number } | null {
  if (ring === undefined || ring.count === 0) return null;
  const at = (ring.head - 1 + ring.atMs.length) % ring.atMs.length;
  return { atMs: ring.atMs[at] ?? 0, cpu: ring.cpu[at] ?? 0, rssBytes: ring.rssBytes[at] ?? 0 };
}
