/** A schedule's times: each decided once, whatever the clock does; what is submitted, skipped, replaced, caught up with. */
import { Refusal } from '../../../protocol/errors';
import { JobSpec } from '../../../protocol/jobs';
import { SEALED } from '../../../protocol/sealed-env';
import type { ScheduleName } from '../../../protocol/schedules';
import { ALICE, TestPool } from '../jobs/test-pool';
import type { NewSchedule, Schedule } from './rows';

const HOUR = 3_600_000;
const START = Date.parse('2026-01-31T12:00:00Z');

class TestCalendar extends TestPool {
  wallMs = START;

  set(more: Partial<NewSchedule> = {}): void {
    const schedule: NewSchedule = {
      name: 'hourly' as ScheduleName,
      cron: '0 * * * *',
      timeZone: 'UTC',
      startsAtMs: null,
      endsAtMs: null,
      spec: JobSpec.parse({ command: 'true' }),
      needsApproval: false,
      overlap: 'skip',
      catchUp: 'once',
      isEnabled: true,
      ...more,
    };
    const { reply } = this.ask({
      kind: 'setSchedule',
      schedule,
      owner: 'alice',
      mustBeNew: false,
      by: ALICE,
      wallMs: this.wallMs,
    });
    if (reply instanceof Refusal) throw reply;
  }

  get schedule(): Schedule {
    const schedule = this.model.schedules.get('hourly');
    if (schedule === null) throw new Error('there is no schedule');
    return schedule;
  }
  get nextMs(): number | null {
    return this.model.schedules.nextMs('hourly');
  }
  /** The ids of its jobs, oldest first. */
  get submitted(): string[] {
    return [...this.model.jobs.all.keys()];
  }

  /** The wall's clock is there now, and the engine looks. */
  clock(wallMs: number): void {
    this.wallMs = wallMs;
    for (const name of this.model.schedules.due(wallMs)) this.ask({ kind: 'fireSchedule', name, wallMs });
  }
  run() {
    return this.ask({ kind: 'runSchedule', name: 'hourly', by: ALICE, wallMs: this.wallMs }).reply;
  }
  enable(isEnabled: boolean): void {
    this.ask({ kind: 'enableSchedule', name: 'hourly', isEnabled, by: ALICE, wallMs: this.wallMs });
  }
}

let calendar: TestCalendar;
beforeEach(() => (calendar = new TestCalendar()));

test('submits a job at its time and not before, and moves on in the same turn', () => {
  calendar.set();
  expect(calendar.nextMs).toBe(START + HOUR);
  calendar.clock(START + HOUR - 1);
  expect(calendar.submitted).toEqual([]);
  calendar.clock(START + HOUR);
  expect(calendar.submitted).toEqual(['hourly.20260131T130000Z']);
  expect(calendar.job('hourly.20260131T130000Z')).toMatchObject({
    owner: 'alice',
    schedule: { name: 'hourly', plannedAtMs: START + HOUR },
  });
  expect(calendar.nextMs).toBe(START + 2 * HOUR);
  expect(calendar.schedule).toMatchObject({ submitted: 1, last: { job: 'hourly.20260131T130000Z', end: null } });
});

test('a time that is asked for twice is decided once', () => {
  calendar.set({ overlap: 'allow' });
  const wallMs = START + HOUR;
  for (let i = 0; i < 3; i++) calendar.ask({ kind: 'fireSchedule', name: 'hourly', wallMs });
  expect(calendar.submitted).toHaveLength(1);
});

test('tells its worker for which time the job is', () => {
  calendar.worker('w1');
  calendar.set();
  calendar.clock(START + HOUR + 5);
  expect(calendar.words.at(-1)?.word).toMatchObject({
    spec: { env: { PROCGUARD_SCHEDULE: 'hourly', PROCGUARD_PLANNED_AT: '2026-01-31T13:00:00Z' } },
  });
});

test('an id that somebody has already is not taken from them', () => {
  calendar.submit({}, { id: 'hourly.20260131T130000Z' });
  calendar.set();
  calendar.clock(START + HOUR);
  expect(calendar.submitted).toEqual(['hourly.20260131T130000Z', 'hourly.20260131T130000Z-2']);
});

test('how its last job ended is kept, also when the job is forgotten', () => {
  calendar.worker('w1');
  calendar.set();
  calendar.clock(START + HOUR);
  calendar.end('hourly.20260131T130000Z', 7);
  calendar.ask({ kind: 'forgetJobs', overBeforeMs: calendar.nowMs + 1, by: ALICE });
  expect(calendar.submitted).toEqual([]);
  expect(calendar.schedule.last).toMatchObject({ end: { state: 'failed', exitCode: 7, why: 'exit code 7' } });
});

describe('while a job of it is not over', () => {
  const FIRST = 'hourly.20260131T130000Z';
  const SECOND = 'hourly.20260131T140000Z';
  const twice = (overlap: Schedule['overlap']): void => {
    calendar.worker('w1', 2);
    calendar.set({ overlap });
    calendar.clock(START + HOUR);
    calendar.begin(FIRST);
    calendar.clock(START + 2 * HOUR);
  };

  test('skip submits nothing, says so, and goes on when it is over', () => {
    twice('skip');
    expect(calendar.submitted).toEqual([FIRST]);
    expect(calendar.schedule).toMatchObject({
      skipped: 1,
      left: {
        plannedAtMs: START + 2 * HOUR,
        why: expect.stringContaining(`job ${FIRST} of schedule hourly is not over`),
      },
    });
    // The timeline is told of the first of a row alone.
    calendar.clock(START + 3 * HOUR);
    expect(calendar.schedule.skipped).toBe(2);
    expect(calendar.events.filter(({ kind }) => kind === 'schedule.skipped')).toHaveLength(1);
    calendar.end(FIRST);
    calendar.clock(START + 4 * HOUR);
    expect(calendar.submitted).toEqual([FIRST, 'hourly.20260131T160000Z']);
    expect(calendar.schedule).toMatchObject({ submitted: 2, left: null });
  });

  test('allow submits another beside it', () => {
    twice('allow');
    expect([FIRST, SECOND].map((id) => calendar.state(id))).toEqual(['active', 'active']);
  });

  test('replace stops it, and the next begins when it is verified gone', () => {
    twice('replace');
    expect(calendar.words.at(-1)?.word).toMatchObject({ kind: 'stop' });
    expect(calendar.state(SECOND)).toBe('waiting');
    calendar.endAs(calendar.attempt(FIRST), 'cancelled');
    expect([FIRST, SECOND].map((id) => calendar.state(id))).toEqual(['cancelled', 'active']);
  });

  test('replace takes what only waits out of the queue', () => {
    calendar.set({ overlap: 'replace' });
    calendar.clock(START + HOUR);
    calendar.clock(START + 2 * HOUR);
    expect([FIRST, SECOND].map((id) => calendar.state(id))).toEqual(['cancelled', 'queued']);
    expect(calendar.schedule.last).toMatchObject({ job: SECOND, end: null });
  });

  test('run keeps to it', () => {
    twice('skip');
    expect(calendar.run()).toMatchObject({ code: 'job_state' });
    calendar.end(FIRST);
    expect(calendar.run()).toMatchObject({ id: SECOND });
  });
});

describe('times that went by', () => {
  test('once: the newest gets its job, the others are counted', () => {
    calendar.set();
    calendar.clock(START + 5.5 * HOUR);
    expect(calendar.submitted).toEqual(['hourly.20260131T170000Z']);
    expect(calendar.schedule).toMatchObject({ submitted: 1, missed: 4 });
    expect(calendar.nextMs).toBe(START + 6 * HOUR);
  });

  test('none is late: each gets its job, also where the engine looked after several', () => {
    calendar.set({ cron: '*/20 * * * * *', overlap: 'allow', catchUp: 'none' });
    const lookMs = START + 80_000;
    while ((calendar.nextMs ?? Infinity) <= lookMs) calendar.clock(lookMs);
    expect(calendar.submitted).toEqual(['0020', '0040', '0100', '0120'].map((at) => `hourly.20260131T12${at}Z`));
    expect(calendar.schedule).toMatchObject({ submitted: 4, missed: 0 });
  });

  test('none: nothing is submitted, and somebody can read why', () => {
    calendar.set({ catchUp: 'none' });
    calendar.clock(START + 5.5 * HOUR);
    expect(calendar.submitted).toEqual([]);
    expect(calendar.schedule).toMatchObject({ missed: 5, left: { plannedAtMs: START + 5 * HOUR } });
    expect(calendar.events.at(-1)).toMatchObject({ kind: 'schedule.missed' });
    calendar.clock(START + 6 * HOUR);
    expect(calendar.submitted).toEqual(['hourly.20260131T180000Z']);
  });

  test('none: what is late by less than a minute is on time', () => {
    calendar.set({ catchUp: 'none' });
    calendar.clock(START + HOUR + 60_000);
    expect(calendar.submitted).toEqual(['hourly.20260131T130000Z']);
    calendar.clock(START + 2 * HOUR + 60_001);
    expect(calendar.submitted).toHaveLength(1);
  });

  test('years of seconds are one job, at once', () => {
    calendar.set({ cron: '* * * * * *' });
    calendar.clock(START + 3 * 365 * 24 * HOUR);
    expect(calendar.submitted).toHaveLength(1);
    expect(calendar.nextMs).toBe(START + 3 * 365 * 24 * HOUR + 1000);
  });

  test('while it was paused, or before it was as it is, are nobody’s', () => {
    calendar.set();
    calendar.enable(false);
    expect(calendar.nextMs).toBeNull();
    calendar.clock(START + 3.5 * HOUR);
    calendar.enable(true);
    calendar.clock(START + 3.6 * HOUR);
    expect(calendar.submitted).toEqual([]);
    calendar.set({ cron: '30 * * * *' });
    calendar.clock(START + 3.7 * HOUR);
    expect(calendar.submitted).toEqual([]);
    expect(calendar.nextMs).toBe(START + 4.5 * HOUR);
  });

  test('a change of what it runs loses none', () => {
    calendar.set();
    calendar.wallMs = START + HOUR + 10;
    calendar.set({ spec: JobSpec.parse({ command: 'false' }) });
    calendar.clock(START + HOUR + 20);
    expect(calendar.job('hourly.20260131T130000Z').spec.command).toBe('false');
  });
});

describe('a clock that is set', () => {
  test('back by an hour: nothing comes twice', () => {
    calendar.set({ overlap: 'allow' });
    calendar.clock(START + HOUR);
    for (let minute = 0; minute < 119; minute++) calendar.clock(START + minute * 60_000);
    expect(calendar.submitted).toEqual(['hourly.20260131T130000Z']);
    calendar.clock(START + 2 * HOUR);
    expect(calendar.submitted).toHaveLength(2);
  });

  test('back by years: it was wrong before, and its times are counted anew', () => {
    calendar.set({ overlap: 'allow' });
    calendar.clock(START + 10 * 365 * 24 * HOUR);
    calendar.clock(START);
    expect(calendar.events.at(-1)).toMatchObject({ kind: 'schedule.set-back' });
    expect(calendar.nextMs).toBe(START + HOUR);
    calendar.clock(START + HOUR);
    expect(calendar.submitted).toHaveLength(2);
  });

  test.each<[string, () => void]>([
    ['paused and resumed', () => [false, true].forEach((isEnabled) => calendar.enable(isEnabled))],
    ['given other times', () => calendar.set({ overlap: 'allow', cron: '0,30 * * * *' })],
  ])('back by half an hour, and %s: what was decided is not run again', (_, change) => {
    calendar.set({ overlap: 'allow' });
    calendar.clock(START + HOUR);
    calendar.clock(START + HOUR / 2);
    change();
    calendar.clock(START + HOUR / 2);
    calendar.clock(START + HOUR);
    expect(calendar.submitted).toEqual(['hourly.20260131T130000Z']);
    calendar.clock(START + 2 * HOUR);
    expect(calendar.submitted).toHaveLength(2);
  });

  test('back by days: what was over by it begins again', () => {
    calendar.set({ endsAtMs: START + 24 * HOUR });
    calendar.clock(START + 72 * HOUR);
    expect(calendar.nextMs).toBeNull();
    calendar.clock(START);
    expect(calendar.nextMs).toBe(START + HOUR);
  });

  test('back by years while it is paused: resumed, it is counted anew', () => {
    calendar.set({ overlap: 'allow' });
    calendar.clock(START + 10 * 365 * 24 * HOUR);
    calendar.enable(false);
    calendar.clock(START);
    calendar.enable(true);
    expect(calendar.nextMs).toBe(START + HOUR);
  });

  test('forward: as if the manager had been away', () => {
    calendar.set({ catchUp: 'none' });
    calendar.clock(START + 24 * HOUR + 61_000);
    expect(calendar.submitted).toEqual([]);
    expect(calendar.schedule.missed).toBe(24);
  });
});

test('is over behind its end, and nothing is due', () => {
  calendar.set({ endsAtMs: START + HOUR });
  calendar.clock(START + HOUR);
  expect(calendar.nextMs).toBeNull();
  expect(calendar.model.schedules.nearestMs).toBeNull();
  calendar.clock(START + 5 * HOUR);
  expect(calendar.submitted).toHaveLength(1);
});

test('a job that is refused is said, and the next time is another chance', () => {
  calendar.set({ spec: JobSpec.parse({ command: 'true', after: ['nobody'] }) });
  calendar.clock(START + HOUR);
  expect(calendar.submitted).toEqual([]);
  expect(calendar.events.at(-1)).toMatchObject({ kind: 'schedule.refused', level: 'error' });
  expect(calendar.nextMs).toBe(START + 2 * HOUR);
});

test('a secret that no key opens is given to nobody', () => {
  calendar.set({ spec: JobSpec.parse({ command: 'true', env: { API_KEY: `${SEALED}AAAA` } }) });
  calendar.clock(START + HOUR);
  expect(calendar.submitted).toEqual([]);
  expect(calendar.events.at(-1)?.message).toContain('API_KEY of schedule hourly cannot be opened');
  expect(calendar.run()).toMatchObject({ code: 'bad_request' });
});

test('removed, its jobs stay, and it is asked for in vain', () => {
  calendar.set();
  calendar.clock(START + HOUR);
  calendar.ask({ kind: 'removeSchedule', name: 'hourly', by: ALICE, wallMs: calendar.wallMs });
  expect(calendar.submitted).toHaveLength(1);
  expect(calendar.run()).toMatchObject({ code: 'unknown_schedule' });
  expect(calendar.ask({ kind: 'fireSchedule', name: 'hourly', wallMs: START + 9 * HOUR }).turn.facts).toEqual([]);
});

test('the name of another is not taken by a new one', () => {
  calendar.set();
  const asked = { ...calendar.schedule, spec: JobSpec.parse({ command: 'false' }) };
  const command = {
    kind: 'setSchedule',
    schedule: asked,
    owner: 'bob',
    mustBeNew: true,
    by: ALICE,
    wallMs: START,
  } as const;
  expect(calendar.ask(command).reply).toMatchObject({ code: 'schedule_taken' });
  expect(calendar.schedule.owner).toBe('alice');
});
