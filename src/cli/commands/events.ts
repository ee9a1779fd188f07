/** `procguard events`: what happened, and with -f what happens. */
import { Option, type Command } from 'commander';
import type { EventView } from '../../../protocol/views';
import { act, asCount, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { FreshEvents } from '../fresh-events';
import { stayConnected } from '../live-feed';
import { eventLine } from '../print/event-line';

const LEVELS = ['info', 'warning', 'error'] as const;
type Level = (typeof LEVELS)[number];

interface EventsFlags {
  readonly follow?: boolean;
  readonly lines: number;
  readonly level: Level;
  readonly node?: string;
}

export const addEvents = (program: Command): Command =>
  program
    .command('events')
    .description('what happened, oldest first')
    .option('-f, --follow', 'go on as things happen')
    .option('-n, --lines <count>', 'how many', asCount, 50)
    .addOption(new Option('--level <level>', 'this loud or louder').choices(LEVELS).default('info'))
    .option('--node <worker>', 'of one worker')
    .action(act((context: Context, flags: EventsFlags) => events(context, flags)));

async function events(context: Context, flags: EventsFlags): Promise<Exit> {
  if (!flags.follow) {
    print(context, await recent(context, flags));
    return EXIT.ok;
  }
  const fresh = new FreshEvents();
  const levels = loudEnough(flags.level);
  const tell = (events: readonly EventView[]): void =>
    print(
      context,
      events.filter(({ level, worker_id: worker }) => levels.includes(level) && (flags.node ?? worker) === worker),
    );
  return stayConnected(context.client, context.note, async (feed) => {
    feed.off('delta').on('delta', ({ events }) => tell(fresh.of(events)));
    const snapshot = await feed.emitWithAck('watch');
    if (fresh.hasBegun) return tell(fresh.of(snapshot.events));
    const newest = await recent(context, flags);
    print(context, newest);
    tell(fresh.begin(newest, snapshot.events.at(-1)?.seq ?? 0));
  });
}

/** One question for each level, because the manager answers for exactly one. */
async function recent({ client }: Context, { lines, level, node }: EventsFlags): Promise<EventView[]> {
  if (lines === 0) return [];
  const levels = level === 'info' ? [undefined] : loudEnough(level);
  const answers = await Promise.all(
    levels.map((exact) =>
      client.get<{ events: EventView[] }>('/api/events', { limit: lines, level: exact, worker: node }),
    ),
  );
  return answers
    .flatMap(({ events }) => events)
    .sort((a, b) => a.seq - b.seq)
    .slice(-lines);
}

const loudEnough = (level: Level): readonly Level[] => LEVELS.slice(LEVELS.indexOf(level));

function print({ format, print, paint }: Context, events: readonly EventView[]): void {
  if (format === 'table') print(events.map((event) => eventLine(event, paint)));
  else if (format === 'name') print(events.map(({ kind }) => kind));
  else print(events.map((event) => JSON.stringify(event)));
}
