/**
 * A stream of server-sent events to one reader. Who does not read is cut off: what waits for him is the manager's memory. What
 * is written behind its end is dropped, because a reader that stands still keeps an ended stream open.
 */
import type { ServerResponse } from 'node:http';

/** What waits for one that does not read. */
const UNREAD_BYTES_MAX = 2 ** 20;
/** What was written before the end may still be read for this long. */
const END_PATIENCE_MS = 10_000;

export class EventStream {
  #isOver = false;

  constructor(private readonly response: ServerResponse) {
    response.on('error', () => {}); // it is gone, and `close` says so
  }

  write(text: string): void {
    if (this.#isOver || this.response.destroyed) return;
    // Before it is written: one event may be longer, and is whoever's reads.
    if (this.response.writableLength > UNREAD_BYTES_MAX) return void this.response.destroy();
    this.response.write(text);
  }

  say(event: string, data: unknown, id: number | string | null = null): void {
    this.write(`event: ${event}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.response.end();
    const patience = setTimeout(() => this.response.destroy(), END_PATIENCE_MS).unref();
    this.response.on('close', () => clearTimeout(patience));
  }
}
