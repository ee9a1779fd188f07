/** What people do with schedules: given, changed, paused, resumed, removed. */
import { nearest, Refusal } from '../../../protocol/errors';
import { LIMITS } from '../../../protocol/limits';
import type { CommandOf, Decision } from '../commands';
import { mayRunOn } from '../jobs/scope-of-rights';
import type { Model } from '../model';
import { refused } from '../refused';
import { calendarRefusal } from './calendar';
import { isSetBack } from './due';
import type { Schedule, Times } from './rows';
import type { ScheduleFact } from './words';

/** @returns Refusal bad_request, schedule_taken, queue_full (there are too many), forbidden */
export function setSchedule(
  model: Model,
  { schedule: asked, owner, mustBeNew, hold, wallMs }: CommandOf<'setSchedule'>,
): Decision<'setSchedule'> {
  const { name, spec } = asked;
  const known = model.schedules.get(name);
  const doubt = mayRunOn(model, spec, hold) ?? (known === null ? null : mayRunOn(model, known.spec, hold));
  if (doubt !== null) return refused(doubt);
  if (known !== null && mustBeNew)
    return refused(
      new Refusal(
        'schedule_taken',
        `schedule ${name} is there, of ${known.owner}; PUT changes it, or take another name`,
      ),
    );
  if (known === null && model.schedules.all.size >= LIMITS.schedulesMax)
    return refused(
      new Refusal('queue_full', `${LIMITS.schedulesMax} schedules are the most there may be; remove some`),
    );
  const wrong = calendarRefusal(asked, wallMs);
  if (wrong !== null) return refused(wrong);
  const schedule: Schedule = {
    ...asked,
    owner,
    createdAtMs: known?.createdAtMs ?? wallMs,
    changedAtMs: wallMs,
    decidedToMs: known === null ? wallMs : isOnAsBefore(known, asked) ? known.decidedToMs : anewFrom(known, wallMs),
    last: known?.last ?? null,
    left: known?.left ?? null,
    submitted: known?.submitted ?? 0,
    skipped: known?.skipped ?? 0,
    missed: known?.missed ?? 0,
  };
  return { facts: [changed(schedule)], effects: [], reply: { schedule, isNew: known === null } };
}

export function removeSchedule(model: Model, { name, hold }: CommandOf<'removeSchedule'>): Decision<'removeSchedule'> {
  const schedule = held(model, name, hold);
  if (schedule instanceof Refusal) return refused(schedule);
  return { facts: [{ kind: 'schedule.removed', name }], effects: [], reply: schedule };
}

/** As it is already changes nothing and is no error. */
export function enableSchedule(
  model: Model,
  { name, isEnabled, hold, wallMs }: CommandOf<'enableSchedule'>,
): Decision<'enableSchedule'> {
  const known = held(model, name, hold);
  if (known instanceof Refusal) return refused(known);
  if (known.isEnabled === isEnabled) return { facts: [], effects: [], reply: known };
  const decidedToMs = isEnabled ? anewFrom(known, wallMs) : known.decidedToMs;
  const schedule = { ...known, isEnabled, changedAtMs: wallMs, decidedToMs };
  return { facts: [changed(schedule)], effects: [], reply: schedule };
}

export function unknownSchedule({ schedules }: Model, name: string): Refusal {
  const near = nearest(name, schedules.all.keys());
  const hint = near.length === 0 ? '' : `; near to it: ${near.join(', ')}`;
  return new Refusal('unknown_schedule', `there is no schedule ${name}${hint}`);
}

function held(model: Model, name: string, hold: CommandOf<'removeSchedule'>['hold']): Schedule | Refusal {
  const schedule = model.schedules.get(name);
  if (schedule === null) return unknownSchedule(model, name);
  return mayRunOn(model, schedule.spec, hold) ?? schedule;
}

/** Times of before are no business of a calendar that is new; what was decided stays so while the clock is behind it. */
const anewFrom = (known: Schedule, wallMs: number): number =>
  isSetBack(known, wallMs) ? wallMs : Math.max(wallMs, known.decidedToMs);

const isOnAsBefore = (known: Schedule, asked: Times & Pick<Schedule, 'isEnabled'>): boolean =>
  known.isEnabled &&
  asked.isEnabled &&
  known.cron === asked.cron &&
  known.timeZone === asked.timeZone &&
  known.startsAtMs === asked.startsAtMs &&
  known.endsAtMs === asked.endsAtMs;

const changed = (schedule: Schedule): ScheduleFact => ({ kind: 'schedule.set', schedule, firing: null, why: '' });
