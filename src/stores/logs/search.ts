/** Finding lines: literal text where it lies, without decoding; regular expressions in a thread (regex-thread.ts). */
import { Refusal } from '../../../protocol/errors';
import type { LogFound, SearchRequest } from '../../engine/log-store-port';
import { LINE_FEED, lineBlocks } from './blocks';
import type { StoredFile } from './catalogue';
import { RegexThread, type Span } from './regex-thread';

/** A hit's text beyond this is cut; its offset leads to the rest. A thousand hits must fit into one answer. */
export const LINE_SHOWN_BYTES_MAX = 16 * 1024;
export const PATTERN_CHARS_MAX = 4096;

interface Matcher {
  linesIn(bytes: Buffer, hitsMax: number): Span[] | Promise<Span[]>;
  end(): Promise<void>;
}

/** @param files oldest first */
export async function* search(files: readonly StoredFile[], request: SearchRequest): AsyncGenerator<LogFound> {
  const matcher = matcherOf(request);
  try {
    let left = request.limit;
    for (const file of files) {
      const { run } = file.ref;
      if ((request.from && run < request.from.run) || (request.run && run !== request.run)) continue;
      const from = request.from?.run === run ? Math.max(file.begin, request.from.offset) : file.begin;
      for await (const { offset, bytes } of lineBlocks(file, from, file.length)) {
        request.signal?.throwIfAborted();
        for (const [begin, end] of await matcher.linesIn(bytes, left)) {
          yield { run, offset: offset + begin, line: shown(bytes, begin, end) };
          if (--left <= 0) return;
        }
      }
    }
  } finally {
    await matcher.end();
  }
}

function matcherOf({ pattern, regex = false, ignoreCase = false }: SearchRequest): Matcher {
  if (pattern === '') throw new Refusal('bad_request', 'The pattern is empty: it would match every line');
  if (pattern.length > PATTERN_CHARS_MAX)
    throw new Refusal('bad_request', `The pattern is longer than ${PATTERN_CHARS_MAX} characters`);
  if (regex) return new RegexThread(pattern, ignoreCase);
  if (pattern.includes('\n'))
    throw new Refusal(
      'bad_request',
      'The pattern holds a line break: output is searched line by line, so it never matches',
    );
  // Bytes cannot be compared without case; the thread's text can.
  return ignoreCase ? new RegexThread(escaped(pattern), true) : new Literal(Buffer.from(pattern));
}

class Literal implements Matcher {
  constructor(private readonly wanted: Buffer) {}

  linesIn(bytes: Buffer, hitsMax: number): Span[] {
    const hits: Span[] = [];
    for (let at = bytes.indexOf(this.wanted); at >= 0 && hits.length < hitsMax;) {
      const feed = bytes.indexOf(LINE_FEED, at);
      const end = feed < 0 ? bytes.length : feed;
      hits.push([at > 0 ? bytes.lastIndexOf(LINE_FEED, at - 1) + 1 : 0, end]);
      at = bytes.indexOf(this.wanted, end + 1);
    }
    return hits;
  }

  end = (): Promise<void> => Promise.resolve();
}

const shown = (bytes: Buffer, begin: number, end: number): string =>
  bytes.toString('utf8', begin, Math.min(end, begin + LINE_SHOWN_BYTES_MAX));

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
