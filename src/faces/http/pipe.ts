/** Streams into answers. */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/** Ends when all is sent; a reader who leaves early ends the source too, and that is no error. */
export async function pipeTo(stream: Readable, response: Response): Promise<void> {
  try {
    await pipeline(stream, response);
  } catch (error) {
    if (!response.destroyed) throw error;
  }
}

/** Aborts when the reader left before the answer was whole, so that no one searches for nobody. */
export function whenGone(response: Response): AbortSignal {
  const controller = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
