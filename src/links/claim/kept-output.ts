/**
 * What is kept of a long output: its beginning and its end, cut on borders of UTF-8 characters, with what is missing in
 * between said. Source: API_JOBS section 4.7 (default 1 MiB with the mark).
 */
/** Of each of stdout and stderr. */
export const OUTPUT_KEPT_BYTES = 2 ** 20;
/** Of all jobs together: it is in the memory for as long as they are remembered. */
const ALL_KEPT = 256 * 2 ** 20;
/** One takes no more than this part of what is left. */
const PART = 32;
const LEAST_BYTES = 4096;

/** Of one that comes when so much is kept of all, so that there is always room for the next. */
export const shareOfOutput = (allKept: number, mostBytes: number): number =>
  Math.max(Math.min(mostBytes, LEAST_BYTES), Math.min(mostBytes, Math.floor((ALL_KEPT - allKept) / PART)));

export function keptOutput(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  const half = Math.floor((bytesMax - MARK_BYTES) / 2);
  const head = wholeEnd(bytes, half);
  const tail = wholeBegin(bytes, bytes.length - half);
  const missing = tail - head;
  return `${bytes.subarray(0, head).toString()}\n...[${missing} bytes left out, the limit is ${bytesMax}]...\n${bytes.subarray(tail).toString()}`;
}

const MARK_BYTES = 80;
const isInside = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

function wholeEnd(bytes: Buffer, at: number): number {
  let end = Math.max(0, at);
  while (end > 0 && isInside(bytes[end])) end -= 1;
  return end;
}
function wholeBegin(bytes: Buffer, at: number): number {
  let begin = at;
  while (begin < bytes.length && isInside(bytes[begin])) begin += 1;
  return begin;
}
