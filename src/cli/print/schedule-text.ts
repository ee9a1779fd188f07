/** `procguard schedule`: one in full. When, what, its last job, its next times. */
import type { ScheduleView } from '../../../protocol/schedules-http';
import { age, localTime, zonedTime } from './amounts';
import { JOB_STATE_COLOUR } from './job-table';
import type { Paint } from './paint';
import { SCHEDULE_STATE_COLOUR } from './schedule-table';
import { padEnd, printable } from './text-width';

export function scheduleText(schedule: ScheduleView, nowMs: number, paint: Paint): string[] {
  const { name, state, last, left_out: left } = schedule;
  const lastText =
    last === null
      ? []
      : [
          `${last.job_id}  ${paint(last.state, JOB_STATE_COLOUR[last.state])}${last.why === '' ? '' : `: ${printable(last.why)}`}`,
          `for ${localTime(last.planned_at_ms)}, ${age(nowMs - last.planned_at_ms)} ago`,
        ];
  return [
    `${paint(name, 'bold')}  ${paint(state, SCHEDULE_STATE_COLOUR[state])}`,
    ...named('when', [`${schedule.cron} (${schedule.time_zone})${boundsText(schedule)}`]),
    ...named('overlap', [`${schedule.overlap}; catch up ${schedule.catch_up}`]),
    ...named('command', [printable(schedule.command)]),
    ...named('owner', [printable(schedule.owner)]),
    ...named('next', schedule.next_times_ms.map(zonedTime)),
    ...named('last', lastText),
    ...named('left out', left === null ? [] : [`${localTime(left.planned_at_ms)}: ${printable(left.why)}`]),
    ...named('open', schedule.open_jobs),
    ...named('so far', [`${schedule.submitted} submitted, ${schedule.skipped} skipped, ${schedule.missed} missed`]),
  ];
}

const boundsText = ({ starts_at_ms: from, ends_at_ms: to }: ScheduleView): string =>
  `${from === null ? '' : `, from ${zonedTime(from)}`}${to === null ? '' : `, until ${zonedTime(to)}`}`;

const NAME_WIDTH = 9;
const named = (name: string, values: readonly string[]): string[] =>
  values.map((value, i) => `  ${padEnd(i === 0 ? name : '', NAME_WIDTH)} ${value}`);
