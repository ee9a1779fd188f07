/** A line for `/bin/sh -c` with parameters in it as `{epochs}`: how values and words are put into it as one word each. */

type Values = Readonly<Record<string, string | number | boolean | null>>;

export const PLACE = /\{(\w+)\}/g;
const PLAIN = /^[\w@%+=:,./-]+$/;

export const quoted = (text: string): string => (PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** One word, in which parameters may stand: their values are quoted when they are filled in, so they stand outside of its quotes. */
export function quotedWord(word: string, values: Values): string {
  const parts = word.split(/(\{\w+\})/).filter((part) => part !== '');
  return parts.map((part) => (isPlace(part, values) ? part : quoted(part))).join('') || quoted('');
}
const isPlace = (part: string, values: Values): boolean =>
  part.startsWith('{') && part.endsWith('}') && Object.hasOwn(values, part.slice(1, -1));

/**
 * A quoted value between quotes of the line ends them: what it holds would be words, or commands, of the line. Plain values are the
 * same there.
 * @param places what names a parameter, its first group the name
 * @returns a sentence
 */
export function betweenQuotes(line: string, values: Values, places: RegExp = PLACE): string | null {
  const spans = quotesIn(line);
  for (const { 1: name = '', index } of line.matchAll(places))
    if (
      Object.hasOwn(values, name) &&
      !PLAIN.test(String(values[name])) &&
      spans.some(({ from, end }) => from < index && index < end)
    )
      return `{${name}} stands between quotes in its command, where a value with more than letters, digits and @%+=:,./_- in it would not be one word; write it without quotes around it, for its value gets its own`;
  return null;
}

/**
 * What is surely between quotes, up to the first place that would take a shell to understand: a here-document, commands or
 * expressions between double quotes, backquotes, a quote that is not closed.
 */
function quotesIn(line: string): { from: number; end: number }[] {
  const spans: { from: number; end: number }[] = [];
  for (const { 0: token, index } of line.matchAll(TOKEN)) {
    if (UNKNOWN.has(token)) break;
    if (/^["']/.test(token)) spans.push({ from: index, end: index + token.length });
  }
  return spans;
}
/** In turn: escaped; single quotes; double quotes with no more in them than variables; a comment; what ends it; anything. */
const TOKEN = /\\[^]|'[^']*'|"(?:[^"\\$`]|\\[^]|\$\{\w+\}|\$(?![({]))*"|(?<![^\s;&|()])#.*|<<|\$'|[^]/g;
const UNKNOWN: ReadonlySet<string> = new Set(['<<', "$'", '`', '"', "'"]);
