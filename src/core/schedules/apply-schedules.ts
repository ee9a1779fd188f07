/** What facts of schedules change in the model. */
import type { Touched } from '../touched';
import type { Schedules } from './schedules';
import type { ScheduleFact } from './words';

export function applySchedules(schedules: Schedules, fact: ScheduleFact, touched: Touched): void {
  if (fact.kind === 'schedule.set') schedules.set(fact.schedule);
  else schedules.remove(fact.name);
  touched.schedules.add(fact.kind === 'schedule.set' ? fact.schedule.name : fact.name);
}
