/**
 * A screen that is drawn again whenever the manager tells that something changed, and at most once a second. It lies over
 * what the terminal showed and gives that back at its end. Without a terminal it is printed once.
 */
import type { Context } from './context';
import { EXIT, type Exit } from './exit';
import { stayConnected, type LiveFeed } from './live-feed';
import { Redrawing } from './redrawing';

const HEIGHT_DEFAULT = 40;
const OPEN = '\x1b[?1049h\x1b[?25l';
const CLOSE = '\x1b[?25h\x1b[?1049l';
const ENDS_IT = /[qQ\x03]/;

/**
 * @param linesOf what it shows, in so many lines
 */
export async function watchScreen(context: Context, linesOf: (height: number) => Promise<string[]>): Promise<Exit> {
  const { stdin, stdout } = process;
  // The first is asked for before the terminal is touched: it may fail as any command does.
  const first = await linesOf(heightOf(stdout));
  if (!stdout.isTTY) {
    context.print(first);
    return EXIT.ok;
  }
  const show = (lines: readonly string[]): void =>
    void stdout.write(
      `\x1b[H${lines
        .slice(0, heightOf(stdout))
        .map((line) => `${line}\x1b[K`)
        .join('\r\n')}\x1b[J`,
    );
  const redrawing = new Redrawing(async () => show(await linesOf(heightOf(stdout))));
  let isEnded = false;
  let feed: LiveFeed | null = null as LiveFeed | null;
  const restore = (): void => void stdout.write(CLOSE);
  const ended = new Promise<Exit>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(EXIT.ok));
    if (stdin.isTTY) stdin.setRawMode(true);
    stdin.on('data', (keys) => void (ENDS_IT.test(String(keys)) && resolve(EXIT.ok)));
  });
  // Keys are heard before there is anything to answer to.
  stdout.write(OPEN);
  process.once('exit', restore);
  show(first);
  stdout.on('resize', () => redrawing.ask());
  const connection = stayConnected(
    context.client,
    (line) => show([line]),
    async (connected) => {
      feed = connected;
      // It was ended before the connection was there.
      if (isEnded) return void connected.disconnect();
      connected.offAny().onAny(() => redrawing.ask());
      await connected.emitWithAck('watch');
      redrawing.ask();
    },
  );
  try {
    return await Promise.race([ended, connection, redrawing.failed]);
  } finally {
    isEnded = true;
    redrawing.end();
    feed?.disconnect();
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
    process.removeListener('exit', restore);
    restore();
  }
}

/** A terminal that does not know its size says 0. */
const heightOf = ({ rows }: NodeJS.WriteStream): number => rows || HEIGHT_DEFAULT;
