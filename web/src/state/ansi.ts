/**
 * ANSI colours of one line, to spans. Colour codes (SGR: 16, 256, true colour, bold, dim, italic, underline, inverse,
 * strike) are kept; every other escape (cursor, titles, links) and stray control characters are dropped, because a log
 * is not a terminal. Styles begin anew with each line, so a line looks the same whichever part of a log is loaded.
 */
export interface Style {
  /** A palette place 0..255 or `#rrggbb`; null = the page's own. */
  readonly fg: number | string | null;
  readonly bg: number | string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly inverse: boolean;
}
export interface Span {
  readonly text: string;
  /** Null = plain. */
  readonly style: Style | null;
}

const PLAIN: Style = {
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
};

// OSC (titles, links) up to BEL or ST; CSI; other two-character escapes; control characters but tab.
const ESCAPE =
  /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b\[([0-9;:]*)[ -/]*([@-~])|\x1b[()*+][ -~]|\x1b[^[\]]?|[\x00-\x08\x0b-\x1f\x7f]/g;
const HAS_ESCAPE = /[\x00-\x08\x0b-\x1f\x7f]/;

/** Text after the last carriage return: what a progress bar shows last. */
export function afterLastReturn(line: string): string {
  const end = line.endsWith('\r') ? line.length - 1 : line.length;
  const at = line.lastIndexOf('\r', end - 1);
  return end === line.length && at < 0 ? line : line.slice(at + 1, end);
}

/** The words of a line, without its colours. */
export const plainText = (line: string): string => {
  const last = afterLastReturn(line);
  return HAS_ESCAPE.test(last) ? last.replace(ESCAPE, '') : last;
};

export function parseLine(line: string): Span[] {
  const text = afterLastReturn(line);
  if (!HAS_ESCAPE.test(text)) return [{ text, style: null }];
  const spans: Span[] = [];
  let style = PLAIN;
  let from = 0;
  const push = (to: number) => {
    const piece = text.slice(from, to);
    if (piece === '') return;
    const last = spans.at(-1);
    const own = style === PLAIN ? null : style;
    if (last !== undefined && last.style === own) spans[spans.length - 1] = { text: last.text + piece, style: own };
    else spans.push({ text: piece, style: own });
  };
  for (const match of text.matchAll(ESCAPE)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') style = applied(style, match[1] ?? '');
  }
  push(text.length);
  return spans.length === 0 ? [{ text: '', style: null }] : spans;
}

function applied(before: Style, parameters: string): Style {
  let style = before;
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const { color, used } = extended(codes.slice(i + 1), parameters.includes(':'));
      i += used;
      if (color !== null) style = code === 38 ? { ...style, fg: color } : { ...style, bg: color };
    } else style = code === 0 ? PLAIN : { ...style, ...simple(code) };
  }
  return style;
}

function simple(code: number): Partial<Style> {
  if (code >= 30 && code <= 37) return { fg: code - 30 };
  if (code >= 40 && code <= 47) return { bg: code - 40 };
  if (code >= 90 && code <= 97) return { fg: code - 82 };
  if (code >= 100 && code <= 107) return { bg: code - 92 };
  return ATTRIBUTES[code] ?? {};
}

const ATTRIBUTES: Readonly<Record<number, Partial<Style>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { fg: null },
  49: { bg: null },
};

/** What follows 38 or 48: `5;n` or `2;r;g;b`; written with colons, true colour may carry a colour space before r. */
function extended(rest: readonly number[], colons: boolean): { color: number | string | null; used: number } {
  const [kind, ...values] = rest;
  if (kind === 5) return { color: byte(values[0]), used: 2 };
  if (kind !== 2) return { color: null, used: rest.length };
  const [r, g, b] = colons && values.length >= 4 ? values.slice(1) : values;
  const hex = [r, g, b].map((part) => byte(part).toString(16).padStart(2, '0')).join('');
  return { color: `#${hex}`, used: colons ? rest.length : 4 };
}

const byte = (value: number | undefined): number => Math.max(0, Math.min(255, Math.trunc(value ?? 0) || 0));

/** The first sixteen as terminals have them, for text on a background of its own; elsewhere they are the theme's. */
const SIXTEEN = [
  ...['#000000', '#cd3131', '#0a8a4a', '#b58900', '#2472c8', '#a73ab2', '#0e8a9b', '#d5d9e0'],
  ...['#666e7a', '#f14c4c', '#23c27a', '#f5d547', '#4f9cf5', '#d670d6', '#29c5d8', '#ffffff'],
];

/** `#rrggbb` of a place in the palette of 256. */
export function paletteColor(place: number): string {
  if (place < 16) return SIXTEEN[place] ?? '#000000';
  const hex = (...parts: number[]) => `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
  if (place >= 232) {
    const grey = 8 + (place - 232) * 10;
    return hex(grey, grey, grey);
  }
  const cube = place - 16;
  const level = (n: number) => (n === 0 ? 0 : 55 + n * 40);
  return hex(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

/** Black or white, whichever can be read on `#rrggbb`. */
export function readableOn(hex: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return 0.299 * (r ?? 0) + 0.587 * (g ?? 0) + 0.114 * (b ?? 0) > 140 ? '#000000' : '#ffffff';
}
