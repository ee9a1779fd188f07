/** Lines of an attempt's output: out of the log store, or kept with the attempt where its worker sent it with the result. */
import { attemptProcess } from '../../../protocol/jobs';
import type { z } from 'zod';
import type { JobLogsQuery, JobLogsReply } from '../../../protocol/jobs-http';
import type { Attempt } from '../../core/jobs/rows';
import type { LogLine } from '../../engine/log-store-port';
import type { HttpParts } from './route';
import { parseSince } from './since';

type Line = JobLogsReply['lines'][number];
type Wanted = Pick<z.output<typeof JobLogsQuery>, 'limit' | 'since' | 'grep' | 'stream'>;

/** Lines of one answer. Whoever wants more reads ranges (/api/logs). */
const LINES_MAX = 1_000_000;

export async function linesOf(
  { logs, engine }: HttpParts,
  attempt: Attempt,
  { limit, since, grep, stream }: Wanted,
  signal: AbortSignal,
): Promise<Line[]> {
  const lines = limit === 0 ? LINES_MAX : limit;
  if (attempt.output !== null) return keptLines(attempt.output, { grep, stream }).slice(-lines);
  const { run, worker } = attempt;
  if (run === null) return [];
  const process = attemptProcess(attempt.id);
  const among = { stream, run, signal, ...(since === undefined ? {} : { sinceMs: parseSince(since, engine.nowMs) }) };
  if (grep === undefined) return (await logs.tail(worker, process, { ...among, lines })).map(shown);
  const newest: Line[] = [];
  for await (const { stream: from, atMs, line } of logs.search([{ worker, process }], {
    ...among,
    pattern: grep,
    regex: true,
  })) {
    newest.push({ stream: from, at_ms: atMs, text: line });
    if (newest.length > lines) newest.shift();
  }
  return newest;
}

const shown = ({ stream, atMs, text }: LogLine): Line => ({ stream, at_ms: atMs, text });

/**
 * Of workers that send their output with the result: nothing is known of when a line came. Sought as plain text: a stranger's
 * expression over it would run here, in the one loop, for as long as it likes.
 */
function keptLines(output: NonNullable<Attempt['output']>, { grep, stream }: Pick<Wanted, 'grep' | 'stream'>): Line[] {
  return (['stdout', 'stderr'] as const)
    .filter((one) => stream === 'both' || stream === one)
    .flatMap((one) => linesIn(output[one]).map((text) => ({ stream: one, at_ms: null, text })))
    .filter(({ text }) => grep === undefined || text.includes(grep));
}

const linesIn = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
