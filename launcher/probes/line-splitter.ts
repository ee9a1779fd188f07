/**
 * Bytes to lines, in bounded memory. A line ends at \n, at \r (progress bars write over themselves) or at both. Of a line
 * longer than 64 KiB the first 64 KiB are given as soon as they are there, and the rest of it is passed over.
 */
const NEWLINE = 10;
const RETURN = 13;
export const LINE_BYTES_MAX = 64 * 1024;

export class LineSplitter {
  readonly #parts: Buffer[] = [];
  #held = 0;
  #isPassingOver = false;
  /** The last byte was \r: a \n that follows belongs to it. */
  #endedByReturn = false;

  constructor(private readonly line: (text: string) => void) {}

  /** @param piece copied where it must be kept */
  take(piece: Buffer): void {
    let at = this.#endedByReturn && piece[0] === NEWLINE ? 1 : 0;
    let newline = piece.indexOf(NEWLINE, at);
    let back = piece.indexOf(RETURN, at);
    while (newline >= 0 || back >= 0) {
      const end = back < 0 || (newline >= 0 && newline < back) ? newline : back;
      this.#add(piece.subarray(at, end));
      this.#end();
      at = end === back && newline === end + 1 ? end + 2 : end + 1;
      if (newline >= 0 && newline < at) newline = piece.indexOf(NEWLINE, at);
      if (back >= 0 && back < at) back = piece.indexOf(RETURN, at);
    }
    if (piece.length > 0) this.#endedByReturn = piece[piece.length - 1] === RETURN;
    this.#add(piece.subarray(at));
  }

  #add(bytes: Buffer): void {
    if (this.#isPassingOver || bytes.length === 0) return;
    const room = LINE_BYTES_MAX - this.#held;
    this.#parts.push(Buffer.from(bytes.subarray(0, room)));
    this.#held += Math.min(room, bytes.length);
    if (bytes.length < room) return;
    this.#give();
    this.#isPassingOver = true;
  }

  #end(): void {
    if (!this.#isPassingOver) this.#give();
    this.#isPassingOver = false;
  }

  #give(): void {
    const text = (this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts))?.toString('utf8') ?? '';
    this.#parts.length = 0;
    this.#held = 0;
    this.line(text);
  }
}
