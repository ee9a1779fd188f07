/** How many columns of a terminal a text takes, and texts that fit into so many. */

const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** East Asian Wide and Fullwidth (UAX 11), and emoji, which terminals draw as wide. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

const charWidth = (char: string): number => (INVISIBLE.test(char) ? 0 : WIDE.test(char) ? 2 : 1);

export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** The text, cut to the width with `…` at its end where it is longer. */
export function fit(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let cut = '';
  let used = 1; // the ellipsis
  for (const char of text) {
    used += charWidth(char);
    if (used > width) break;
    cut += char;
  }
  return width > 0 ? `${cut}…` : '';
}

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - textWidth(text)));

/**
 * One line, harmless: other machines' words must not move the cursor, change the terminal's title, or turn the order of
 * what stands beside them around (a host's name, beside the fingerprint that somebody compares).
 */
export const printable = (text: string): string =>
  text.replace(/[\r\n\t]/g, ' ').replace(/[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
