/** What the log view shows, wherever it comes from: one stream of a process (LogWindow), or both merged (MergedTail). */
import type { Block } from './log-block';
import type { Store } from './store';

export interface LoadedLog {
  readonly blocks: readonly Block[];
  readonly runs: readonly { readonly runId: string }[];
  /** It does not reach the newest byte. */
  readonly detached: boolean;
  /** Lines that came so far. */
  readonly arrived: number;
}
export interface LogStatus {
  readonly window: LoadedLog | null;
  /** Of `window`: it changes in place. */
  readonly version: number;
  readonly reading: 'later' | 'earlier' | null;
  /** The last read or follow failed; the sentence. Null = all is well. */
  readonly problem: string | null;
}
export const NOTHING_READ: LogStatus = { window: null, version: 0, reading: null, problem: null };

export interface LogSource {
  readonly status: Store<LogStatus>;
  readEarlier(): void;
  readLater(): void;
  jump(runId: string, offset: number): void;
  jumpToEnd(): void;
  close(): void;
}
