/**
 * Keeps a MergedTail filled: the newest lines of both streams, then what is pushed, and what of that was left out. Begins
 * anew after a reconnect.
 */
import type { FollowReply, LogData } from '../../../protocol/live';
import { sentenceOf } from '../../../protocol/sentence-of';
import { OUTPUT_STREAMS } from '../state/log-choice';
import { NOTHING_READ, type LogSource, type LogStatus } from '../state/log-source';
import { MergedTail, streamKey, type Missing } from '../state/merged-tail';
import { extentOf, reasonOf } from '../state/run-extent';
import { createStore, type Store } from '../state/store';
import type { LiveSocket } from './live-socket';
import { followRequest, readRange, readRuns, readTail, type LogOf } from './logs';

/** Older ones are read stream by stream. */
const TAIL_LINES = 5_000;

export class MergedFeed implements LogSource {
  readonly status: Store<LogStatus> = createStore<LogStatus>(NOTHING_READ, (flush) => requestAnimationFrame(flush));
  private readonly key: string;
  /** Of what was begun last: answers for an earlier beginning are for lengths that have passed. */
  private abort = new AbortController();
  private tail: MergedTail | null = null;
  /** Of which missing parts are being read. */
  private filled: MergedTail | null = null;
  /** Pushed before the stored lines were here. */
  private early: LogData[] = [];

  constructor(
    private readonly socket: LiveSocket,
    private readonly of: Pick<LogOf, 'workerId' | 'process'>,
  ) {
    this.key = `${of.workerId}/${of.process}`;
    socket.on('log.data', this.onData);
    socket.on('connect', this.begin);
    if (socket.connected) this.begin();
  }

  close(): void {
    this.abort.abort();
    this.socket.off('log.data', this.onData);
    this.socket.off('connect', this.begin);
    if (this.socket.connected)
      for (const stream of OUTPUT_STREAMS) this.socket.emit('log.unfollow', followRequest({ ...this.of, stream }));
  }

  /** Nothing is loaded piece by piece here: the view's asking changes nothing. */
  readEarlier = (): void => undefined;
  readLater = (): void => {
    if (this.status.get().problem !== null) this.begin();
  };
  jump = (): void => undefined;
  jumpToEnd = (): void => undefined;

  private readonly begin = (): void => {
    this.abort.abort();
    this.abort = new AbortController();
    this.tail = null;
    this.early = [];
    const { signal } = this.abort;
    this.read(signal).catch((error: unknown) => {
      if (!signal.aborted) this.publish(sentenceOf(error));
    });
  };

  /** Followed first, read then: what falls between is in both, and its offset says so. */
  private async read(signal: AbortSignal): Promise<void> {
    const followed = await Promise.all(
      OUTPUT_STREAMS.map(async (stream) => ({ stream, reply: await this.follow(stream) })),
    );
    const lines = await readTail(this.of, TAIL_LINES, signal);
    signal.throwIfAborted();
    const lengths = followed.flatMap(({ stream, reply }) =>
      reply.runs.map((run): [string, number] => [streamKey(run.run_id, stream), run.bytes]),
    );
    const tail = new MergedTail(lines, new Map(lengths));
    this.tail = tail;
    for (const piece of this.early) this.take(tail, piece);
    this.early = [];
    this.publish(null);
  }

  private follow(stream: LogOf['stream']): Promise<FollowReply> {
    return new Promise((resolve, reject) =>
      this.socket.emit('log.follow', followRequest({ ...this.of, stream }), (answer) =>
        'error' in answer ? reject(new Error(answer.error)) : resolve(answer),
      ),
    );
  }

  private readonly onData = (piece: LogData): void => {
    if (piece.key !== this.key) return;
    if (this.tail === null) this.early.push(piece);
    else {
      this.take(this.tail, piece);
      this.publish(null);
    }
  };

  private take(tail: MergedTail, { run_id: run, stream, offset, data }: LogData): void {
    tail.offer(run, stream, offset, new Uint8Array(data));
    void this.fill(tail, this.abort.signal);
  }

  /** One read at a time. After a failure the next piece, or whoever tries again, begins it anew. */
  private async fill(tail: MergedTail, signal: AbortSignal): Promise<void> {
    if (this.filled === tail) return;
    this.filled = tail;
    let problem: string | null = null;
    for (let asked = tail.wants(); asked !== null && problem === null; asked = tail.wants()) {
      problem = await this.readMissing(tail, asked, signal).then(() => null, sentenceOf);
      if (signal.aborted) return;
      this.publish(problem);
    }
    this.filled = null;
  }

  private async readMissing(tail: MergedTail, asked: Missing, signal: AbortSignal): Promise<void> {
    const of = { ...this.of, stream: asked.stream };
    const { offset, data } = await readRange(of, asked, signal);
    const isWhole = data.length > 0 && offset <= asked.offset;
    const run = isWhole ? undefined : (await readRuns(of, signal)).find(({ run_id: id }) => id === asked.runId);
    const reason = run === undefined ? null : reasonOf(extentOf(run), asked.offset, asked.offset + asked.bytes);
    tail.fill(asked, offset, data, reason);
  }

  private publish(problem: string | null): void {
    this.status.set(() => ({ window: this.tail, version: this.tail?.version ?? 0, reading: null, problem }));
  }
}
