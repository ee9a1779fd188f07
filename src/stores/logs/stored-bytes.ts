/** What is stored of one stream, as ranges: segments one behind the other, and holes where output is missing. Pure. */
import type { OutputGap } from '../../../protocol/output-gap';

export interface Segment {
  /** Offset of its first byte. */
  readonly begin: number;
  bytes: number;
  /** Only a plain one is written to. `packed`: compressed, and never plain again. */
  form: 'plain' | 'packing' | 'packed';
  /** What it takes on the disk. */
  diskBytes: number;
  /** The last write. */
  writtenAtMs: number;
}

export interface StoredBytes {
  /** Path of its files, without their endings. */
  readonly stem: string;
  /** Readers begin here. */
  readonly begin: number;
  /** Written so far, gaps included. */
  readonly length: number;
  /** Oldest first. */
  readonly segments: readonly Segment[];
  /** Oldest first. */
  readonly gaps: readonly OutputGap[];
}

/** Bytes [from, to), all of them stored. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const endOf = (segment: Segment): number => segment.begin + segment.bytes;

/** The unbroken stretches within [from, to), oldest first. */
export function stretches({ begin, segments }: StoredBytes, from: number, to: number): Stretch[] {
  const found: { from: number; to: number }[] = [];
  for (let at = indexAt(segments, Math.max(from, begin)); at < segments.length; at++) {
    const segment = segments[at];
    if (segment === undefined || segment.begin >= to) break;
    const piece = { from: Math.max(from, begin, segment.begin), to: Math.min(to, endOf(segment)) };
    if (piece.from >= piece.to) continue;
    const last = found.at(-1);
    if (last?.to === piece.from) last.to = piece.to;
    else found.push(piece);
  }
  return found;
}

/** The segment that holds the byte at `offset`. */
export function segmentAt(segments: readonly Segment[], offset: number): Segment | null {
  const segment = segments[indexAt(segments, offset)];
  return segment !== undefined && segment.begin <= offset ? segment : null;
}

/** The first segment that ends behind `offset`. */
function indexAt(segments: readonly Segment[], offset: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const segment = segments[middle];
    if (segment !== undefined && endOf(segment) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Bytes that can be read. */
export const storedBytes = (stored: StoredBytes): number =>
  stretches(stored, stored.begin, stored.length).reduce((sum, { from, to }) => sum + to - from, 0);

/**
 * Everything missing since the last clear, oldest first. What retention took away is written down nowhere: it is what is
 * neither stored nor declared lost.
 */
export function gapsOf(stored: StoredBytes, clearedTo: number): OutputGap[] {
  const declared = stored.gaps.filter(({ from }) => from >= clearedTo);
  const present = stretches({ ...stored, begin: clearedTo }, clearedTo, stored.length);
  const covered = [...present.map((range) => ({ ...range, gap: null })), ...declared.map((gap) => ({ ...gap, gap }))];
  const gaps: OutputGap[] = [];
  let at = clearedTo;
  // An empty gap (a file cut short of which nothing seen was missing) stands before what begins at its place.
  for (const { from, to, gap } of covered.sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from > at) gaps.push({ from: at, to: from, reason: 'retention' });
    if (gap !== null) gaps.push(gap);
    at = Math.max(at, to);
  }
  if (at < stored.length) gaps.push({ from: at, to: stored.length, reason: 'retention' });
  return gaps;
}
