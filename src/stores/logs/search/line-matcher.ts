/**
 * Which lines of a block match. Literal text is looked for in the bytes as they lie. An expression is tried on the text of
 * the whole block at once where that gives the same lines (expression.ts says when), and line by line elsewhere; the line
 * it hits in is then tried by itself, so that only the speed depends on the way.
 */
import { isAscii } from 'node:buffer';
import { LINE_FEED } from '../blocks';
import { acrossLines } from './expression';

/** A line in a block: [where it begins, where it ends). */
export type Span = readonly [begin: number, end: number];

export interface LineMatcher {
  /** The lines that match, at most so many. */
  linesIn(block: Buffer, hitsMax: number): Span[];
}

export interface Pattern {
  readonly pattern: string;
  readonly regex: boolean;
  readonly ignoreCase: boolean;
}

/** @throws SyntaxError when the pattern is no expression */
export function lineMatcher({ pattern, regex, ignoreCase }: Pattern): LineMatcher {
  // Bytes cannot be compared without case; text can.
  if (!regex && !ignoreCase) return new Literal(Buffer.from(pattern));
  return new Expression(regex ? pattern : escaped(pattern), ignoreCase ? 'i' : '');
}

class Literal implements LineMatcher {
  constructor(private readonly wanted: Buffer) {}

  linesIn(block: Buffer, hitsMax: number): Span[] {
    const hits: Span[] = [];
    for (let at = block.indexOf(this.wanted); at >= 0 && hits.length < hitsMax;) {
      const line = lineAround(block, at);
      hits.push(line);
      at = block.indexOf(this.wanted, line[1] + 1);
    }
    return hits;
  }
}

class Expression implements LineMatcher {
  private readonly line: RegExp;
  private readonly block: RegExp | null;

  constructor(source: string, flags: string) {
    this.line = new RegExp(source, flags);
    const across = acrossLines(source);
    this.block = across === null ? null : new RegExp(across, `${flags}gm`);
  }

  linesIn(block: Buffer, hitsMax: number): Span[] {
    // Only then is a place in the text the same place in the bytes.
    return this.block !== null && isAscii(block)
      ? this.atOnce(this.block, block, hitsMax)
      : this.oneByOne(block, hitsMax);
  }

  private atOnce(regex: RegExp, block: Buffer, hitsMax: number): Span[] {
    const hits: Span[] = [];
    const text = block.toString('latin1');
    regex.lastIndex = 0;
    for (let found = regex.exec(text); found !== null && hits.length < hitsMax; found = regex.exec(text)) {
      const [begin, end] = lineAround(block, found.index);
      if (begin < block.length && this.line.test(text.slice(begin, end))) hits.push([begin, end]);
      regex.lastIndex = end + 1;
      if (end >= block.length) break;
    }
    return hits;
  }

  private oneByOne(block: Buffer, hitsMax: number): Span[] {
    const hits: Span[] = [];
    for (let at = 0; at < block.length && hits.length < hitsMax;) {
      const feed = block.indexOf(LINE_FEED, at);
      const end = feed < 0 ? block.length : feed;
      if (this.line.test(block.toString('utf8', at, end))) hits.push([at, end]);
      at = end + 1;
    }
    return hits;
  }
}

/** The line that holds the byte at `at`; a line feed belongs to the line it ends. */
function lineAround(block: Buffer, at: number): Span {
  const feed = block.indexOf(LINE_FEED, at);
  return [at > 0 ? block.lastIndexOf(LINE_FEED, at - 1) + 1 : 0, feed < 0 ? block.length : feed];
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
