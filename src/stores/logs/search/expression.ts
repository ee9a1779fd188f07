/**
 * An expression for one line, rewritten for a text of many: what it matches within a line it still matches, and it never
 * goes over a line's end, so that the time it takes depends on lines and not on the whole block.
 *
 * It cannot be done for an expression that looks around itself (`(?=`, `(?!`, `(?<=`, `(?<!`): there the end of a line is not
 * the end of the text; nor for a set that names "everything but" inside (`[\s\S]`). These are told by null. Pure.
 */
export function acrossLines(source: string): string | null {
  let out = '';
  for (let at = 0; at < source.length;) {
    const piece = pieceAt(source, at);
    if (piece === null) return null;
    out += piece.rewritten;
    at += piece.length;
  }
  return out;
}

interface Piece {
  readonly length: number;
  readonly rewritten: string;
}
const kept = (text: string): Piece => ({ length: text.length, rewritten: text });

/** Escapes that match a line feed, and what matches the rest of the same. */
const WITHOUT_FEED: Readonly<Record<string, string>> = { s: '[^\\S\\n]', D: '[^\\d\\n]', W: '[^\\w\\n]' };

function pieceAt(source: string, at: number): Piece | null {
  const char = source[at] ?? '';
  const next = source[at + 1] ?? '';
  if (char === '\\') {
    const rewritten = WITHOUT_FEED[next];
    return rewritten === undefined ? kept(char + next) : { length: 2, rewritten };
  }
  if (char === '[') return setAt(source, at);
  if (char === '(' && /^\(\?<?[=!]/.test(source.slice(at, at + 4))) return null;
  return kept(char);
}

function setAt(source: string, at: number): Piece | null {
  const set = /^\[\^?(?:\\[\s\S]|[^\]\\])*\]/.exec(source.slice(at))?.[0];
  if (set === undefined) return null;
  const isNegated = set[1] === '^';
  if (isNegated) return { length: set.length, rewritten: `[^\\n${set.slice(2)}` };
  return /\\[sSDWnxucv]/.test(set) || set.includes('\n') || spansControls(set) ? null : kept(set);
}

/** A range that begins among the control characters may hold the line feed. */
const spansControls = (set: string): boolean => /[\0-\x1f]-/.test(set);
