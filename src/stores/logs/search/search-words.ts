/** What the store and its search thread say to each other. */
import type { Pattern } from './line-matcher';
import type { StoredBytes } from '../stored-bytes';

/** One stream to search: plain data, a picture of the moment the search began. */
export interface SearchSource extends StoredBytes {
  readonly times: string;
  /** Only lines that begin here or later. */
  readonly from: number;
}

/** The thread's `workerData`. */
export interface SearchPlan {
  readonly pattern: Pattern;
  /** Streams that are read one behind the other are one track; tracks are merged by time. */
  readonly tracks: readonly (readonly SearchSource[])[];
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly limit: number;
  /**
   * Two numbers: how many blocks have been begun, and whether one is being looked at (1). A thread that is caught in an
   * expression cannot speak; these can be read while it is.
   */
  readonly pulse: SharedArrayBuffer;
}

/** Indices into SearchPlan.tracks. Offsets are of the line. */
export interface SearchHit {
  readonly track: number;
  readonly source: number;
  readonly offset: number;
  readonly atMs: number | null;
  readonly line: string;
}

export type FromSearch =
  | { readonly kind: 'hits'; readonly hits: readonly SearchHit[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly message: string };

/** The receiver has taken a message of hits: one more may come. */
export type ToSearch = { readonly kind: 'taken' };

/** Messages of hits on their way at once: what a slow reader lets wait, and no more. */
export const HIT_MESSAGES_WAITING = 4;
