/**
 * Takes apart what an engine sends of a container's output: frames of one byte that names the stream (1 stdout, 2 stderr),
 * three zeros, a length of four bytes, and the bytes. A piece from the socket may end anywhere.
 * Source: Docker's API, `POST /containers/{id}/attach`, "Stream format".
 */
export interface OutputPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

const HEADER_BYTES = 8;

export class Demultiplexer {
  #header = Buffer.alloc(0);
  #stream: OutputPiece['stream'] = 'stdout';
  /** Of the frame that is being read. */
  #bytesLeft = 0;

  /** What is in this piece, in order. The bytes are the piece's own, not a copy. */
  *take(piece: Buffer): Generator<OutputPiece> {
    let at = 0;
    while (at < piece.length) {
      if (this.#bytesLeft === 0) {
        const taken = piece.subarray(at, at + HEADER_BYTES - this.#header.length);
        at += taken.length;
        this.#header = Buffer.concat([this.#header, taken]);
        if (this.#header.length < HEADER_BYTES) return;
        this.#stream = this.#header[0] === 2 ? 'stderr' : 'stdout';
        this.#bytesLeft = this.#header.readUInt32BE(4);
        this.#header = Buffer.alloc(0);
        continue;
      }
      const bytes = piece.subarray(at, at + this.#bytesLeft);
      at += bytes.length;
      this.#bytesLeft -= bytes.length;
      yield { stream: this.#stream, bytes };
    }
  }
}
