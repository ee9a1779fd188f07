/**
 * Ships output bytes to the manager: ranges of files, one request at a time per run and a few in all, taken in turn so
 * that one loud process does not silence the others. Offsets make it exactly once; the manager's word on where it stands
 * is always believed. Memory: one piece per request under way, whatever the children write.
 */
import type { ProcessName, RunId } from '../../protocol/ids';
import { OUTPUT_PATH, OutputReply } from '../../protocol/link';
import { LIMITS } from '../../protocol/limits';
import { waitMs } from '../link/backoff';
import type { ManagerAddress } from '../link/manager-address';
import type { RunDirectory } from '../store/run-directory';
import { Tail } from './tail';

/** A piece. Half the protocol's limit: large enough for 300 MB/s, small enough to take turns. */
const PIECE_BYTES = Math.min(LIMITS.outputChunkBytesMax, 4 * 1024 * 1024);
/** From this much on a piece is sent at once, without waiting for more. */
const WORTH_SENDING_BYTES = PIECE_BYTES / 4;
const IN_FLIGHT_MAX = 3;
const TIMEOUT_MS = 30_000;
const AFTER_FAILURE = { firstMs: 200, mostMs: 5_000 };

export class OutputShipper {
  readonly #tails = new Map<RunId, Tail>();
  readonly #ready: Tail[] = [];
  readonly #buffers: Buffer[] = [];
  #inFlight = 0;
  #isConnected = false;

  constructor(
    private readonly manager: ManagerAddress,
    private readonly worker: string,
    private readonly shipped: (process: ProcessName, run: RunId) => void,
    private readonly log: (level: 'info' | 'warn' | 'error', message: string) => void,
  ) {}

  /** Runs whose output is not known to be shipped whole. */
  get runs(): { process: ProcessName; run: RunId }[] {
    return [...this.#tails.values()].map(({ process, run }) => ({ process, run }));
  }

  began(process: ProcessName, directory: RunDirectory): void {
    if (this.#tails.has(directory.run)) return;
    const tail = new Tail(process, directory.run, directory.output, (ready) => this.#enqueue(ready));
    this.#tails.set(directory.run, tail);
    // A run born while connected is new to the manager. All others wait for its word.
    if (this.#isConnected) this.#start(tail, 0);
  }

  complete(run: RunId): void {
    const tail = this.#tails.get(run);
    if (tail === undefined) return;
    tail.isComplete = true;
    if (tail.offset !== null) this.#enqueue(tail);
  }

  /** The manager said what it has. */
  connected(outputBytes: Readonly<Record<string, number>>): void {
    this.#isConnected = true;
    for (const tail of this.#tails.values()) this.#start(tail, outputBytes[tail.run] ?? 0);
  }

  disconnected(): void {
    this.#isConnected = false;
    this.#ready.length = 0;
    for (const tail of this.#tails.values()) {
      tail.rest();
      tail.offset = null;
      // Never under a read: the descriptor's number could belong to another file before the read happens.
      if (!tail.isInFlight) tail.close();
    }
  }

  #start(tail: Tail, offset: number): void {
    tail.offset = offset;
    tail.failures = 0;
    this.#enqueue(tail);
  }

  #enqueue(tail: Tail): void {
    if (!this.#isConnected || tail.isInFlight || this.#ready.includes(tail)) return;
    this.#ready.push(tail);
    this.#next();
  }

  #next(): void {
    while (this.#inFlight < IN_FLIGHT_MAX) {
      const tail = this.#ready.shift();
      if (tail === undefined) return;
      this.#inFlight += 1;
      tail.isInFlight = true;
      void this.#ship(tail)
        .catch((error: Error) => this.#failed(tail, error.message))
        .finally(() => {
          this.#inFlight -= 1;
          tail.isInFlight = false;
          this.#after(tail);
          this.#next();
        });
    }
  }

  async #ship(tail: Tail): Promise<void> {
    tail.rest();
    if (tail.offset === null || (await tail.waiting()) === 0) return;
    const buffer = this.#buffers.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
    const piece = await tail.read(buffer);
    const query = new URLSearchParams({
      worker: this.worker,
      process: tail.process,
      run: tail.run,
      offset: String(tail.offset),
    });
    const { status, body } = await this.manager.post(
      `${OUTPUT_PATH}?${query}`,
      'application/octet-stream',
      piece,
      TIMEOUT_MS,
    );
    // Given back only here: after a failure the socket may still hold the bytes.
    if (this.#buffers.length < IN_FLIGHT_MAX) this.#buffers.push(buffer);
    const reply = status === 200 || status === 409 ? OutputReply.safeParse(body).data : undefined;
    if (reply === undefined) return this.#failed(tail, `the manager answered ${status}`);
    if (tail.offset !== null) tail.offset = reply.offset;
    tail.failures = 0;
  }

  #failed(tail: Tail, why: string): void {
    if (tail.failures++ === 0 && this.#isConnected)
      this.log('warn', `output of ${tail.process} could not be shipped: ${why}; it stays here and is tried again`);
  }

  /** What the tail does next: go on, tick, watch, or be done. */
  #after(tail: Tail): void {
    if (!this.#isConnected || tail.offset === null) return tail.close();
    if (tail.failures > 0) return tail.lookLater(waitMs(AFTER_FAILURE, tail.failures - 1, Math.random()));
    void tail.waiting().then((waiting) => this.#goOn(tail, waiting));
  }

  #goOn(tail: Tail, waiting: number): void {
    if (!this.#isConnected || tail.offset === null || tail.isInFlight) return;
    if (waiting >= WORTH_SENDING_BYTES || (waiting > 0 && tail.isComplete)) return this.#enqueue(tail);
    if (waiting > 0) return tail.lookLater();
    if (tail.isComplete) return this.#done(tail);
    tail.watch();
    // A write between the look and the watch would never be heard of.
    void tail.waiting().then((missed) => {
      if (missed > 0 || tail.isComplete) this.#enqueue(tail);
    });
  }

  #done(tail: Tail): void {
    tail.close();
    this.#tails.delete(tail.run);
    if (this.#tails.size === 0) this.#buffers.length = 0;
    this.shipped(tail.process, tail.run);
  }

  close(): void {
    this.disconnected();
  }
}
