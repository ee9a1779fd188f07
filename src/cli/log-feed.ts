/** What the manager pushes of processes' output, brought to those who follow it (log-follow.ts). */
import type { OutputStream } from '../../protocol/output-stream';
import { CliError, EXIT } from './exit';
import type { LiveFeed } from './live-feed';
import type { LogFollow } from './log-follow';

export interface Fed {
  /** All that was stored is written; from here on pieces come. */
  readonly begun: Promise<void>;
  /** Rejects when something can be neither read nor written; never resolves. */
  readonly broken: Promise<never>;
}

/**
 * For one connection; after each lost one it is called again.
 * @param onWritten after each piece
 */
export function feedFollows(
  feed: LiveFeed,
  follows: readonly LogFollow[],
  onWritten: () => void = () => undefined,
): Fed {
  const byName = new Map(follows.map((one) => [nameOf(one.source.key, one.source.stream), one]));
  const broken = new Promise<never>((_resolve, reject) => {
    // A manager that went away while a range was read is waited for: the next connection reads it again.
    const fail = (error: unknown): void => {
      if (!(error instanceof CliError && error.exit === EXIT.unreachable)) reject(error);
    };
    feed.off('log.data').on('log.data', ({ key, run_id: run, stream, offset, data }) => {
      byName.get(nameOf(key, stream))?.piece(run, offset, Buffer.from(data)).then(onWritten, fail);
    });
  });
  const begun = follows.map(async (one) => {
    const { worker_id, process, stream = 'stdout' } = one.source;
    const answer = await feed.emitWithAck('log.follow', { worker_id, process, stream });
    if ('error' in answer) throw new CliError(EXIT.failed, answer.error);
    await one.connected(answer.runs);
  });
  return { begun: Promise.all(begun).then(onWritten), broken };
}

const nameOf = (key: string, stream: OutputStream = 'stdout'): string => `${key} ${stream}`;
