/** What the address bar holds: everything one would want to send to a colleague. Pure; parts/use-route.ts moves it. */
import { SORT_COLUMNS, BY_URGENCY, type Sort, type SortColumn } from './sort';

export const VIEWS = ['fleet', 'events', 'recovery', 'join'] as const;
export type View = (typeof VIEWS)[number];
export const TABS = ['log', 'events', 'details'] as const;
export type Tab = (typeof TABS)[number];
export const LEVELS = ['info', 'warning', 'error'] as const;
export type Level = (typeof LEVELS)[number];

export interface Route {
  readonly view: View;
  /** The filter box of the table. */
  readonly q: string;
  readonly sort: Sort;
  readonly grouped: boolean;
  /** The open process's key; null = none. */
  readonly process: string | null;
  readonly tab: Tab;
  /** The events page's own filter. `level` is the least loud one shown. */
  readonly eventText: string;
  readonly level: Level;
}

export const HOME: Route = {
  view: 'fleet',
  q: '',
  sort: BY_URGENCY,
  grouped: true,
  process: null,
  tab: 'log',
  eventText: '',
  level: 'info',
};

export function parseRoute(search: string): Route {
  const query = new URLSearchParams(search);
  const column = oneOf(SORT_COLUMNS, query.get('sort'), BY_URGENCY.column);
  return {
    view: oneOf(VIEWS, query.get('view'), HOME.view),
    q: query.get('q') ?? '',
    sort: { column, descending: query.get('desc') === '1' },
    grouped: query.get('flat') !== '1',
    process: query.get('p'),
    tab: oneOf(TABS, query.get('tab'), HOME.tab),
    eventText: query.get('eq') ?? '',
    level: oneOf(LEVELS, query.get('level'), HOME.level),
  };
}

/** Only what differs from the home page is written. Begins with `?`, or is empty. */
export function routeSearch(route: Route): string {
  const query = new URLSearchParams();
  if (route.view !== HOME.view) query.set('view', route.view);
  if (route.q !== '') query.set('q', route.q);
  if (route.sort.column !== BY_URGENCY.column) query.set('sort', route.sort.column satisfies SortColumn);
  if (route.sort.descending) query.set('desc', '1');
  if (!route.grouped) query.set('flat', '1');
  if (route.process !== null) query.set('p', route.process);
  if (route.process !== null && route.tab !== HOME.tab) query.set('tab', route.tab);
  if (route.eventText !== '') query.set('eq', route.eventText);
  if (route.level !== HOME.level) query.set('level', route.level);
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%3A', ':');
  return text === '' ? '' : `?${text}`;
}

/** Is it another place (a step of the back button), or the same one looked at differently? */
export const isAnotherPlace = (before: Route, after: Route): boolean =>
  before.view !== after.view || before.process !== after.process;

function oneOf<T extends string>(known: readonly T[], word: string | null, otherwise: T): T {
  return known.find((one) => one === word) ?? otherwise;
}
