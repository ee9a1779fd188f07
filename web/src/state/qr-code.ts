/**
 * A QR code of a short text (ISO/IEC 18004): byte mode, error correction M, versions 1 to 15. For the address of a second
 * factor, which must go to no other service to be drawn.
 */
import { parityOf } from './reed-solomon';

/** Error correction M, by version - 1: bytes of parity in each block, and how many blocks. */
const PARITY_BYTES = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24] as const;
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10] as const;

type Grid = boolean[][];

/** True = dark. Null = the text is too long for these versions (412 bytes). */
export function qrCodeOf(text: string): readonly (readonly boolean[])[] | null {
  const bytes = new TextEncoder().encode(text);
  const version = PARITY_BYTES.findIndex((_, at) => bytes.length + (at + 1 < 10 ? 2 : 3) <= dataBytes(at + 1)) + 1;
  if (version === 0) return null;
  const { dark, fixed } = patterns(version);
  place(withParity(version, dataOf(bytes, version)), dark, fixed);
  let best: Grid | null = null;
  let least = Infinity;
  for (let mask = 0; mask < 8; mask++) {
    const masked = withMask(dark, fixed, mask);
    const penalty = penaltyOf(masked);
    if (penalty >= least) continue;
    least = penalty;
    best = masked;
  }
  return best;
}

const at = <T>(list: readonly T[], index: number): T => list[index] as T;
const sizeOf = (version: number): number => version * 4 + 17;

/** Modules that carry data or parity, in bits. */
function rawBits(version: number): number {
  const aligned = version < 2 ? 0 : Math.floor(version / 7) + 2;
  const free = (16 * version + 128) * version + 64 - (aligned === 0 ? 0 : (25 * aligned - 10) * aligned - 55);
  return version < 7 ? free : free - 36;
}
const dataBytes = (version: number): number =>
  Math.floor(rawBits(version) / 8) - at(PARITY_BYTES, version - 1) * at(BLOCKS, version - 1);

function dataOf(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let bit = count - 1; bit >= 0; bit--) bits.push((value >>> bit) & 1);
  };
  const capacity = dataBytes(version) * 8;
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  put(0, Math.min(4, capacity - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < capacity; pad ^= 0xec ^ 0x11) put(pad, 8);
  return Array.from({ length: bits.length / 8 }, (_, byte) =>
    bits.slice(byte * 8, byte * 8 + 8).reduce((value, bit) => value * 2 + bit, 0),
  );
}

/** Blocks, interleaved: the short ones come first, and have one byte of data less. */
function withParity(version: number, data: readonly number[]): number[] {
  const count = at(BLOCKS, version - 1);
  const parityBytes = at(PARITY_BYTES, version - 1);
  const total = Math.floor(rawBits(version) / 8);
  const short = Math.floor(total / count) - parityBytes;
  const shortBlocks = count - (total % count);
  let from = 0;
  const blocks = Array.from({ length: count }, (_, block) => {
    const piece = data.slice(from, (from += short + (block < shortBlocks ? 0 : 1)));
    return { piece, parity: parityOf(piece, parityBytes) };
  });
  const out: number[] = [];
  for (let byte = 0; byte <= short; byte++)
    for (const { piece } of blocks) if (byte < piece.length) out.push(at(piece, byte));
  for (let byte = 0; byte < parityBytes; byte++) for (const { parity } of blocks) out.push(at(parity, byte));
  return out;
}

/** What every code of a version has; `fixed` modules carry no data. */
function patterns(version: number): { dark: Grid; fixed: Grid } {
  const size = sizeOf(version);
  const grid = (): Grid => Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  const dark = grid();
  const fixed = grid();
  const set = (x: number, y: number, isDark: boolean) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    at(dark, y)[x] = isDark;
    at(fixed, y)[x] = true;
  };
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  const square = (x: number, y: number, radius: number, isDark: (distance: number) => boolean) => {
    for (let dy = -radius; dy <= radius; dy++)
      for (let dx = -radius; dx <= radius; dx++) set(x + dx, y + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  const last = size - 4;
  for (const [x, y] of [[3, 3], [last, 3], [3, last]] as const) square(x, y, 4, (far) => far !== 2 && far !== 4); // prettier-ignore
  const lines = alignmentLines(version);
  const end = lines.length - 1;
  lines.forEach((x, column) =>
    lines.forEach((y, row) => {
      const isCorner = (column === 0 && (row === 0 || row === end)) || (column === end && row === 0);
      if (!isCorner) square(x, y, 2, (far) => far !== 1);
    }),
  );
  // Kept free for the format, which the mask decides.
  formatModules(size).forEach(([x, y]) => set(x, y, false));
  set(8, size - 8, true);
  if (version >= 7) versionModules(version, size).forEach(([x, y, isDark]) => set(x, y, isDark));
  return { dark, fixed };
}

function alignmentLines(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
  const lines = [6];
  for (let line = sizeOf(version) - 7; lines.length < count; line -= step) lines.splice(1, 0, line);
  return lines;
}

/** The fifteen bits of the format, twice; the lowest first. */
function formatModules(size: number): (readonly [number, number])[] {
  const bits = Array.from({ length: 15 }, (_, bit) => bit);
  const first = bits.map((bit): [number, number] =>
    bit < 6 ? [8, bit] : bit < 8 ? [8, bit + 1] : bit === 8 ? [7, 8] : [14 - bit, 8],
  );
  const second = bits.map((bit): [number, number] => (bit < 8 ? [size - 1 - bit, 8] : [8, size - 15 + bit]));
  return [...first, ...second];
}

function versionModules(version: number, size: number): (readonly [number, number, boolean])[] {
  const bits = (version << 12) | remainder(version, 0x1f25, 12);
  return Array.from({ length: 18 }, (_, bit) => {
    const [a, b, isDark] = [size - 11 + (bit % 3), Math.floor(bit / 3), ((bits >>> bit) & 1) === 1];
    return [[a, b, isDark] as const, [b, a, isDark] as const];
  }).flat();
}

function remainder(value: number, polynomial: number, degree: number): number {
  let rest = value;
  for (let i = 0; i < degree; i++) rest = (rest << 1) ^ ((rest >>> (degree - 1)) * polynomial);
  return rest;
}

/** From the right, two columns at a time, up and down by turns. */
function place(bytes: readonly number[], dark: Grid, fixed: Grid): void {
  const size = dark.length;
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (at(at(fixed, y), x) || bit >= bytes.length * 8) continue;
        at(dark, y)[x] = ((at(bytes, bit >>> 3) >>> (7 - (bit & 7))) & 1) === 1;
        bit++;
      }
    }
  }
}

const MASKS: readonly ((x: number, y: number) => number)[] = [
  (x, y) => (x + y) % 2,
  (_, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

function withMask(dark: Grid, fixed: Grid, mask: number): Grid {
  const inverts = at(MASKS, mask);
  const masked = dark.map((row, y) => row.map((isDark, x) => (!at(at(fixed, y), x) && inverts(x, y) === 0) !== isDark));
  // Error correction M is 00.
  const bits = ((mask << 10) | remainder(mask, 0x537, 10)) ^ 0x5412;
  formatModules(dark.length).forEach(([x, y], index) => {
    at(masked, y)[x] = ((bits >>> (index % 15)) & 1) === 1;
  });
  at(masked, dark.length - 8)[8] = true;
  return masked;
}

/** How hard it is to read: long runs, squares, what looks like a corner, and one colour prevailing. */
function penaltyOf(grid: Grid): number {
  const size = grid.length;
  let penalty = 0;
  const columns = grid.map((_, x) => grid.map((row) => at(row, x)));
  for (const line of [...grid, ...columns]) {
    const text = line.map((isDark) => (isDark ? '1' : '0')).join('');
    for (const run of text.match(/0{5,}|1{5,}/g) ?? []) penalty += run.length - 2;
    penalty += 40 * [...text.matchAll(/(?=00001011101|10111010000)/g)].length;
  }
  let count = 0;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const one = at(at(grid, y), x);
      if (one) count++;
      if (x + 1 < size && y + 1 < size)
        if (one === at(at(grid, y), x + 1) && one === at(at(grid, y + 1), x) && one === at(at(grid, y + 1), x + 1))
          penalty += 3;
    }
  return penalty + 10 * Math.floor(Math.abs((count * 20) / (size * size) - 10));
}
