/** A log store over a fresh folder, with a clock that the test moves, closed and deleted after each test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessName, runIdOf, WorkerId } from '../../protocol/ids';
import type { LogStore, RunRef } from '../../src/engine/log-store-port';
import { openLogStore, type LogStoreOptions } from '../../src/stores/logs/log-store';

export const worker = WorkerId.parse('w1');
export const process = ProcessName.parse('api');
export const T0 = 1_700_000_000_000;

/** The n-th run of w1/api, one hour after the one before it. */
export const runRef = (n = 0): RunRef => ({ worker, process, run: runIdOf(T0 + n * 3_600_000, 'abcdefghijkl') });

export class Scratch {
  readonly dir = mkdtempSync(join(tmpdir(), 'log-store-'));
  nowMs = T0;
  /** What nobody waited for and went wrong. */
  readonly troubles: string[] = [];
  store: LogStore;

  constructor(private readonly options: Partial<LogStoreOptions> = {}) {
    this.store = this.open();
  }

  async reopen(): Promise<LogStore> {
    await this.store.close();
    return (this.store = this.open());
  }

  async dispose(): Promise<void> {
    await this.store.close();
    rmSync(this.dir, { recursive: true });
  }

  /** Stores the text as one body at the run's end. */
  async put(ref: RunRef, text: string | Buffer): Promise<void> {
    const result = await this.store.append(ref, this.store.length(ref), body(text));
    if (!result.ok) throw new Error(`not stored; the run has ${result.offset} bytes`);
  }

  private open(): LogStore {
    return openLogStore({
      dir: this.dir,
      now: () => this.nowMs,
      // The disk of whoever runs the tests may be nearly full.
      reserveBytes: 0,
      onTrouble: (sentence) => this.troubles.push(sentence),
      ...this.options,
    });
  }
}

export async function* body(...pieces: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece as string));
}

export async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

export async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** A body that the test feeds by hand. */
export class Feed implements AsyncIterable<Buffer> {
  private readonly pieces: Buffer[] = [];
  private ended: 'no' | 'well' | 'broken' = 'no';
  private wake: () => void = () => undefined;

  give(text: string): void {
    this.pieces.push(Buffer.from(text));
    this.wake();
  }
  end(how: 'well' | 'broken' = 'well'): void {
    this.ended = how;
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      for (let piece = this.pieces.shift(); piece; piece = this.pieces.shift()) yield piece;
      if (this.ended === 'broken') throw new Error('aborted');
      if (this.ended === 'well') return;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

/** Waits until the store says so, because it hears of new bytes by the same way as any viewer. */
export async function untilLength(store: LogStore, ref: RunRef, length: number): Promise<void> {
  if (store.length(ref) >= length) return;
  await new Promise<void>((resolve) => {
    const stop = store.subscribe(ref.worker, ref.process, () => {
      if (store.length(ref) < length) return;
      stop();
      resolve();
    });
  });
}
