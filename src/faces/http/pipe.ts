/** Streams into answers. */
import { pipeline as joined, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import type { Request, Response } from 'express';
import type { Visit } from '../doorkeeper';
import type { HttpParts } from './route';

/** Shorter answers, such as the dashboard's ranges, are sent as they are: they are on their way sooner than packed. */
const COMPRESSED_BYTES_MIN = 1024 * 1024;

/** Ends when all is sent; a reader who leaves early ends the source too, and that is no error. */
export async function pipeTo(stream: Readable, response: Response): Promise<void> {
  try {
    await pipeline(stream, response);
  } catch (error) {
    if (!response.destroyed) throw error;
  }
}

/** Node's own 16 KiB make a thousand small pieces of what a reader wants in a few. */
const PACKED_CHUNK_BYTES = 256 * 1024;

/**
 * The same bytes, packed for the way when the reader takes gzip; the answer's headers are set for it. The bytes are then
 * no longer as many as were counted.
 */
export function compressed(stream: Readable, bytes: number, request: Request, response: Response): Readable {
  response.vary('Accept-Encoding');
  if (bytes < COMPRESSED_BYTES_MIN || request.acceptsEncodings('gzip') === false) return stream;
  response.set('Content-Encoding', 'gzip');
  // What follows an error, also of the reader's leaving, is both streams' end; pipeTo hears of it.
  return joined(stream, createGzip({ level: constants.Z_BEST_SPEED, chunkSize: PACKED_CHUNK_BYTES }), () => undefined);
}

/** Aborts when the reader left before the answer was whole, so that no one searches for nobody. */
export function whenGone(response: Response): AbortSignal {
  const controller = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

/**
 * The same for an answer that may take hours: it aborts too when whoever asked may have it no more, and its reason is then
 * the refusal.
 */
export function whileWelcome(
  { engine, doorkeeper }: Pick<HttpParts, 'engine' | 'doorkeeper'>,
  response: Response,
): AbortSignal {
  const controller = new AbortController();
  let visit = response.locals.visit as Visit;
  const unlisten = engine.feed.listen(() => {
    try {
      visit = doorkeeper.still(visit);
    } catch (refusal) {
      unlisten();
      controller.abort(refusal);
    }
  });
  response.on('close', () => {
    unlisten();
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
