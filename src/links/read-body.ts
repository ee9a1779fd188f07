/** A request's body on the links' hot roads. */
import type { IncomingMessage } from 'node:http';
import { Refusal } from '../../protocol/errors';

/** @param done the text, or why it was not taken: body_too_large */
export function readBody(request: IncomingMessage, bytesMax: number, done: (body: string | Refusal) => void): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  request.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= bytesMax) pieces.push(piece);
  });
  request.on('end', () => {
    if (bytes > bytesMax)
      done(
        new Refusal(
          'body_too_large',
          `the body has ${bytes} bytes; ${bytesMax} is the limit of a request, and nothing of it was taken`,
        ),
      );
    else done(pieces.length === 1 ? (pieces[0] as Buffer).toString('utf8') : Buffer.concat(pieces).toString('utf8'));
  });
}
