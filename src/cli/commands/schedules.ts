/** `procguard schedules`: jobs by the calendar, by name. */
import type { Command } from 'commander';
import type { SchedulesReply } from '../../../protocol/schedules-http';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { renderTable } from '../print/table';
import { SCHEDULE_COLUMNS, scheduleRows } from '../print/schedule-table';

export const addSchedules = (program: Command): Command =>
  program
    .command('schedules')
    .description('schedules: when each is next, and how its last job ended')
    .option('--json', 'as -o json')
    .action(act((context: Context, { json }: { readonly json?: boolean }) => schedules(context, json ?? false)));

async function schedules({ client, format, print, note, width, paint }: Context, isJson: boolean): Promise<Exit> {
  const { schedules: rows, now_ms: nowMs } = await client.get<SchedulesReply>('/api/schedules');
  if (isJson || format === 'json') print([JSON.stringify(rows, null, 2)]);
  else if (format === 'jsonl') print(rows.map((row) => JSON.stringify(row)));
  else if (format === 'name') print(rows.map(({ name }) => name));
  else if (rows.length > 0) print(renderTable(SCHEDULE_COLUMNS, scheduleRows(rows, nowMs), width, paint));
  else note("No schedule yet. Make one: procguard submit --schedule NAME --cron '0 3 * * *' -- COMMAND");
  return EXIT.ok;
}
