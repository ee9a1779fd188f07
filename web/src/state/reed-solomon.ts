/** Parity of a block, over the field of 256 with the polynomial of QR codes. */
function times(x: number, y: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((y >>> bit) & 1) * x;
  }
  return product;
}

/** @param count bytes of parity */
export function parityOf(data: readonly number[], count: number): number[] {
  const divisor = generator(count);
  let rest = new Array<number>(count).fill(0);
  for (const byte of data) {
    const factor = byte ^ (rest[0] ?? 0);
    rest = [...rest.slice(1), 0].map((value, index) => value ^ times(divisor[index] ?? 0, factor));
  }
  return rest;
}

/** The product of (x - 2^i), its highest term left out. */
function generator(degree: number): number[] {
  let terms = [...new Array<number>(degree - 1).fill(0), 1];
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2))
    terms = terms.map((term, index) => times(term, root) ^ (terms[index + 1] ?? 0));
  return terms;
}
