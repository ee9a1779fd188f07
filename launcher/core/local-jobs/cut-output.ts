/**
 * Which parts of a long output are kept: its beginning and its end, within a limit, cut between characters and never in
 * one, with a line in between that says what is missing. People look for the end; how it began says what it was.
 */

export interface Part {
  readonly from: number;
  readonly to: number;
}

/** Room for the line in between. */
const MARK_BYTES = 96;

/** @returns one part = all of it is kept */
export function partsKept(bytes: number, limitBytes: number): readonly [Part] | readonly [Part, Part] {
  if (bytes <= limitBytes) return [{ from: 0, to: bytes }];
  const half = Math.floor(Math.max(0, limitBytes - MARK_BYTES) / 2);
  return [
    { from: 0, to: half },
    { from: bytes - half, to: bytes },
  ];
}

export const missingText = (bytes: number, limitBytes: number): string =>
  `\n...[truncated: ${bytes} bytes are missing here, the limit is ${limitBytes}]...\n`;

/** How many bytes at the end belong to a character whose rest was cut off. */
export function tornAtEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (isContinuation(byte)) continue;
    return lengthBegun(byte) > back ? back : 0;
  }
  return 0; // no UTF-8: any cut is as good
}

/** How many bytes at the beginning belong to a character whose first byte was cut off. */
export function tornAtStart(bytes: Uint8Array): number {
  let torn = 0;
  while (torn < 3 && torn < bytes.length && isContinuation(bytes[torn] as number)) torn += 1;
  return torn;
}

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** Of the character that begins with this byte. */
const lengthBegun = (byte: number): number => (byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4);
