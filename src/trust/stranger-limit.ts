/** How much strangers may ask: a bucket for each address, refilled steadily. Who is known is not counted. */
import { placeOf } from '../core/trust/place';

/** A login page with all its files is about thirty requests. */
const PER_SECOND = 60;
const BURST = 240;
const REMEMBERED_MAX = 10_000;

interface Bucket {
  left: number;
  atMs: number;
}

export class StrangerLimit {
  private readonly buckets = new Map<string, Bucket>();

  /** False: too much. */
  take(ip: string, nowMs: number): boolean {
    const place = placeOf(ip);
    let bucket = this.buckets.get(place);
    if (bucket === undefined) {
      // The one that came first is full again, or is the price of a bound.
      const oldest = this.buckets.size >= REMEMBERED_MAX ? this.buckets.keys().next().value : undefined;
      if (oldest !== undefined) this.buckets.delete(oldest);
      this.buckets.set(place, (bucket = { left: BURST, atMs: nowMs }));
    }
    bucket.left = Math.min(BURST, bucket.left + ((nowMs - bucket.atMs) / 1000) * PER_SECOND);
    bucket.atMs = nowMs;
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }
}
