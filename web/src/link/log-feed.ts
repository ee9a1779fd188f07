/**
 * Keeps one process's LogWindow filled: follows the live tail, reads holes and history by range, one read at a time in
 * each direction. The view hears once per paint however fast the log is.
 */
import type { LogData } from '../../../protocol/live';
import { sentenceOf } from '../../../protocol/sentence-of';
import { LogWindow, type Read } from '../state/log-window';
import { NOTHING_READ, type LogSource, type LogStatus } from '../state/log-source';
import { createStore, type Store } from '../state/store';
import type { LiveSocket } from './live-socket';
import { followRequest, readRange, readRuns, type LogOf } from './logs';

export class LogFeed implements LogSource {
  readonly status: Store<LogStatus> = createStore<LogStatus>(NOTHING_READ, (flush) => requestAnimationFrame(flush));
  private readonly abort = new AbortController();
  private readonly key: string;
  private window: LogWindow | null = null;
  private later = false;
  private earlier = false;

  constructor(
    private readonly socket: LiveSocket,
    private readonly of: LogOf,
  ) {
    this.key = `${of.workerId}/${of.process}`;
    socket.on('log.data', this.onData);
    socket.on('connect', this.follow);
    if (socket.connected) this.follow();
  }

  close(): void {
    this.abort.abort();
    this.socket.off('log.data', this.onData);
    this.socket.off('connect', this.follow);
    if (this.socket.connected) this.socket.emit('log.unfollow', followRequest(this.of));
  }

  readEarlier = (): void => {
    const read = this.earlier ? null : (this.window?.wantsEarlier() ?? null);
    if (read === null) return;
    this.earlier = true;
    void this.read(read, (answer) => this.window?.placeEarlier(read, answer)).finally(() => {
      this.earlier = false;
      this.publish(null);
    });
    this.publish(null);
  };

  /** Towards the newest line. A detached window is read on only when the reader comes to its end. */
  readLater = (): void => {
    const read = this.later ? null : (this.window?.wantsLater() ?? null);
    if (read === null) return;
    this.later = true;
    void this.read(read, (answer) => this.window?.placeLater(read, answer)).then((ok) => {
      this.later = false;
      this.publish(ok ? null : this.status.get().problem);
      // After a failure nothing is tried again by itself: the next push, scroll or reconnect does. An answer that a
      // jump made useless leaves the new stretch still empty.
      if (ok && this.window !== null && (!this.window.detached || this.window.isEmpty)) this.readLater();
    });
    this.publish(null);
  };

  jump = (runId: string, offset: number): void => {
    this.window?.jump(runId, offset);
    this.readLater();
    this.publish(null);
  };

  jumpToEnd = (): void => {
    this.window?.jumpToEnd();
    this.readLater();
    this.publish(null);
  };

  private readonly follow = (): void => {
    this.socket.emit('log.follow', followRequest(this.of), (answer) => {
      if (this.abort.signal.aborted) return;
      if ('error' in answer) {
        this.publish(answer.error);
        return;
      }
      if (this.window === null) this.window = new LogWindow(answer.runs, undefined, this.of.stream);
      else this.window.learnRuns(answer.runs);
      if (!this.window.detached) this.readLater();
      this.publish(null);
    });
  };

  private readonly onData = (piece: LogData): void => {
    if (piece.key !== this.key || piece.stream !== this.of.stream || this.window === null) return;
    this.window.offer(piece.run_id, piece.offset, new Uint8Array(piece.data));
    if (!this.window.detached) this.readLater();
    this.publish(null);
  };

  private async read(read: Read, place: (answer: Awaited<ReturnType<typeof readRange>>) => void): Promise<boolean> {
    try {
      place(await readRange(this.of, read, this.abort.signal));
      if (this.window?.unexplained === true) this.window.learnRuns(await readRuns(this.of, this.abort.signal));
      this.publish(null);
      return true;
    } catch (error) {
      if (!this.abort.signal.aborted) this.publish(sentenceOf(error));
      return false;
    }
  }

  private publish(problem: string | null): void {
    const reading = this.later ? 'later' : this.earlier ? 'earlier' : null;
    this.status.set(() => ({ window: this.window, version: this.window?.version ?? 0, reading, problem }));
  }
}
