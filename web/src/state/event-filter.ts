/** Which events are shown, newest first. */
import type { EventView } from '../../../protocol/views';
import { LEVELS, type Level } from './route';

/** @param level the least loud one shown */
export function eventsShown(events: readonly EventView[], asked: { text: string; level: Level }): EventView[] {
  const words = asked.text.toLowerCase().split(/\s+/).filter(Boolean);
  const least = LEVELS.indexOf(asked.level);
  return events
    .filter((event) => LEVELS.indexOf(event.level) >= least && words.every((word) => textOf(event).includes(word)))
    .reverse();
}

export const eventsOf = (events: readonly EventView[], workerId: string, process: string): EventView[] =>
  events
    .filter((event) => event.worker_id === workerId && (event.process === process || event.process === null))
    .reverse();

export const eventsOfWorker = (events: readonly EventView[], workerId: string): EventView[] =>
  events.filter((event) => event.worker_id === workerId).reverse();

const textOf = (event: EventView): string =>
  `${event.message} ${event.kind} ${event.by} ${event.worker_id ?? ''}/${event.process ?? ''}`.toLowerCase();
