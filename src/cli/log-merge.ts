/** Lines of several streams in one order: by the time of their arrival, to the second. Within each its own order is kept. */
import type { LogSource, StoredLine } from './log-lines';

export interface LineOf {
  readonly view: LogSource;
  readonly line: StoredLine;
}

/** @param streams each with its oldest line first */
export function byArrival(streams: readonly (readonly LineOf[])[]): LineOf[] {
  const timed = streams.flatMap((lines) => {
    // A line without a time, or of a clock that was set back, came no earlier than the one before it.
    let latestMs = 0;
    return lines.map((of) => ({ of, atMs: (latestMs = Math.max(latestMs, of.line.atMs ?? 0)) }));
  });
  // The sort is stable: what arrived in one second stays as it was.
  return timed.sort((a, b) => a.atMs - b.atMs).map(({ of }) => of);
}

/**
 * Where a following begins: the earlier lines of all its streams, gathered until each has told its own and shown as one.
 * What comes afterwards of a stream waits for it.
 */
export class GatheredBeginning {
  private readonly streams: LineOf[][] = [];
  private shown: (() => void) | null = null;
  private readonly allShown = new Promise<void>((resolve) => (this.shown = resolve));

  constructor(
    private readonly count: number,
    /** The newest so many of each process. */
    private readonly linesMax: number,
    private readonly print: (lines: readonly LineOf[]) => Promise<void>,
  ) {}

  /** A stream's own, once; resolves when all are shown. */
  async add(view: LogSource, lines: readonly StoredLine[]): Promise<void> {
    this.streams.push(lines.map((line) => ({ view, line })));
    if (this.streams.length === this.count) {
      await this.print(newestOfEach(byArrival(this.streams), this.linesMax));
      this.shown?.();
    }
    await this.allShown;
  }
}

function newestOfEach(lines: readonly LineOf[], linesMax: number): LineOf[] {
  const left = new Map<string, number>();
  const isWanted = ({ view }: LineOf): boolean => {
    const had = left.get(view.key) ?? 0;
    left.set(view.key, had + 1);
    return had < linesMax;
  };
  return lines.toReversed().filter(isWanted).toReversed();
}
