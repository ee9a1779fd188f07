/**
 * Which facts of schedules are news for the timeline: a time of which nothing came, the first of a row. A job that hangs would
 * otherwise fill it with its schedule's seconds; they are counted. Jobs have pages of their own.
 */
import { of, type Told } from '../event-words';
import type { ScheduleFact } from './words';

const SCHEDULER = 'scheduler';

export function scheduleEvent(fact: ScheduleFact): Told | null {
  if (fact.kind === 'schedule.removed' || fact.firing === null) return null;
  const { firing, why } = fact;
  const { name } = fact.schedule;
  if ('isFirst' in firing && !firing.isFirst) return null;
  switch (firing.kind) {
    case 'submitted':
      return null;
    case 'skipped':
      return of('info', 'schedule.skipped', null, SCHEDULER, `schedule ${name} submitted nothing: ${why}`);
    case 'refused':
      return of('error', 'schedule.refused', null, SCHEDULER, `schedule ${name} could not submit its job: ${why}`);
    case 'missed':
      return of('warning', 'schedule.missed', null, SCHEDULER, `schedule ${name}: ${why}`);
    case 'set-back':
      return of('warning', 'schedule.set-back', null, SCHEDULER, `schedule ${name}: ${why}`);
  }
}
