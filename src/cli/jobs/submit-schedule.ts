/** `procguard submit --cron`: what would be a job becomes a schedule of such jobs. */
import type { JobBody } from '../../../protocol/jobs-http';
import type { NewScheduleBody, ScheduleReply } from '../../../protocol/schedules-http';
import type { Context } from '../context';
import { CliError, EXIT, type Exit } from '../exit';
import { scheduleLine } from '../print/schedule-table';

export interface ScheduleFlags {
  readonly schedule?: string;
  readonly cron?: string;
  readonly timeZone?: string;
  readonly overlap?: NewScheduleBody['overlap'];
  readonly catchUp?: NewScheduleBody['catch_up'];
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly paused?: boolean;
  readonly replace?: boolean;
}

/** Whether a schedule is meant. @throws CliError usage: half of it is said */
export function isSchedule({ schedule, cron, ...flags }: ScheduleFlags): boolean {
  const { timeZone, overlap, catchUp, startsAt, endsAt, paused, replace } = flags;
  const others = Object.entries({ timeZone, overlap, catchUp, startsAt, endsAt, paused, replace });
  if (schedule !== undefined && cron !== undefined) return true;
  if (schedule !== undefined)
    throw new CliError(EXIT.usage, `--schedule ${schedule} needs --cron: '0 3 * * *', @daily`);
  if (cron !== undefined) throw new CliError(EXIT.usage, '--cron needs --schedule NAME');
  const [alone] = others.filter(([, value]) => value !== undefined);
  if (alone === undefined) return false;
  throw new CliError(EXIT.usage, `${flagOf(alone[0])} is of a schedule: it needs --schedule NAME and --cron`);
}

/** What is said once, for one job, has no meaning for all that come. @throws CliError usage */
export function scheduleBody(flags: ScheduleFlags, { after, ...body }: JobBody): NewScheduleBody {
  const { id, key, array, sweep, after_mode, not_before, ...job } = body;
  const once = {
    id,
    key,
    array,
    sweep,
    afterAny: after_mode,
    notBefore: not_before,
    after: after?.length ? after : undefined,
  };
  const [alone] = Object.entries(once).filter(([, value]) => value !== undefined);
  if (alone !== undefined)
    throw new CliError(
      EXIT.usage,
      `${flagOf(alone[0])} is of one job; a schedule submits one job each time, with an id of its own`,
    );
  return {
    name: flags.schedule ?? '',
    cron: flags.cron ?? '',
    time_zone: flags.timeZone,
    job,
    overlap: flags.overlap,
    catch_up: flags.catchUp,
    enabled: flags.paused ? false : undefined,
    starts_at: flags.startsAt,
    ends_at: flags.endsAt,
  };
}

export async function submitSchedule(context: Context, body: NewScheduleBody, isReplacing: boolean): Promise<Exit> {
  const { client, format, print, paint } = context;
  const { name, ...words } = body;
  const reply = isReplacing
    ? await client.put<ScheduleReply>(`/api/schedules/${encodeURIComponent(name)}`, words)
    : await client.post<ScheduleReply>('/api/schedules', body);
  if (format === 'json') print([JSON.stringify(reply, null, 2)]);
  else if (format === 'jsonl') print([JSON.stringify(reply.schedule)]);
  else print([format === 'name' ? name : scheduleLine(reply.schedule, paint)]);
  return EXIT.ok;
}

/** `afterAny` is `--after-any`. */
const flagOf = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
