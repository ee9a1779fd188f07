/** Finding words in what is loaded. Hits are kept per block, so following a fast log searches its new lines only. */
import { plainText } from './ansi';
import { rawLine, type Block, type TextBlock } from './log-block';
import { sentenceOf } from '../../../protocol/sentence-of';

export interface Query {
  readonly text: string;
  readonly regex: boolean;
  readonly matchCase: boolean;
}
export interface Hit {
  readonly block: TextBlock;
  readonly line: number;
}

/** Enough to walk through; the count then reads `10000+`. */
export const HITS_MAX = 10_000;

/** The pattern, or a sentence about what is wrong with it. Null = nothing to look for. */
export function compile(query: Query): RegExp | { readonly problem: string } | null {
  if (query.text === '') return null;
  const source = query.regex ? query.text : query.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  try {
    return new RegExp(source, query.matchCase ? 'g' : 'gi');
  } catch (error) {
    return { problem: sentenceOf(error) };
  }
}

export class LogSearch {
  private readonly found = new WeakMap<TextBlock, { lines: number[]; searched: number; chars: number }>();

  constructor(readonly pattern: RegExp) {}

  /** Lines that match, in order. A line counts once however often it matches. */
  hits(blocks: readonly Block[]): Hit[] {
    const hits: Hit[] = [];
    for (const block of blocks) {
      if (block.kind !== 'text') continue;
      for (const line of this.linesIn(block)) {
        hits.push({ block, line });
        if (hits.length >= HITS_MAX) return hits;
      }
    }
    return hits;
  }

  private linesIn(block: TextBlock): readonly number[] {
    let known = this.found.get(block);
    if (known === undefined) this.found.set(block, (known = { lines: [], searched: 0, chars: 0 }));
    if (known.chars === block.text.length) return known.lines;
    // The last line searched may have grown since.
    const from = Math.max(0, known.searched - 1);
    if (known.lines.at(-1) === from) known.lines.pop();
    for (let line = from; line < block.charStarts.length; line++)
      if (this.matches(plainText(rawLine(block, line)))) known.lines.push(line);
    known.searched = block.charStarts.length;
    known.chars = block.text.length;
    return known.lines;
  }

  private matches(text: string): boolean {
    this.pattern.lastIndex = 0;
    return this.pattern.test(text);
  }
}

/** Where a pattern matches in a line, as [from, to) pairs. Empty matches are none. */
export function matchRanges(text: string, pattern: RegExp): [number, number][] {
  const ranges: [number, number][] = [];
  pattern.lastIndex = 0;
  for (const match of text.matchAll(pattern))
    if (match[0] !== '') ranges.push([match.index, match.index + match[0].length]);
  return ranges;
}
