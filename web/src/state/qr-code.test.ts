import { qrCodeOf } from './qr-code';

/** Rows as hexadecimal numbers, the leftmost module the highest bit. */
const hexOf = (grid: readonly (readonly boolean[])[] | null): string =>
  (grid ?? []).map((row) => parseInt(row.map(Number).join(''), 2).toString(16).padStart(6, '0')).join(' ');

describe('a QR code', () => {
  it('is the one that another reader understood', () => {
    // Read by jsQR as `ProcGuard`.
    expect(hexOf(qrCodeOf('ProcGuard'))).toBe(
      '1fc57f 104841 17515d 17575d 17515d 105641 1fd57f 001000 17c67c 0aa317 047142 07138c 1b6560 001dba 1fc20a ' +
        '10540e 175a01 175fd4 175148 104fdc 1fd506',
    );
  });
  it('grows with its text, and says when that is too long', () => {
    expect([1, 62, 181, 412, 413].map((count) => qrCodeOf('x'.repeat(count))?.length ?? null)).toEqual([21, 33, 57, 77, null]); // prettier-ignore
  });
});
