/** `procguard logs`: output of one process or job as it was written, or of several processes side by side. */
import type { Command } from 'commander';
import { act, asCount, type Context } from '../context';
import { CliError, EXIT, type Exit } from '../exit';
import { readFleet } from '../fleet';
import { stayConnected } from '../live-feed';
import { feedFollows } from '../log-feed';
import { LogFollow } from '../log-follow';
import {
  findRun,
  readLines,
  readRuns,
  streamLines,
  type LineQuery,
  type LogSource,
  type StoredLine,
} from '../log-lines';
import { LINES_DEFAULT, type LogsFlags } from '../logs-flags';
import { byArrival, GatheredBeginning, type LineOf } from '../log-merge';
import { lineSink, rawSink } from '../log-sinks';
import { searchLines } from '../log-search';
import { logSources } from '../log-sources';
import { lineFormat, writeOut } from '../log-writer';
import { jobLogs, jobsAmong } from '../jobs/job-logs';

export const addLogs = (program: Command): Command =>
  program
    .command('logs <selector...>')
    .description('output of processes, or of jobs')
    .option('-f, --follow', 'go on as it is written')
    .option('-n, --lines <count>', 'how many of the newest lines, default 200; `all` is everything', asLines)
    .option('--since <time>', 'not older than: 90s, 10m, 2h, 1d, or a date')
    .option('--grep <regex>', 'only lines that match; without -n all there are, as they are found')
    .option('--stderr', 'only stderr, of processes with `output: split`')
    .option('--run <id>', 'only this run; of a job, this try')
    .option('--previous', 'only the run before the newest; of a job, the try before')
    .option('-t, --timestamps', 'with the time of each line, to the second')
    .action(act((context: Context, words: string[], flags: LogsFlags) => logs(context, words, flags)));

async function logs(context: Context, words: string[], flags: LogsFlags): Promise<Exit> {
  if (flags.follow && (flags.run ?? flags.previous) !== undefined)
    throw new CliError(EXIT.usage, '-f goes on with the newest run; leave out --run and --previous');
  const grep = flags.grep === undefined ? null : asRegex(flags.grep);
  const fleet = await readFleet(context.client);
  const jobs = await jobsAmong(context.client, fleet, words);
  if (jobs !== null) return jobLogs(context, jobs, flags);
  const { sources: views, hasRemoved } = await logSources(context.client, fleet, words);
  if (views.length === 0) throw new CliError(EXIT.notFound, `No process matches ${words.join(' ')}`);
  if (flags.follow) return follow(context, views, flags, grep);
  if (isSearch(flags) && !hasRemoved) return search(context, views, flags, flags.grep ?? '');
  return isBare(context, views, flags) ? bare(context, views, flags) : sideBySide(context, views, flags);
}

/** One process, nothing added: its bytes pass as they are. */
const isBare = ({ format }: Context, views: readonly LogSource[], { timestamps }: LogsFlags): boolean =>
  views.length === 1 && format === 'table' && !timestamps;

/** Everything that matches, not the newest so many of one run: the manager searches all at once. */
const isSearch = ({ grep, lines, run, previous }: LogsFlags): boolean =>
  grep !== undefined && (lines ?? 0) === 0 && run === undefined && previous === undefined;

async function search(context: Context, views: readonly LogSource[], flags: LogsFlags, grep: string): Promise<Exit> {
  const format = lineFormat(views, look(context, flags));
  const byKey = new Map(views.map((view) => [view.key, view]));
  const query = { selector: [...byKey.keys()], q: grep, regex: true, since: flags.since, stream: streamOf(flags) };
  for await (const { key, line } of searchLines(context.client, query)) {
    const view = byKey.get(key);
    if (view) await writeOut(`${format(view, line)}\n`);
  }
  return EXIT.ok;
}

async function bare({ client }: Context, [view]: readonly LogSource[], flags: LogsFlags): Promise<Exit> {
  if (!view) return EXIT.notFound;
  const query = { ...lineQuery(flags), run: await findRun(client, view, flags) };
  for await (const piece of await streamLines(client, view, query)) await writeOut(piece);
  return EXIT.ok;
}

async function sideBySide(context: Context, views: readonly LogSource[], flags: LogsFlags): Promise<Exit> {
  const { client } = context;
  const format = lineFormat(views, look(context, flags));
  const lines = await Promise.all(
    views.map(async (view) => {
      const query = { ...lineQuery(flags), run: await findRun(client, view, flags) };
      return (await readLines(client, view, query)).map((line) => ({ view, line }));
    }),
  );
  await writeOut(
    byArrival(lines)
      .map(({ view, line }) => `${format(view, line)}\n`)
      .join(''),
  );
  return EXIT.ok;
}

async function follow(
  context: Context,
  views: readonly LogSource[],
  flags: LogsFlags,
  grep: RegExp | null,
): Promise<Exit> {
  const { client, note } = context;
  const format = lineFormat(views, look(context, flags));
  const isRaw = isBare(context, views, flags) && grep === null && (flags.stderr || !(await isSplit(context, views)));
  const write = (lines: readonly LineOf[]): Promise<void> =>
    writeOut(lines.map(({ view, line }) => `${format(view, line)}\n`).join(''));
  const sources = views.flatMap((view) =>
    (flags.stderr ? (['stderr'] as const) : (['stdout', 'stderr'] as const)).map((stream) => ({ ...view, stream })),
  );
  const { limit } = lineQuery(flags);
  const beginning = new GatheredBeginning(sources.length, limit === 0 ? Infinity : limit, write);
  const follows = sources.map((view) => {
    const print = (lines: readonly StoredLine[]): Promise<void> => write(lines.map((line) => ({ view, line })));
    const sink = isRaw ? rawSink(print, view.stream) : lineSink(print, view.stream, grep);
    const query = { ...lineQuery(flags), stream: view.stream };
    const earlier = () => (flags.lines === 0 ? Promise.resolve([]) : readLines(client, view, query));
    return new LogFollow(client, view, { ...sink, lines: (lines) => beginning.add(view, lines) }, earlier);
  });
  return stayConnected(client, note, async (feed) => {
    const { begun, broken } = feedFollows(feed, follows);
    await Promise.all([begun, broken]);
  });
}

/** Then two streams are shown as one: whole lines, for a piece of one may end in the middle of a line. */
async function isSplit({ client }: Context, views: readonly LogSource[]): Promise<boolean> {
  const runs = await Promise.all(views.map((view) => readRuns(client, { ...view, stream: 'stderr' })));
  return runs.flat().length > 0;
}

const streamOf = ({ stderr }: LogsFlags): 'stderr' | 'both' => (stderr ? 'stderr' : 'both');

const look = ({ format, paint }: Context, { timestamps = false }: LogsFlags) => ({ format, paint, timestamps });

const lineQuery = (flags: LogsFlags): LineQuery => ({
  limit: flags.lines ?? (flags.grep === undefined ? LINES_DEFAULT : 0),
  since: flags.since,
  grep: flags.grep,
  stream: streamOf(flags),
});

/** The manager takes 0 as everything. */
const asLines = (text: string): number => (text === 'all' ? 0 : asCount(text));

function asRegex(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw new CliError(EXIT.usage, `--grep: ${(error as Error).message}`);
  }
}
