/**
 * Every way in: tried, one by one, as each kind of principal by tests/trust/permissions.test.ts, which writes
 * docs/permissions.md from it.
 */
import { LINK_EVENTS, LIVE_EVENTS, PLAIN, ROADS, type Entry } from './entry';
import { entryOf, type Route } from './http/route';

export const allEntries = (routes: readonly Route[]): Entry[] => [
  ...Object.values(PLAIN),
  ...routes.map(entryOf),
  ...Object.values(ROADS),
  ...Object.entries(LIVE_EVENTS).map(([name, permission]): Entry => ({ over: 'live', name, permission })),
  ...LINK_EVENTS.map((name): Entry => ({ over: 'link', name, permission: 'worker.link' })),
];
