/**
 * The search thread: reads the streams itself, so that neither the scan nor what it reads goes through the manager's loop.
 * A program of its own for the bundler (dist/log-search.js); its orders are in `workerData`.
 *
 * Hits go out in messages, at once when there are none waiting and in larger ones when the reader is slow; it never goes
 * on by more than a few of them.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { lineBlocks } from '../blocks';
import { lineMatcher, type LineMatcher } from './line-matcher';
import { lineBegin } from '../lines-backward';
import {
  HIT_MESSAGES_WAITING,
  type FromSearch,
  type SearchHit,
  type SearchPlan,
  type SearchSource,
} from './search-words';
import { TimeIndex } from '../time-index';

/** A hit's text beyond this is cut; its offset leads to the rest. A thousand hits must fit into one answer. */
export const LINE_SHOWN_BYTES_MAX = 16 * 1024;
/** Hits of one message. */
const HITS_MAX = 256;
/** Hits asked of a matcher at once, so that a block that is all hits does not fill the memory. */
const HITS_OF_A_LOOK_MAX = 4096;
/** Hits are told at least so often. */
const TOLD_MS = 50;

class Search {
  private readonly matcher: LineMatcher;
  private readonly pulse: Int32Array;

  constructor(
    private readonly plan: SearchPlan,
    private readonly post: Post,
  ) {
    this.matcher = lineMatcher(plan.pattern);
    this.pulse = new Int32Array(plan.pulse);
  }

  async run(): Promise<void> {
    let left = this.plan.limit;
    for await (const hit of merged(this.plan.tracks.map((_, track) => this.hitsOf(track)))) {
      await this.post.hit(hit);
      if (--left <= 0) break;
    }
    await this.post.flush();
  }

  private async *hitsOf(track: number): AsyncGenerator<SearchHit> {
    for (const [source, stream] of (this.plan.tracks[track] ?? []).entries())
      for await (const hit of this.hitsIn(stream)) yield { track, source, ...hit };
  }

  private async *hitsIn(source: SearchSource): AsyncGenerator<Omit<SearchHit, 'track' | 'source'>> {
    const { sinceMs, untilMs } = this.plan;
    const times = new TimeIndex(source.times);
    try {
      const from = sinceMs === null ? source.from : await startOf(source, times.since(sinceMs));
      const end = untilMs === null ? null : times.since(untilMs);
      const to = Math.min(source.length, end ?? source.length);
      if (from === null) return;
      for await (const { offset, bytes } of lineBlocks(source, from, to)) {
        await this.post.due();
        for (let at = 0; at < bytes.length;) {
          const rest = at === 0 ? bytes : bytes.subarray(at);
          const spans = this.look(rest);
          for (const [begin, stop] of spans) {
            const place = offset + at + begin;
            yield { offset: place, atMs: times.at(place), line: shown(rest, begin, stop) };
          }
          if (spans.length < HITS_OF_A_LOOK_MAX) break;
          at += (spans.at(-1)?.[1] ?? rest.length) + 1;
        }
      }
    } finally {
      times.close();
    }
  }

  private look(bytes: Buffer): ReturnType<LineMatcher['linesIn']> {
    Atomics.add(this.pulse, 0, 1);
    Atomics.store(this.pulse, 1, 1);
    try {
      return this.matcher.linesIn(bytes, HITS_OF_A_LOOK_MAX);
    } finally {
      Atomics.store(this.pulse, 1, 0);
    }
  }
}

/** Hits gathered into messages, and no more of them on their way than the reader takes. */
class Post {
  private hits: SearchHit[] = [];
  private toldAtMs = performance.now();
  private waiting = 0;
  private onTaken: () => void = () => undefined;

  constructor(private readonly port: MessagePort) {
    port.on('message', () => {
      this.waiting -= 1;
      this.onTaken();
    });
  }

  async hit(hit: SearchHit): Promise<void> {
    this.hits.push(hit);
    if (this.hits.length >= HITS_MAX) await this.flush();
  }

  /** Tells what there is when it is time. */
  async due(): Promise<void> {
    if (performance.now() - this.toldAtMs >= TOLD_MS) await this.flush();
  }

  async flush(): Promise<void> {
    this.toldAtMs = performance.now();
    if (this.hits.length === 0) return;
    while (this.waiting >= HIT_MESSAGES_WAITING) await new Promise<void>((resolve) => (this.onTaken = resolve));
    this.waiting += 1;
    this.port.postMessage({ kind: 'hits', hits: this.hits } satisfies FromSearch);
    this.hits = [];
  }
}

/** The track whose next hit is the oldest is first; one without a time goes before all. */
async function* merged(tracks: readonly AsyncGenerator<SearchHit>[]): AsyncGenerator<SearchHit> {
  const heads = await Promise.all(tracks.map(async (track) => ({ track, next: await track.next() })));
  for (;;) {
    const living = heads.filter(({ next }) => !next.done);
    const [first, ...others] = living;
    if (first === undefined) return;
    const oldest = others.reduce((least, head) => (timeOf(head.next) < timeOf(least.next) ? head : least), first);
    yield oldest.next.value as SearchHit;
    oldest.next = await oldest.track.next();
  }
}

const timeOf = (next: IteratorResult<SearchHit, unknown>): number => (next.done ? Infinity : (next.value.atMs ?? 0));

async function startOf(source: SearchSource, offset: number | null): Promise<number | null> {
  if (offset === null || offset >= source.length) return null;
  return Math.max(source.from, await lineBegin(source, Math.max(offset, source.begin)));
}

const shown = (bytes: Buffer, begin: number, end: number): string =>
  bytes.toString('utf8', begin, Math.min(end, begin + LINE_SHOWN_BYTES_MAX));

async function main(port: MessagePort): Promise<void> {
  try {
    await new Search(workerData as SearchPlan, new Post(port)).run();
    port.postMessage({ kind: 'end' } satisfies FromSearch);
  } catch (error) {
    port.postMessage({ kind: 'failed', message: (error as Error).message } satisfies FromSearch);
  }
  port.close();
}

if (parentPort !== null) void main(parentPort);
