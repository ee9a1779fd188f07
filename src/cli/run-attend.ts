/**
 * One run, attended: started, its output written as it comes, its end waited for.
 *
 * The order makes it whole: the feed is open and followed before the process is defined, so neither a byte nor the end
 * can be missed; and it is over only when all that it wrote, by its launcher's count, has been written here. A lost
 * connection changes nothing: the next one begins with what was missed.
 */
import { gapText } from '../../protocol/gap-text';
import type { OutputGap } from '../../protocol/output-gap';
import type { ProcessView } from '../../protocol/views';
import type { Context } from './context';
import { stayConnected, type LiveFeed } from './live-feed';
import { feedFollows } from './log-feed';
import { LogFollow } from './log-follow';
import type { LogSource } from './log-lines';
import { writeOut } from './log-writer';
import { endOf, removed, type RunEnd } from './run-end';

/**
 * @param start defines the process; resolves with an end when there will be none, null = it is on its way
 * @throws CliError when it cannot be started, or followed
 */
export async function attend(
  { client, note }: Context,
  source: LogSource,
  start: () => Promise<RunEnd | null>,
): Promise<RunEnd> {
  const output = {
    lines: () => Promise.resolve(),
    // Beside the output and not in it: a program may read it.
    gap: (_run: string, gap: OutputGap) => Promise.resolve(note(gapText(gap))),
    bytes: (_run: string, _at: number, bytes: Buffer) => writeOut(bytes),
  };
  const follow = new LogFollow(client, source, output, null);
  let feed: LiveFeed | null = null;
  let isAsked = false;
  let isAnswered = false;
  let view: ProcessView | null = null;
  let settle: (end: RunEnd) => void = () => undefined;
  const over = new Promise<RunEnd>((resolve) => (settle = resolve));

  const look = (): void => {
    // Until the answer is here, a process that has not begun is one that has not begun yet.
    if (view === null || (view.last_run === null && !isAnswered)) return;
    const end = endOf(view, (run) => follow.writtenOf(run));
    if (end !== null) settle(end);
  };
  const see = (rows: readonly ProcessView[]): void => {
    const next = rows.find(({ key }) => key === source.key);
    if (next === undefined) return;
    if (next.state === 'unknown' && view?.state !== 'unknown') note(`${source.key}: ${next.why}`);
    view = next;
    look();
  };
  const begin = async (): Promise<void> => {
    isAsked = true;
    const end = await start();
    isAnswered = true;
    if (end === null) look();
    else settle(end);
  };

  const connection = stayConnected(client, note, async (connected) => {
    feed = connected;
    feed.off('delta').on('delta', ({ processes, removed_processes: gone }) => {
      see(processes);
      if (gone.includes(source.key)) settle(removed(source.key));
    });
    const { processes } = await feed.emitWithAck('watch');
    if (view !== null && !processes.some(({ key }) => key === source.key)) settle(removed(source.key));
    see(processes);
    const { begun, broken } = feedFollows(feed, [follow], look);
    await Promise.all([broken, isAsked ? begun : begun.then(begin)]);
  });
  try {
    return await Promise.race([over, connection]);
  } finally {
    (feed as LiveFeed | null)?.disconnect();
  }
}
