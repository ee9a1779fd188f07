/** What the address bar holds: everything one would want to send to a colleague. Pure; parts/use-route.ts moves it. */
import { JOB_ORDERS, NEWEST_FIRST, type JobOrder } from './job-query';
import { SORT_COLUMNS, BY_URGENCY, type Sort, type SortColumn } from './sort';

export const VIEWS = [
  ...(['fleet', 'jobs', 'definitions', 'events', 'recovery'] as const),
  ...(['workers', 'join', 'users', 'audit', 'account'] as const),
] as const;
export type View = (typeof VIEWS)[number];
/** What the audit page shows; empty = any. `since`: `1h`, `7d`, or a date. */
export interface AuditFilter {
  readonly type: string;
  readonly actor: string;
  readonly target: string;
  readonly since: string;
}
export const EVERY_ENTRY: AuditFilter = { type: '', actor: '', target: '', since: '' };
/** Of a process. A worker has those of WORKER_TABS. */
export const TABS = ['log', 'why', 'usage', 'events', 'details', 'definition'] as const;
export type Tab = (typeof TABS)[number];
export const WORKER_TABS = ['why', 'usage', 'events', 'details'] as const satisfies readonly Tab[];
/** Of a job. */
export const JOB_TABS = ['log', 'why', 'attempts', 'usage', 'details'] as const;
export type JobTab = (typeof JOB_TABS)[number];
/** What the page of jobs shows: those that there are, those that come by the calendar, or the machines that run them. */
export const JOBS_PARTS = ['queue', 'schedules', 'machines'] as const;
export type JobsPart = (typeof JOBS_PARTS)[number];
export const LEVELS = ['info', 'warning', 'error'] as const;
export type Level = (typeof LEVELS)[number];

export interface Route {
  readonly view: View;
  /** The filter box of the table. */
  readonly q: string;
  readonly sort: Sort;
  readonly grouped: boolean;
  /** The open process's key; null = none. At most one of process, worker and job is open. */
  readonly process: string | null;
  readonly worker: string | null;
  readonly tab: Tab;
  /** A line of the open process's output: `<run>:<offset>`, with `:stderr` where it is there; null = its end. */
  readonly at: string | null;
  /** The events page's own filter. `level` is the least loud one shown. */
  readonly eventText: string;
  readonly level: Level;
  /** The definitions page: `new`, `document`, or the key of the process whose definition is edited; null = the list. */
  readonly editing: string | null;
  readonly audit: AuditFilter;
  /** The open job's id; null = none. */
  readonly job: string | null;
  readonly jobTab: JobTab;
  /** The filter box of the jobs (job-query.ts). */
  readonly jobsText: string;
  readonly jobsSort: JobOrder;
  readonly jobsPart: JobsPart;
  /** The form of a new job: the id of the one that it begins as, '' = empty; null = it is not open. */
  readonly newJob: string | null;
  /** The form of a schedule: its name, '' = a new one; null = it is not open. */
  readonly schedule: string | null;
}

export const HOME: Route = {
  view: 'fleet',
  q: '',
  sort: BY_URGENCY,
  grouped: true,
  process: null,
  worker: null,
  tab: 'log',
  at: null,
  eventText: '',
  level: 'info',
  editing: null,
  audit: EVERY_ENTRY,
  job: null,
  jobTab: 'log',
  jobsText: '',
  jobsSort: NEWEST_FIRST,
  jobsPart: 'queue',
  newJob: null,
  schedule: null,
};
const AUDIT_KEYS = { type: 'type', actor: 'who', target: 'on', since: 'since' } as const;

export function parseRoute(search: string): Route {
  const query = new URLSearchParams(search);
  const column = oneOf(SORT_COLUMNS, query.get('sort'), BY_URGENCY.column);
  return {
    view: oneOf(VIEWS, query.get('view'), HOME.view),
    q: query.get('q') ?? '',
    sort: { column, descending: query.get('desc') === '1' },
    grouped: query.get('flat') !== '1',
    process: query.get('p'),
    worker: query.get('p') === null ? query.get('w') : null,
    tab: oneOf(TABS, query.get('tab'), HOME.tab),
    at: query.get('at'),
    eventText: query.get('eq') ?? '',
    level: oneOf(LEVELS, query.get('level'), HOME.level),
    editing: query.get('edit'),
    audit: {
      type: query.get(AUDIT_KEYS.type) ?? '',
      actor: query.get(AUDIT_KEYS.actor) ?? '',
      target: query.get(AUDIT_KEYS.target) ?? '',
      since: query.get(AUDIT_KEYS.since) ?? '',
    },
    job: (query.get('p') ?? query.get('w')) === null ? query.get('job') : null,
    jobTab: oneOf(JOB_TABS, query.get('show'), HOME.jobTab),
    jobsText: query.get('jobs') ?? '',
    jobsSort: oneOf(JOB_ORDERS, query.get('order'), HOME.jobsSort),
    jobsPart: oneOf(JOBS_PARTS, query.get('part'), HOME.jobsPart),
    newJob: query.get('submit'),
    schedule: query.get('schedule'),
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
  if (route.worker !== null) query.set('w', route.worker);
  if ((route.process ?? route.worker) !== null && route.tab !== HOME.tab) query.set('tab', route.tab);
  if ((route.process ?? route.job) !== null && route.at !== null) query.set('at', route.at);
  if (route.eventText !== '') query.set('eq', route.eventText);
  if (route.level !== HOME.level) query.set('level', route.level);
  if (route.editing !== null) query.set('edit', route.editing);
  for (const [key, word] of Object.entries(AUDIT_KEYS)) {
    const value = route.audit[key as keyof AuditFilter];
    if (value !== '') query.set(word, value);
  }
  if (route.jobsPart !== HOME.jobsPart) query.set('part', route.jobsPart);
  if (route.jobsText !== '') query.set('jobs', route.jobsText);
  if (route.jobsSort !== HOME.jobsSort) query.set('order', route.jobsSort);
  if (route.job !== null) query.set('job', route.job);
  if (route.job !== null && route.jobTab !== HOME.jobTab) query.set('show', route.jobTab);
  if (route.newJob !== null) query.set('submit', route.newJob);
  if (route.schedule !== null) query.set('schedule', route.schedule);
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%3A', ':');
  return text === '' ? '' : `?${text}`;
}

/** Is it another place (a step of the back button), or the same one looked at differently? */
export const isAnotherPlace = (before: Route, after: Route): boolean =>
  before.view !== after.view ||
  before.process !== after.process ||
  before.worker !== after.worker ||
  before.editing !== after.editing ||
  before.job !== after.job ||
  before.jobsPart !== after.jobsPart ||
  before.newJob !== after.newJob ||
  before.schedule !== after.schedule;

/** A process, a worker and a job take each other's place. */
export const routeAfter = (route: Route, change: Partial<Route>): Route => ({
  ...route,
  ...(change.process === undefined && change.job === undefined ? {} : { at: null }),
  ...(change.process == null ? {} : { worker: null, job: null }),
  ...(change.worker == null ? {} : { process: null, job: null }),
  ...(change.job == null ? {} : { process: null, worker: null, at: null }),
  ...change,
});

function oneOf<T extends string>(known: readonly T[], word: string | null, otherwise: T): T {
  return known.find((one) => one === word) ?? otherwise;
}
