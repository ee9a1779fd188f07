/** `procguard limits`: how many jobs may run at once, of all, of a user, of a queue, of a label. */
import type { Command } from 'commander';
import type { LimitsReply } from '../../../protocol/jobs-http';
import { act, type Context } from '../context';
import { CliError, EXIT, type Exit } from '../exit';
import { renderTable, type Column } from '../print/table';

export const addLimits = (program: Command): Command =>
  program
    .command('limits [scope] [max]')
    .description('how many jobs may run at once; with a scope and a number: sets it, `none` takes it away')
    .addHelpText(
      'after',
      `
Those that the manager's configuration names (jobs.limits) are changed there alone.

Scopes: all, user:NAME, queue:NAME, label:KEY=VALUE; * in place of a name stands for each one.

Examples:
  procguard limits
  procguard limits 'user:*' 4
  procguard limits queue:night none`,
    )
    .action(act((context: Context, scope: string | undefined, max: string | undefined) => limits(context, scope, max)));

async function limits(context: Context, scope: string | undefined, max: string | undefined): Promise<Exit> {
  const { client } = context;
  if (scope === undefined) return show(context, await client.get<LimitsReply>('/api/jobs/limits'));
  if (max === undefined) throw new CliError(EXIT.usage, `${scope}: how many may run at once? A number, or none`);
  return show(context, await client.put<LimitsReply>('/api/jobs/limits', { scope, max: asMax(max) }));
}

function asMax(text: string): number | null {
  if (text === 'none') return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError(EXIT.usage, `${text} is no number of jobs; say a number, or none for no limit`);
}

const COLUMNS: readonly Column[] = [
  { title: 'SCOPE' },
  { title: 'MAX', align: 'right' },
  { title: 'RUNNING', align: 'right' },
  { title: 'SET BY' },
];

function show({ format, print, note, width, paint }: Context, { limits }: LimitsReply): Exit {
  if (format === 'json') print([JSON.stringify(limits, null, 2)]);
  else if (format === 'jsonl') print(limits.map((limit) => JSON.stringify(limit)));
  else if (format === 'name') print(limits.map(({ scope }) => scope));
  else if (limits.length === 0) note('No limit: as many jobs run as workers have room for');
  else {
    const rows = limits.map(({ scope, max, active, from }) => [
      scope,
      String(max),
      active === null ? '-' : String(active),
      from === 'api' ? 'people' : from,
    ]);
    print(renderTable(COLUMNS, rows, width, paint));
  }
  return EXIT.ok;
}
