/** Of what has no end of a line yet; a line that is longer is told in pieces. */
export const LINE_CHARS_MAX = 65_536;

/** Text comes in pieces and goes out in lines. Whatever writes no end of a line is neither gathered for ever nor read again. */
export class TextLines {
  /** What has no end yet. */
  rest = '';

  /** @returns the lines that end in this piece */
  take(piece: string): string[] {
    const [first = '', ...more] = piece.split('\n');
    const lines = [this.rest + first, ...more];
    this.rest = lines.pop() ?? '';
    if (this.rest.length > LINE_CHARS_MAX) {
      lines.push(this.rest);
      this.rest = '';
    }
    return lines;
  }
}
