/** Schedules in lines. */
import type { ScheduleRow } from '../../../protocol/schedules-http';
import { age, zonedTime } from './amounts';
import { JOB_STATE_COLOUR } from './job-table';
import type { Colour, Paint } from './paint';
import type { Cell, Column, Row } from './table';

export const SCHEDULE_STATE_COLOUR: Readonly<Record<ScheduleRow['state'], Colour | null>> = {
  active: 'green',
  paused: 'yellow',
  over: 'dim',
};

export const SCHEDULE_COLUMNS: readonly Column[] = [
  { title: 'SCHEDULE' },
  { title: 'STATE' },
  { title: 'CRON' },
  { title: 'ZONE', dropAt: 3 },
  { title: 'NEXT' },
  { title: 'LAST', dropAt: 4 },
  { title: 'AGO', align: 'right', dropAt: 2 },
  { title: 'OWNER', dropAt: 1 },
  { title: 'COMMAND', isRest: true },
];

export const scheduleRows = (schedules: readonly ScheduleRow[], nowMs: number): Row[] =>
  schedules.map((schedule) => [
    schedule.name,
    { text: schedule.state, colour: SCHEDULE_STATE_COLOUR[schedule.state] },
    schedule.cron,
    schedule.time_zone,
    schedule.next_at_ms === null ? '-' : zonedTime(schedule.next_at_ms),
    lastCell(schedule),
    schedule.last === null ? '-' : age(nowMs - schedule.last.planned_at_ms),
    schedule.owner,
    schedule.command,
  ]);

const lastCell = ({ last }: ScheduleRow): Cell =>
  last === null ? { text: '-', colour: null } : { text: last.state, colour: JOB_STATE_COLOUR[last.state] };

/** `nightly active: next 2026-01-31 03:00:00 +01:00`. */
export function scheduleLine({ name, state, next_at_ms: nextMs }: ScheduleRow, paint: Paint): string {
  const next = nextMs === null ? '' : `: next ${zonedTime(nextMs)}`;
  return `${name} ${paint(state, SCHEDULE_STATE_COLOUR[state])}${next}`;
}
