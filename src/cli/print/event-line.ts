/** `procguard events`: one line each, the columns at fixed places so that a stream stays readable. */
import type { EventView } from '../../../protocol/views';
import { localTime } from './amounts';
import type { Colour, Paint } from './paint';
import { sentence } from './sentence';
import { padEnd, printable } from './text-width';

const COLOUR: Readonly<Record<EventView['level'], Colour | null>> = { info: null, warning: 'yellow', error: 'red' };

export function eventLine(event: EventView, paint: Paint): string {
  const subject = [event.worker_id, event.process].filter((name) => name !== null).join('/');
  const level = paint(padEnd(event.level, 7), COLOUR[event.level]);
  const time = paint(localTime(event.at_ms), 'dim');
  return `${time}  ${level}  ${padEnd(event.kind, 20)}  ${padEnd(printable(subject), 16)}  ${sentence(event.message)}  (${printable(event.by)})`;
}
