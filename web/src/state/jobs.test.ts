/** Jobs in the page: the filter box, the list as it grows and changes, the form's way to a body and back, a job's time. */
import type { AttemptView, JobRow } from '../../../protocol/job-views';
import { JobBody } from '../../../protocol/jobs-http';
import { lookedAt, NO_BOARD, withTick } from './job-board';
import { bodyOf, EMPTY_JOB, JOB_TEMPLATES, jobFormOf, type JobForm } from './job-form';
import { NO_JOBS, withChanges, withHead, withMore } from './job-list';
import { isMoving, jobFilterOf, statesOf, stillMatches } from './job-query';
import { timelineOf } from './job-timeline';
import { HOME, parseRoute, routeAfter, routeSearch } from './route';

const row = (order: number, change: Partial<JobRow> = {}): JobRow => ({
  job_id: `j${order}`,
  name: 'a',
  state: 'queued',
  why: '',
  since_ms: 0,
  submitted_at_ms: 0,
  started_at_ms: null,
  ended_at_ms: null,
  owner: 'ada',
  queue: 'default',
  priority: 5,
  labels: {},
  command: 'true',
  worker_id: null,
  attempt_id: null,
  attempts: 0,
  gpus: 0,
  nodes: 1,
  exit_code: null,
  progress: null,
  array: null,
  schedule: null,
  via: 'procguard',
  order,
  ...change,
});
const rows = (...orders: number[]): JobRow[] => orders.map((order) => row(order));
const orders = ({ rows: all }: { rows: readonly JobRow[] }): number[] => all.map(({ order }) => order);

describe('the filter box of the jobs', () => {
  it('is words for the manager', () => {
    expect(jobFilterOf('state:queued  llama owner:ada label:a=1 label:b=* state:running v2 queue:')).toEqual({
      state: 'queued,running',
      owner: 'ada',
      label: 'a=1,b=*',
      q: 'llama v2',
    });
    expect(jobFilterOf(' ')).toEqual({});
  });
  it('knows its states, and which lists move by themselves', () => {
    expect([...(statesOf({ state: 'active,failed,nonsense' }) ?? [])]).toEqual([
      'assigned',
      'running',
      'stopping',
      'failed',
    ]);
    expect(statesOf({ owner: 'ada' })).toBeNull();
    expect([isMoving({ state: 'live' }), isMoving({ worker: 'w' }), isMoving({ owner: 'ada' })]).toEqual([
      true,
      true,
      false,
    ]);
    expect(stillMatches({ state: 'live' }, row(1, { state: 'failed' }))).toBe(false);
    expect(stillMatches({}, row(1, { state: 'failed' }))).toBe(true);
  });
});

describe('the list of the jobs', () => {
  const read = withHead(NO_JOBS, { jobs: rows(9, 8, 7), next: 7 });
  it('grows downwards, and a head that is read anew leaves what is deeper', () => {
    const deep = withMore(read, { jobs: rows(6, 5), next: 5 });
    const after = withHead(deep, { jobs: rows(11, 10, 9), next: 9 });
    expect(orders(after)).toEqual([11, 10, 9, 8, 7, 6, 5]);
    expect(after.next).toBe(5);
  });
  it('takes out what the head says no more, and never joins over a hole', () => {
    expect(orders(withHead(read, { jobs: rows(10, 8), next: 8 }))).toEqual([10, 8, 7]);
    const apart = withHead(read, { jobs: rows(30, 29), next: 29 });
    expect([orders(apart), apart.next]).toEqual([[30, 29], 29]);
    expect(withHead(read, { jobs: [], next: null })).toMatchObject({ rows: [], next: null, isRead: true });
  });
  it('changes the rows that were told, drops those that left, and is the same when nothing was', () => {
    const none = new Set<string>();
    const running = row(8, { state: 'running' });
    const told = { rows: new Map([['j8', running]]), gone: new Set(['j9']) };
    const after = withChanges(read, told, () => true);
    expect(after.rows).toEqual([running, row(7)]);
    expect(withChanges(after, { ...told, gone: none }, () => false)).toBe(after);
    expect(orders(withChanges(read, { ...told, gone: none }, () => false))).toEqual([9, 7]);
  });
  it('forgets what nobody looks at', () => {
    const counts = Object.fromEntries([...(statesOf({ state: 'live,over' }) ?? [])].map((state) => [state, 0]));
    const tick = { at_ms: 0, counts: counts as never, newest: 9, schedules: 2, rows: rows(9, 8), gone: ['j7'] };
    const board = lookedAt(withTick(NO_BOARD, tick), new Set(['j8']));
    expect([[...board.rows.keys()], [...board.gone], board.newest]).toEqual([['j8'], [], 9]);
  });
});

describe('the form of a job', () => {
  const bodyText = (form: JobForm): unknown => {
    const written = bodyOf(form);
    return written.kind === 'body' ? written.body : written;
  };
  it('begins as templates that the manager understands', () => {
    for (const form of Object.values(JOB_TEMPLATES)) {
      const texts = { ...form.texts, command: form.texts.command === '' ? 'true' : form.texts.command };
      expect(JobBody.safeParse(bodyText({ ...form, texts })).error).toBeUndefined();
    }
    expect(bodyText(JOB_TEMPLATES.sweep)).toMatchObject({ sweep: { lr: ['1e-3', '1e-4'] }, needs: { gpus: 1 } });
  });
  it('gives back a job as it is, with what it has no field for', () => {
    const spec = {
      name: 'n',
      command: ['a', 'b c'],
      env: { TOKEN: '********' },
      needs: { gpus: { count: 2, type: 'a100*' }, labels: { zone: 'eu' }, target: 'worker' },
      retries: { max: 3, delay: '1m' },
      timeouts: { run: '2h', grace: '5s' },
      after: ['j1', 'j2'],
      trust: '10m',
    };
    const form = jobFormOf('j7', spec);
    expect(bodyText(form)).toEqual({ ...spec, like: 'j7' });
    expect(bodyText({ ...form, texts: { ...form.texts, command: 'other', gpus: '1', gpu_type: '' } })).toMatchObject({
      command: 'other',
      needs: { gpus: 1, target: 'worker' },
    });
  });
  it('says which piece it cannot put into words', () => {
    const withText = (change: Partial<JobForm['texts']>) => ({
      ...EMPTY_JOB,
      texts: { ...EMPTY_JOB.texts, ...change },
    });
    expect(bodyOf(withText({ labels: 'team' }))).toEqual({ kind: 'bad', field: 'labels', piece: 'team' });
    expect(bodyOf(withText({ sweep: 'lr' }))).toEqual({ kind: 'bad', field: 'sweep', piece: 'lr' });
    expect(bodyOf(withText({ gpus: 'two' }))).toEqual({ kind: 'bad', field: 'gpus', piece: 'two' });
  });
});

test("a job's time is one line of waiting and running", () => {
  const attempt = (change: Partial<AttemptView>) =>
    ({ node: 0, state: 'ended', outcome: 'failed', ...change }) as AttemptView;
  const tries = [
    attempt({ started_at_ms: 10, ended_at_ms: 30 }),
    attempt({ started_at_ms: 10, ended_at_ms: 30, node: 1 }),
    attempt({ started_at_ms: 40, ended_at_ms: null, state: 'running', outcome: null }),
  ];
  expect(timelineOf(tries, 0, 100).map(({ kind, untilMs, tone }) => [kind, untilMs, tone])).toEqual([
    ['waited', 10, 'calm'],
    ['ran', 30, 'bad'],
    ['waited', 40, 'calm'],
    ['ran', 100, 'moving'],
  ]);
});

test('the address holds the open job, the filter and the form; a job takes the place of a process', () => {
  const route = { ...HOME, view: 'jobs', job: 'j_1', jobTab: 'why', jobsText: 'state:live', newJob: '' } as const;
  expect(routeSearch(route)).toBe('?view=jobs&jobs=state:live&job=j_1&show=why&submit=');
  expect(parseRoute(routeSearch(route))).toEqual(route);
  const schedule = { ...HOME, view: 'jobs', jobsPart: 'schedules', schedule: 'nightly' } as const;
  expect(routeSearch(schedule)).toBe('?view=jobs&part=schedules&schedule=nightly');
  expect(parseRoute(routeSearch(schedule))).toEqual(schedule);
  expect(routeAfter({ ...HOME, process: 'w/a', at: 'r:1' }, { job: 'j_1' })).toMatchObject({ process: null, at: null });
  expect(routeAfter(route, { worker: 'w' })).toMatchObject({ job: null, worker: 'w' });
});
