/** How wide characters are in a fixed-width font, and where a line breaks. A tab goes to the next multiple of eight. */
export const TAB_CELLS = 8;

/** Wide: the East Asian blocks and emoji. Zero: combining marks, joiners, variation selectors. */
export function cellWidth(code: number): 0 | 1 | 2 {
  if (code < 0x300) return 1;
  if (code <= 0x36f || (code >= 0x200b && code <= 0x200f) || code === 0xfeff) return 0;
  if (code >= 0xfe00 && code <= 0xfe0f) return 0;
  if (code < 0x1100) return 1;
  return code <= 0x115f ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
    ? 2
    : 1;
}

const NARROW = /^[\x20-\x7e]*$/;

/** The places in `text` where rows of `columns` cells begin; always begins with 0. */
export function breaksOf(text: string, columns: number): number[] {
  if (text.length <= columns && NARROW.test(text)) return [0];
  const breaks = [0];
  let cells = 0;
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const width = code === 9 ? TAB_CELLS - (cells % TAB_CELLS) : cellWidth(code);
    if (cells + width > columns && cells > 0) {
      breaks.push(at);
      cells = code === 9 ? TAB_CELLS : width;
    } else cells += width;
    at += code > 0xffff ? 2 : 1;
  }
  return breaks;
}

export const rowsForCells = (text: string, columns: number): number =>
  NARROW.test(text) ? Math.max(1, Math.ceil(text.length / columns)) : breaksOf(text, columns).length;
