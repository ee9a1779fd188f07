/** What the manager or a launcher says, for people: the moments in it, told in UTC, by the reader's own clock. */
import { zonedTime } from './amounts';
import { printable } from './text-width';

const MOMENT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

export const sentence = (said: string): string =>
  printable(said).replaceAll(MOMENT, (moment) => zonedTime(Date.parse(moment)));
