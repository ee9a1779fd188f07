/** `procguard status`: one process in full, with what to do next. Exit code 1 when one of them is in trouble. */
import type { Command } from 'commander';
import type { Explanation, ProcessView } from '../../../protocol/views';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { choose, readFleet } from '../fleet';
import { readLines } from '../log-lines';
import { statusText } from '../print/status-text';

const LAST_LINES = 10;
const TROUBLE = new Set<ProcessView['state']>(['failed', 'unknown', 'backoff']);

export const addStatus = (program: Command): Command =>
  program
    .command('status <selector...>')
    .description('state, reason with its evidence, last lines and next step of processes')
    .action(act((context: Context, words: string[]) => status(context, words)));

async function status({ client, format, print, note, paint }: Context, words: string[]): Promise<Exit> {
  const fleet = await readFleet(client);
  const views = choose(fleet, words);
  if (views.length === 0) note(`No process matches ${words.join(' ')}.`);
  if (format === 'json') print([JSON.stringify(views, null, 2)]);
  else if (format === 'jsonl') print(views.map((view) => JSON.stringify(view)));
  else if (format === 'name') print(views.map(({ key }) => key));
  else
    for (const [i, view] of views.entries()) {
      const [lines, explanation] = await Promise.all([
        readLines(client, view, { limit: LAST_LINES }),
        client.get<Explanation>(`/api/explain/${encodeURIComponent(view.key)}`, { output: 0 }),
      ]);
      const lastLines = lines.map(({ text }) => text);
      const worker = fleet.workers.get(view.worker_id);
      print([
        ...(i > 0 ? [''] : []),
        ...statusText(view, worker, { explanation, lastLines, nowMs: fleet.nowMs, paint }),
      ]);
    }
  if (views.length === 0) return EXIT.notFound;
  return views.some(({ state }) => TROUBLE.has(state)) ? EXIT.failed : EXIT.ok;
}
