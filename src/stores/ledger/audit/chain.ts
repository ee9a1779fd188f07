/**
 * What ties the audit's entries together: each one's hash is an HMAC-SHA-256 over the hash before it and over all there
 * is of the entry, so that nothing can be changed, taken out, put in or moved without the key. The head and the anchor
 * (where the chain ends, and where it begins since the last purge) are signed the same way: they show a cut tail.
 */
import { createHmac } from 'node:crypto';

/** The first one signs; the others signed before it, and are believed. */
export type AuditKeys = readonly [Uint8Array, ...Uint8Array[]];

/** Before the first entry of all. */
export const GENESIS = 'genesis';
/** Before an entry that was written when the head could not be believed: it can follow nothing, and shows that for good. */
export const TORN = 'torn';

/** As it lies in its row, before anything is made of it. */
export interface RawEntry {
  readonly id: number;
  /** Ms since the epoch, in decimal digits. */
  readonly atMs: string;
  /** JSON; bytes when it comes from the disk, where it may be no text any more. */
  readonly body: string | Uint8Array;
}

export type MarkName = 'head' | 'anchor';
/** The entry at which the chain ends (`head`), or the last one that was purged (`anchor`). */
export interface Mark {
  readonly id: number;
  readonly hash: string;
}

/** Hex. */
export const entryHash = (key: Uint8Array, previous: string, { id, atMs, body }: RawEntry): string =>
  createHmac('sha256', key).update(`entry\n${previous}\n${id}\n${atMs}\n`).update(body).digest('hex');

/** Hex. */
export const markProof = (key: Uint8Array, name: MarkName, { id, hash }: Mark): string =>
  createHmac('sha256', key).update(`${name}\n${id}\n${hash}`).digest('hex');

/** Whether entries follow one another. The key that signed the last one that held most likely signed the next. */
export class Links {
  key: Uint8Array;

  constructor(private readonly keys: AuditKeys) {
    this.key = keys[0];
  }

  holds(previous: string, entry: RawEntry, hash: string): boolean {
    if (entryHash(this.key, previous, entry) === hash) return true;
    const other = this.keys.find((key) => key !== this.key && entryHash(key, previous, entry) === hash);
    if (other === undefined) return false;
    this.key = other;
    return true;
  }
}
