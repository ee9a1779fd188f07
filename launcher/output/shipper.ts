/**
 * Ships output bytes to the manager: ranges of files, one request at a time per stream and a few in all, taken in turn so
 * that one loud process does not silence the others. Offsets make it exactly once; the manager's word on where it stands
 * is always believed. What is lost here is declared there, by the same offsets. Memory: one piece per request under way,
 * whatever the children write.
 *
 * Files do not grow without bound: what the manager has is freed once it is much.
 */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { ProcessName, RunId } from '../../protocol/ids';
import { OUTPUT_PATH, OutputReply } from '../../protocol/link';
import { streamKey, type OutputStream } from '../../protocol/output-stream';
import { LIMITS } from '../../protocol/limits';
import { waitMs } from '../link/backoff';
import type { ManagerAddress, Reply } from '../link/manager-address';
import type { RunDirectory } from '../store/run-directory';
import { Tail, type Due, type TailOf } from './tail';

/** A piece. Half the protocol's limit: large enough for 300 MB/s, small enough to take turns. */
const PIECE_BYTES = Math.min(LIMITS.outputChunkBytesMax, 4 * 1024 * 1024);
/** From this much on a piece is sent at once, without waiting for more. */
const WORTH_SENDING_BYTES = PIECE_BYTES / 4;
const IN_FLIGHT_MAX = 3;
const TIMEOUT_MS = 30_000;
const AFTER_FAILURE = { firstMs: 200, mostMs: 5_000 };
/**
 * After a piece, while the child writes on: on few cores the carrying takes the child's own time, and the next piece is
 * none the worse for being full. In proportion to the child's pace, and never so long that a slow network would notice.
 */
const REST_MS_MAX = 25;
/** At this pace it rests longest. Hardly at all at a tenth of it, which shipping can keep up with. */
const REST_AT_BYTES_PER_MS = 4_000_000;
/** Freeing is a program of its own: not more often for one stream. */
const FREE_EVERY_MS = 1_000;
/** From a birth to the first look at what it wrote. */
const FIRST_LOOK_MS = 5;

const RefusalBody = z.object({ error: z.string(), code: z.string().optional() });
/**
 * A job, process or run that the manager has forgotten. Not every 404 is one: a worker that was removed registers again, and a
 * proxy before the manager knows nothing of runs.
 */
const FORGOTTEN: ReadonlySet<string | undefined> = new Set(['unknown_job', 'unknown_process', 'unknown_run']);
const isForGood = (status: number, code: string | undefined): boolean =>
  status === 410 || (status === 404 && FORGOTTEN.has(code));

/** What is left of a run that is over: one stream, in a file that nobody writes to. */
export interface EndedOutput {
  readonly process: ProcessName;
  readonly run: RunId;
  readonly file: string;
  /** That it had written when it ended, as far as is known. */
  readonly bytes: number;
}

export class OutputShipper {
  /** By `streamKey`. */
  readonly #tails = new Map<string, Tail>();
  readonly #ready: Tail[] = [];
  readonly #buffers: Buffer[] = [];
  #inFlight = 0;
  #isConnected = false;

  readonly #freedAtMs = new WeakMap<Tail, number>();
  #saidWhyNot = false;

  constructor(
    private readonly manager: ManagerAddress,
    private readonly worker: string,
    private readonly shipped: (process: ProcessName, run: RunId) => void,
    private readonly log: (level: 'info' | 'warn' | 'error', message: string) => void,
    /** More than this that the manager has is not kept in a file. */
    private readonly keepBytes: number,
  ) {}

  /** Runs whose output is not known to be shipped whole. */
  get runs(): { process: ProcessName; run: RunId }[] {
    return [...this.#tails.values()]
      .filter(({ stream, run }) => stream === 'stdout' || !this.#tails.has(run))
      .map(({ process, run }) => ({ process, run }));
  }

  /** All that is not known to be shipped whole, the oldest run first. */
  get tails(): readonly Tail[] {
    return [...this.#tails.values()].sort((a, b) => (a.run < b.run ? -1 : 1));
  }

  began(process: ProcessName, directory: RunDirectory): void {
    if (this.#tails.has(streamKey(directory.run, 'stdout'))) return;
    this.#began(process, directory, 'stdout', directory.output);
    // Made before the birth, and only for a run that is split; of one that is over, somebody may have deleted it.
    if (existsSync(directory.errors) || (directory.readEnd()?.errorBytes ?? 0) > 0)
      this.#began(process, directory, 'stderr', directory.errors);
  }

  /** The same of one that is over already, and complete. */
  ended({ process, run, file, bytes }: EndedOutput): void {
    if (!this.#tails.has(streamKey(run, 'stdout')))
      this.#follow({ process, run, stream: 'stdout', file, pid: () => null });
    this.complete(run, { stdout: bytes, stderr: 0 });
  }

  #began(process: ProcessName, directory: RunDirectory, stream: OutputStream, file: string): void {
    const pid = (): number | null => directory.readBirth()?.child.pid ?? null;
    this.#follow({ process, run: directory.run, stream, file, pid });
  }

  #follow(of: TailOf): void {
    const tail = new Tail(of, (ready) => this.#enqueue(ready));
    this.#tails.set(tail.key, tail);
    if (!this.#isConnected) return;
    // A run born while connected is new to the manager. All others wait for its word. Most of those that come by the hundred
    // are over in a moment and write little, so that the first look is often the last.
    tail.offset = 0;
    tail.lookLater(FIRST_LOOK_MS);
  }

  /** @param bytes that it had written to each when it ended, as far as is known: a file may be gone before it is shipped */
  complete(run: RunId, bytes: Readonly<Record<OutputStream, number>>): void {
    for (const tail of this.#tails.values()) {
      if (tail.run !== run) continue;
      tail.complete(bytes[tail.stream]);
      const isOver = tail.isUnwanted ? !tail.isInFlight : bytes[tail.stream] === 0 && tail.isUntouched;
      if (isOver) this.#done(tail);
      else if (tail.offset !== null) this.#enqueue(tail);
    }
  }

  /** Does something to a stream while nothing of it is on its way. False = now is not the time. */
  async whileQuiet(tail: Tail, act: () => Promise<void>): Promise<boolean> {
    if (tail.isInFlight) return false;
    tail.isInFlight = true;
    await act().finally(() => {
      tail.isInFlight = false;
      this.#after(tail);
    });
    return true;
  }

  /** The manager said what it has. */
  connected(outputBytes: Readonly<Record<string, number>>): void {
    this.#isConnected = true;
    for (const tail of this.#tails.values()) this.#start(tail, outputBytes[tail.key] ?? 0);
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
    tail.isUnwanted = false;
    this.#enqueue(tail);
  }

  #enqueue(tail: Tail): void {
    if (!this.#isConnected || tail.isInFlight || tail.isUnwanted || this.#ready.includes(tail)) return;
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
    const { gap, bytes } = await tail.due();
    if (gap !== null) return this.#declare(tail, gap);
    if (bytes === 0) return this.#free(tail);
    const buffer = this.#buffers.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
    const { offset } = tail;
    const piece = await tail.read(buffer);
    // Where the manager said meanwhile that it stands elsewhere, these are not the bytes of that place.
    const reply = tail.offset === offset ? await this.#post(tail, {}, piece) : null;
    // Given back only here: after a failure the socket may still hold the bytes.
    if (this.#buffers.length < IN_FLIGHT_MAX) this.#buffers.push(buffer);
    if (reply === null) return;
    this.#stands(tail, offset, reply);
    await this.#free(tail);
  }

  async #declare(tail: Tail, { bytes, reason }: NonNullable<Due['gap']>): Promise<void> {
    const { offset } = tail;
    const reply = await this.#post(tail, { gap: String(bytes), reason }, Buffer.alloc(0));
    if (this.#stands(tail, offset, reply) === 200) {
      tail.gapTold();
      this.log('warn', `${bytes} bytes of the output of ${tail.process} (run ${tail.run}) are lost: ${reason}`);
    }
  }

  #post(tail: Tail, more: Readonly<Record<string, string>>, body: Buffer): Promise<Reply> {
    const query = new URLSearchParams({
      worker: this.worker,
      process: tail.process,
      run: tail.run,
      ...(tail.stream === 'stdout' ? {} : { stream: tail.stream }),
      offset: String(tail.offset),
      ...more,
    });
    return this.manager.post(`${OUTPUT_PATH}?${query}`, 'application/octet-stream', body, TIMEOUT_MS);
  }

  /** Believes the manager's answer to what was sent as of `sentAt`. Answers its status. */
  #stands(tail: Tail, sentAt: number | null, { status, body }: Reply): number {
    const reply = status === 200 || status === 409 ? OutputReply.safeParse(body).data : undefined;
    if (reply === undefined) {
      const { error, code } = RefusalBody.safeParse(body).data ?? {};
      const why = error ?? `the manager answered ${status}`;
      if (isForGood(status, code)) this.#unwanted(tail, why);
      else this.#failed(tail, why);
      return status;
    }
    if (tail.offset !== null) tail.offset = reply.offset;
    // It stands where it did: it is still storing what a lost connection brought.
    if (status === 409 && reply.offset === sentAt)
      this.#failed(tail, 'the manager is busy with an earlier piece of it');
    else tail.failures = 0;
    return status;
  }

  async #free(tail: Tail): Promise<void> {
    const nowMs = performance.now();
    if (tail.freeableBytes < this.keepBytes || nowMs - (this.#freedAtMs.get(tail) ?? -Infinity) < FREE_EVERY_MS) return;
    this.#freedAtMs.set(tail, nowMs);
    const whyNot = await tail.free(this.keepBytes / 4).catch((error: Error) => error.message);
    if (whyNot === null || this.#saidWhyNot) return;
    this.#saidWhyNot = true;
    this.log('warn', `what the manager has of the output of ${tail.process} cannot be freed while it runs: ${whyNot}`);
  }

  /** Whose output it is, nobody knows any more. What is here of it goes when its run is over. */
  #unwanted(tail: Tail, why: string): void {
    tail.isUnwanted = true;
    this.log('warn', `output of ${tail.process} (run ${tail.run}) is dropped: ${why}`);
  }

  #failed(tail: Tail, why: string): void {
    if (tail.failures++ === 0 && this.#isConnected)
      this.log('warn', `output of ${tail.process} could not be shipped: ${why}; it stays here and is tried again`);
  }

  /** What the tail does next: go on, tick, watch, or be done. */
  #after(tail: Tail): void {
    if (!this.#isConnected || tail.offset === null) return tail.close();
    if (tail.isUnwanted) return tail.isComplete ? this.#done(tail) : tail.rest();
    if (tail.failures > 0) return tail.lookLater(waitMs(AFTER_FAILURE, tail.failures - 1, Math.random()));
    void tail.due().then(
      (due) => this.#goOn(tail, due),
      () => tail.lookLater(AFTER_FAILURE.mostMs),
    );
  }

  #goOn(tail: Tail, { gap, bytes }: Due): void {
    if (!this.#isConnected || tail.offset === null || tail.isInFlight) return;
    if (gap !== null || (bytes > 0 && tail.isComplete)) return this.#enqueue(tail);
    if (bytes >= WORTH_SENDING_BYTES) return this.#rest(tail);
    if (bytes > 0) return tail.lookLater();
    if (tail.isComplete) return this.#done(tail);
    // What could not be freed so soon after the last time is freed now that it is quiet: a full disk makes it quiet.
    if (tail.freeableBytes >= this.keepBytes) return tail.lookLater(FREE_EVERY_MS);
    tail.watch();
    // A write between the look and the watch would never be heard of.
    void tail.due().then(
      (missed) => {
        if (missed.gap !== null || missed.bytes > 0 || tail.isComplete) this.#enqueue(tail);
      },
      () => tail.lookLater(AFTER_FAILURE.mostMs),
    );
  }

  #rest(tail: Tail): void {
    const restMs = REST_MS_MAX * Math.min(1, tail.bytesPerMs / REST_AT_BYTES_PER_MS);
    if (restMs < 1) this.#enqueue(tail);
    else tail.lookLater(restMs);
  }

  #done(tail: Tail): void {
    tail.close();
    this.#tails.delete(tail.key);
    if (this.#tails.size === 0) this.#buffers.length = 0;
    if (!this.tails.some(({ run }) => run === tail.run)) this.shipped(tail.process, tail.run);
  }

  close(): void {
    this.disconnected();
  }
}
