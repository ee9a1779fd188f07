/** `procguard nodes`: the machines. */
import type { Command } from 'commander';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { readFleet } from '../fleet';
import { NODE_COLUMNS, nodeRows } from '../print/node-table';
import { renderTable } from '../print/table';

export const addNodes = (program: Command): Command =>
  program
    .command('nodes')
    .description('machines and their launchers, those in trouble first')
    .action(act((context: Context) => nodes(context)));

async function nodes({ client, format, print, note, width, paint }: Context): Promise<Exit> {
  const { workers, processes, nowMs } = await readFleet(client);
  const views = [...workers.values()];
  if (format === 'json') print([JSON.stringify(views, null, 2)]);
  else if (format === 'jsonl') print(views.map((view) => JSON.stringify(view)));
  else if (format === 'name') print(views.map(({ worker_id: id }) => id));
  else if (views.length > 0) print(renderTable(NODE_COLUMNS, nodeRows(views, processes, nowMs), width, paint));
  else note('No node yet. On any machine: procguard worker --worker-id NAME --manager-url URL');
  return EXIT.ok;
}
