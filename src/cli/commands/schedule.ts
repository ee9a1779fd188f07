/** `procguard schedule`: one in full, or run, paused, resumed, removed. */
import type { Command } from 'commander';
import type { RunReply, ScheduleReply, SchedulesReply, ScheduleView } from '../../../protocol/schedules-http';
import { act, type Context } from '../context';
import { CliError, EXIT, exitOfResults, type Exit } from '../exit';
import { scheduleText } from '../print/schedule-text';

const VERBS = {
  run: 'submit a job of each now, beside their times',
  pause: 'submit nothing at their times until they are resumed; their jobs stay as they are',
  resume: 'go on with their next time; what went by is not caught up with',
  remove: 'forget them; their jobs stay as they are',
} as const;
type Verb = keyof typeof VERBS;

export function addSchedule(program: Command): Command {
  const schedule = program
    .command('schedule')
    .argument('<name...>')
    .description('schedules in full: their next times, their last job and how it ended')
    .option('--json', 'as -o json')
    .addHelpText(
      'after',
      `
Examples:
  procguard submit --schedule nightly --cron '0 3 * * *' --time-zone Europe/Berlin -- make report
  procguard schedule nightly
  procguard schedule run nightly           its id; \`procguard wait\` and \`procguard logs\` take it
  procguard jobs schedule=nightly          its jobs, newest first`,
    )
    .action(
      act((context: Context, names: string[], flags: { readonly json?: boolean }) =>
        show(context, names, flags.json ?? false),
      ),
    );
  for (const [verb, description] of Object.entries(VERBS))
    schedule
      .command(`${verb} <name...>`)
      .description(description)
      .action(act((context: Context, names: string[]) => forEach(context, verb as Verb, names)));
  return program;
}

async function show(
  { client, format, print, paint }: Context,
  names: readonly string[],
  isJson: boolean,
): Promise<Exit> {
  const views = await Promise.all(names.map((name) => client.get<ScheduleView>(pathOf(name))));
  if (isJson || format === 'json') print([JSON.stringify(views.length === 1 ? views[0] : views, null, 2)]);
  else if (format === 'jsonl') print(views.map((view) => JSON.stringify(view)));
  else if (format === 'name') print(views.map(({ name }) => name));
  else {
    const { now_ms: nowMs } = await client.get<SchedulesReply>('/api/schedules');
    for (const [i, view] of views.entries()) print([...(i > 0 ? [''] : []), ...scheduleText(view, nowMs, paint)]);
  }
  return EXIT.ok;
}

async function forEach(
  { client, format, print, note, paint }: Context,
  verb: Verb,
  names: readonly string[],
): Promise<Exit> {
  const results: { readonly ok: boolean }[] = [];
  for (const name of names)
    try {
      const reply = await (verb === 'remove'
        ? client.delete<ScheduleReply>(pathOf(name))
        : client.post<ScheduleReply | RunReply>(pathOf(name, `/${verb}`), {}));
      if (format === 'json' || format === 'jsonl') print([JSON.stringify(reply)]);
      else print([format !== 'name' ? reply.message : 'job_id' in reply ? reply.job_id : name]);
      results.push({ ok: true });
    } catch (error) {
      if (!(error instanceof CliError) || error.code === null) throw error;
      if (names.length === 1) throw error;
      note(paint(error.message, 'red'));
      results.push({ ok: false });
    }
  return exitOfResults(results);
}

const pathOf = (name: string, what = ''): string => `/api/schedules/${encodeURIComponent(name)}${what}`;
