/**
 * A shell line taken apart without a shell, where it is nothing but words: blanks between them, quotes and backslashes as
 * POSIX means them, nothing expanded. What it accepts means to sh exactly what it means here; everything else is refused
 * with what stands in the way, never guessed at.
 */
import { isShellsOwn } from './plain-words';

export type SimpleWords =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** What only a shell could do, as a clause: `it has $(`. */
  | { readonly kind: 'refused'; readonly why: string };

/** Characters that, without quotes, a shell takes for more than themselves; `{}` and `^` in some shells only. */
const MEANS_MORE = new Set('|&;<>()$`*?[{}~^!');
/** In double quotes. */
const STILL_MEANS_MORE = new Set('$`');
/** What a backslash in double quotes takes its meaning from; before anything else it is a backslash. */
const ESCAPED_IN_DOUBLE = new Set('$`"\\');

export function simpleWords(line: string): SimpleWords {
  const taken = takeApart(line.replace(/^[ \t\n]+/, ''));
  if (taken.kind === 'refused') return taken;
  const [first = ''] = taken.words;
  if (taken.words.length === 0) return refused('it is empty');
  if (first.includes('=')) return refused(`it begins with an assignment (${first.split('=')[0]}=)`);
  if (isShellsOwn(first)) return refused(`"${first}" is a word of the shell itself`);
  return taken;
}

function takeApart(line: string): SimpleWords {
  const words: string[] = [];
  /** Null = between two words. */
  let word: string | null = null;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] as string;
    if (letter === '\n' && /^[ \t\n]*$/.test(line.slice(at))) break; // a YAML block ends so
    if (letter === ' ' || letter === '\t') {
      if (word !== null) words.push(word);
      word = null;
    } else if (letter === "'" || letter === '"') {
      const quoted: Quoted = letter === "'" ? single(line, at + 1) : double(line, at + 1);
      if (quoted.kind === 'refused') return quoted;
      word = (word ?? '') + quoted.text;
      at = quoted.endAt;
    } else if (letter === '\\') {
      const next = line[at + 1];
      if (next === undefined || next < ' ') return refused('it has a backslash at the end of a line');
      word = (word ?? '') + next;
      at += 1;
    } else if (letter === '#' && word === null) return refused('it has a comment (#)');
    else if (letter === '\n') return refused('it has more than one line');
    else if (MEANS_MORE.has(letter)) return refused(`it has ${letter} outside quotes`);
    else if (letter < ' ' || letter === '\x7f') return refused('it has a control character outside quotes');
    else word = (word ?? '') + letter;
  }
  if (word !== null) words.push(word);
  return line.includes('\0') ? refused('it has a NUL') : { kind: 'words', words };
}

type Quoted =
  { readonly kind: 'text'; readonly text: string; readonly endAt: number } | Extract<SimpleWords, { kind: 'refused' }>;

function single(line: string, from: number): Quoted {
  const endAt = line.indexOf("'", from);
  return endAt < 0 ? refused("a ' is not closed") : { kind: 'text', text: line.slice(from, endAt), endAt };
}

function double(line: string, from: number): Quoted {
  let text = '';
  for (let at = from; at < line.length; at++) {
    const letter = line[at] as string;
    const next = line[at + 1] ?? '';
    if (letter === '"') return { kind: 'text', text, endAt: at };
    if (STILL_MEANS_MORE.has(letter)) return refused(`it has ${letter} in double quotes`);
    if (letter === '\\' && next === '\n') return refused('it has a backslash at the end of a line');
    if (letter === '\\' && ESCAPED_IN_DOUBLE.has(next)) {
      text += next;
      at += 1;
    } else text += letter;
  }
  return refused('a " is not closed');
}

const refused = (why: string): Extract<SimpleWords, { kind: 'refused' }> => ({ kind: 'refused', why });
