/** A planned time has come, or somebody wants it now. The schedule moves on in the same facts that submit its job. */
import { Refusal } from '../../../protocol/errors';
import type { CommandOf, Decision } from '../commands';
import type { Job } from '../jobs/rows';
import type { Model } from '../model';
import { refused } from '../refused';
import type { CoreSettings } from '../settings';
import { moment } from '../spans';
import { dueOf } from './due';
import { unknownSchedule } from './keeping';
import type { Schedule, Submission } from './rows';
import { submitted } from './submission';
import type { Firing, ScheduleFact } from './words';

/** Nothing when it is decided already, was paused, or is gone. */
export function fireSchedule(
  model: Model,
  { name, wallMs }: CommandOf<'fireSchedule'>,
  settings: CoreSettings,
  nowMs: number,
): Decision<'fireSchedule'> {
  const schedule = model.schedules.get(name);
  const due = schedule === null ? null : dueOf(schedule, wallMs);
  if (schedule === null || due === null || due.kind === 'nothing') return { facts: [], effects: [], reply: null };
  if (due.kind === 'set-back') {
    const why = `the clock was set back to ${moment(wallMs)}; its times are counted from there`;
    return alone(set(schedule, { decidedToMs: wallMs }, { kind: 'set-back', missed: 0 }, why));
  }
  const { plannedAtMs, missed } = due;
  const counted = { decidedToMs: plannedAtMs, missed: schedule.missed + missed };
  if (due.kind === 'missed') {
    const why = `its time ${moment(plannedAtMs)} went by while the manager was away, and catch_up is none`;
    return alone(set(schedule, { ...counted, left: { plannedAtMs, why } }, { kind: 'missed', missed }, why));
  }
  const done = submitted(model, schedule, { plannedAtMs }, settings, nowMs);
  if (!(done instanceof Refusal))
    return {
      facts: [
        ...done.facts,
        set(schedule, { ...counted, ...newest(schedule, done.job, plannedAtMs) }, { kind: 'submitted', missed }),
      ],
      effects: done.effects,
      reply: null,
    };
  const left = { plannedAtMs, why: done.message };
  const isFirst = schedule.left === null;
  return done.code === 'job_state'
    ? alone(
        set(
          schedule,
          { ...counted, left, skipped: schedule.skipped + 1 },
          { kind: 'skipped', missed, isFirst },
          left.why,
        ),
      )
    : alone(set(schedule, { ...counted, left }, { kind: 'refused', missed, isFirst }, left.why));
}

/** @returns Refusal unknown_schedule, job_state: one of its jobs is not over; queue_full; forbidden */
export function runSchedule(
  model: Model,
  { name, by, hold, wallMs }: CommandOf<'runSchedule'>,
  settings: CoreSettings,
  nowMs: number,
): Decision<'runSchedule'> {
  const schedule = model.schedules.get(name);
  if (schedule === null) return refused(unknownSchedule(model, name));
  const plannedAtMs = Math.floor(wallMs / 1000) * 1000;
  const done = submitted(model, schedule, { plannedAtMs, by, hold }, settings, nowMs);
  if (done instanceof Refusal) return refused(done);
  const { facts, effects, job } = done;
  const moved = set(schedule, newest(schedule, job, plannedAtMs), { kind: 'submitted', missed: 0 });
  return { facts: [...facts, moved], effects, reply: job };
}

/** Its newest job is over: how it ended is kept, for the job may be forgotten before there is another. */
export function afterScheduled(
  { schedules }: Model,
  { id, schedule: planned, state, exitCode, sinceMs }: Job,
): ScheduleFact[] {
  const schedule = planned === undefined ? null : schedules.get(planned.name);
  if (schedule?.last?.job !== id || !('why' in state)) return [];
  const end: Submission['end'] = { state: state.kind, why: state.why, exitCode, atMs: sinceMs };
  return [set(schedule, { last: { ...schedule.last, end } }, null)];
}

const newest = ({ submitted: count }: Schedule, { id }: Job, plannedAtMs: number): Partial<Schedule> => ({
  last: { job: id, plannedAtMs, end: null },
  left: null,
  submitted: count + 1,
});

const set = (schedule: Schedule, changes: Partial<Schedule>, firing: Firing | null, why = ''): ScheduleFact => ({
  kind: 'schedule.set',
  schedule: { ...schedule, ...changes },
  firing,
  why,
});

const alone = (fact: ScheduleFact): Decision<'fireSchedule'> => ({ facts: [fact], effects: [], reply: null });
