/** `procguard ls`: what there is, problems first. */
import type { Command } from 'commander';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { choose, readFleet } from '../fleet';
import { problemsFirst, processColumns, processRows } from '../print/process-table';
import { renderTable } from '../print/table';

export const addLs = (program: Command): Command =>
  program
    .command('ls [selector...]')
    .alias('list')
    .description('processes, grouped by node, problems first')
    .action(act((context: Context, words: string[]) => ls(context, words)));

async function ls({ client, format, print, note, width, paint }: Context, words: string[]): Promise<Exit> {
  const fleet = await readFleet(client);
  const views = problemsFirst(choose(fleet, words));
  if (format === 'json') print([JSON.stringify(views, null, 2)]);
  else if (format === 'jsonl') print(views.map((view) => JSON.stringify(view)));
  else if (format === 'name') print(views.map(({ key }) => key));
  else if (views.length > 0)
    print(renderTable(processColumns(views), processRows(views, fleet.workers, fleet.nowMs), width, paint));
  else if (words.length > 0) note(`No process matches ${words.join(' ')}.`);
  else
    note("No processes yet. On any machine: procguard worker --worker-id NAME --manager-url URL --command 'COMMAND'");
  return EXIT.ok;
}
