/** Schedules as people and programs see them (protocol/schedules-http.ts). */
import type { ScheduleRow, ScheduleView } from '../../../protocol/schedules-http';
import { commandText } from '../../../protocol/process-spec';
import { jobDocumentOf } from '../jobs/document-of';
import { isOver } from '../jobs/rows';
import { shownState, whyOf } from '../jobs/shown-state';
import type { Model } from '../model';
import { timesAfter } from './calendar';
import type { Schedule } from './rows';

const COMMAND_CHARS_SHOWN = 500;
const OPEN_SHOWN = 10;
const TIMES_SHOWN = 5;

export function scheduleRow(model: Model, schedule: Schedule): ScheduleRow {
  const { name, left } = schedule;
  const nextMs = model.schedules.nextMs(name);
  return {
    name,
    cron: schedule.cron,
    time_zone: schedule.timeZone,
    state: !schedule.isEnabled ? 'paused' : nextMs === null ? 'over' : 'active',
    next_at_ms: nextMs,
    overlap: schedule.overlap,
    catch_up: schedule.catchUp,
    starts_at_ms: schedule.startsAtMs,
    ends_at_ms: schedule.endsAtMs,
    owner: schedule.owner,
    command: commandText(schedule.spec.command).slice(0, COMMAND_CHARS_SHOWN),
    last: lastOf(model, schedule),
    left_out: left === null ? null : { planned_at_ms: left.plannedAtMs, why: left.why },
    open_jobs: [...model.jobs.openOf(name)].slice(0, OPEN_SHOWN),
    submitted: schedule.submitted,
    skipped: schedule.skipped,
    missed: schedule.missed,
    created_at_ms: schedule.createdAtMs,
    changed_at_ms: schedule.changedAtMs,
  };
}

export function scheduleView(model: Model, schedule: Schedule, wallMs: number): ScheduleView {
  const fromMs = Math.max(wallMs, schedule.decidedToMs);
  return {
    ...scheduleRow(model, schedule),
    next_times_ms: schedule.isEnabled ? timesAfter(schedule, fromMs, TIMES_SHOWN) : [],
    job: { ...jobDocumentOf(schedule.spec), ...(schedule.needsApproval ? { hold: true } : {}) },
  };
}

/** As it is now, or, when it is forgotten, as it ended. */
function lastOf(model: Model, { last }: Schedule): ScheduleRow['last'] {
  if (last === null) return null;
  const { job: id, plannedAtMs, end } = last;
  const job = model.jobs.job(id);
  const row = { job_id: id, planned_at_ms: plannedAtMs };
  if (job !== null)
    return {
      ...row,
      state: shownState(model, job),
      why: whyOf(model, job),
      exit_code: job.exitCode,
      ended_at_ms: isOver(job) ? job.sinceMs : null,
    };
  if (end === null) return null;
  return { ...row, state: end.state, why: end.why, exit_code: end.exitCode, ended_at_ms: end.atMs };
}
