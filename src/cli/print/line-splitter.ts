/** Pieces of output become whole lines; what is not yet a line waits for its rest. */
export interface SplitLine {
  /** Where it begins in its run. */
  readonly offset: number;
  readonly text: string;
}

/** A line that grows beyond this is given out as it is, so that a progress bar without end does not fill the memory. */
const WAITING_BYTES_MAX = 1024 * 1024;
const LINE_FEED = 0x0a;

export class LineSplitter {
  private waiting: Buffer[] = [];
  private bytes = 0;

  /** @param offset where the first piece begins */
  constructor(private offset: number) {}

  add(piece: Buffer): SplitLine[] {
    const lines: SplitLine[] = [];
    let at = 0;
    for (let feed = piece.indexOf(LINE_FEED); feed >= 0; feed = piece.indexOf(LINE_FEED, at)) {
      lines.push(this.take(piece.subarray(at, feed)));
      this.offset += 1;
      at = feed + 1;
    }
    this.waiting.push(piece.subarray(at));
    this.bytes += piece.length - at;
    if (this.bytes > WAITING_BYTES_MAX) lines.push(this.take(Buffer.alloc(0)));
    return lines;
  }

  /** The unfinished line, when its run is over. */
  end(): SplitLine[] {
    return this.bytes > 0 ? [this.take(Buffer.alloc(0))] : [];
  }

  private take(last: Buffer): SplitLine {
    const bytes = Buffer.concat([...this.waiting, last]);
    const line = { offset: this.offset, text: bytes.toString('utf8') };
    this.waiting = [];
    this.bytes = 0;
    this.offset += bytes.length;
    return line;
  }
}
