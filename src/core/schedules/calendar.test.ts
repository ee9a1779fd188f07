/** Cron's arithmetic as the library does it: what docs/schedules.md says of clock changes, and what is refused. */
import fc from 'fast-check';
import { calendarRefusal, newestIn, nextAfter, timesAfter } from './calendar';
import type { Times } from './rows';

const at = (date: string): number => Date.parse(date);
const times = (cron: string, timeZone = 'UTC', more: Partial<Times> = {}): Times => ({
  cron,
  timeZone,
  startsAtMs: null,
  endsAtMs: null,
  ...more,
});
const next = (asked: Times, after: string, count = 1): string[] =>
  timesAfter(asked, at(after), count).map((ms) => new Date(ms).toISOString().replace('.000Z', 'Z'));

describe('next times', () => {
  test.each([
    ['*/15 * * * *', '2026-01-31T23:50:00Z', ['2026-02-01T00:00:00Z', '2026-02-01T00:15:00Z']],
    ['0 3 31 * *', '2026-01-31T03:00:00Z', ['2026-03-31T03:00:00Z', '2026-05-31T03:00:00Z']],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z']],
    ['0 12 * * MON-FRI', '2026-01-30T12:00:00Z', ['2026-02-02T12:00:00Z', '2026-02-03T12:00:00Z']],
    // Either of the two day fields is enough.
    ['0 0 13 * FRI', '2026-01-09T00:00:00Z', ['2026-01-13T00:00:00Z', '2026-01-16T00:00:00Z']],
    // Quartz's way to say that a day field has no say.
    ['0 0 1 * ?', '2026-01-02T00:00:00Z', ['2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z']],
    ['0 0 ? * MON', '2026-01-31T00:00:00Z', ['2026-02-02T00:00:00Z', '2026-02-09T00:00:00Z']],
    ['0 0 * * 7', '2026-01-31T00:00:00Z', ['2026-02-01T00:00:00Z', '2026-02-08T00:00:00Z']],
    ['*/20 * * * * *', '2026-01-31T23:59:41Z', ['2026-02-01T00:00:00Z', '2026-02-01T00:00:20Z']],
    ['@daily', '2026-01-31T00:00:00Z', ['2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z']],
  ])('%s after %s', (cron, after, expected) => expect(next(times(cron), after, 2)).toEqual(expected));

  test('a moment between two seconds is behind the first of them', () => {
    expect(nextAfter(times('* * * * * *'), at('2026-01-31T12:00:00.400Z'))).toBe(at('2026-01-31T12:00:01Z'));
  });

  test('in the zone that is named, whatever the machine’s is', () => {
    expect(next(times('0 3 * * *', 'Asia/Shanghai'), '2026-01-31T12:00:00Z')).toEqual(['2026-01-31T19:00:00Z']);
    expect(next(times('0 3 * * *', 'Asia/Kathmandu'), '2026-01-31T12:00:00Z')).toEqual(['2026-01-31T21:15:00Z']);
  });

  test('within its bounds, both included', () => {
    const bounds = { startsAtMs: at('2026-03-01T03:00:00Z'), endsAtMs: at('2026-03-02T03:00:00Z') };
    expect(next(times('0 3 * * *', 'UTC', bounds), '2026-01-01T00:00:00Z', 5)).toEqual([
      '2026-03-01T03:00:00Z',
      '2026-03-02T03:00:00Z',
    ]);
  });
});

describe('a clock that is changed', () => {
  const BERLIN = 'Europe/Berlin';

  test('forward: what is left out comes when the clock has moved on, once', () => {
    expect(next(times('30 2 * * *', BERLIN), '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:30:00Z',
    ]);
    expect(next(times('*/20 2,3 * * *', BERLIN), '2026-03-28T12:00:00Z', 4)).toEqual([
      '2026-03-29T01:00:00Z',
      '2026-03-29T01:20:00Z',
      '2026-03-29T01:40:00Z',
      '2026-03-30T00:00:00Z',
    ]);
    // Where midnight is left out the day still has its time.
    expect(next(times('@daily', 'America/Havana'), '2026-03-07T12:00:00Z', 2)).toEqual([
      '2026-03-08T05:00:00Z',
      '2026-03-09T04:00:00Z',
    ]);
    expect(next(times('15 2 * * *', 'Australia/Lord_Howe'), '2026-10-03T12:00:00Z', 2)).toEqual([
      '2026-10-03T15:30:00Z',
      '2026-10-04T15:15:00Z',
    ]);
  });

  test('back: a named hour comes once, the first time, whenever one asks', () => {
    expect(next(times('30 2 * * *', BERLIN), '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-26T01:30:00Z',
    ]);
    for (const asked of ['2026-10-25T00:30:00Z', '2026-10-25T01:10:00Z', '2026-10-25T01:45:00Z'])
      expect(next(times('30 2 * * *', BERLIN), asked)).toEqual(['2026-10-26T01:30:00Z']);
  });

  test('each hour is a distance: none is left out, and the one that comes again has its times', () => {
    const quarters = next(times('*/15 * * * *', BERLIN), '2026-10-24T23:59:00Z', 13);
    expect(quarters).toEqual(
      Array.from({ length: 13 }, (_, i) =>
        new Date(at('2026-10-25T00:00:00Z') + i * 900_000).toISOString().replace('.000Z', 'Z'),
      ),
    );
    expect(next(times('30 * * * *', BERLIN), '2026-03-29T00:00:00Z', 3)).toEqual([
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:30:00Z',
      '2026-03-29T02:30:00Z',
    ]);
    expect(next(times('@hourly', BERLIN), '2026-10-25T00:00:00Z', 2)).toEqual([
      '2026-10-25T01:00:00Z',
      '2026-10-25T02:00:00Z',
    ]);
  });

  /** What the expression says, looked up for each minute of days with changes. */
  test.each([
    ['*/15 * * * *', [0, 15, 30, 45], null],
    ['7 */2 * * *', [7], [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22]],
  ] as const)('%s is never past, and is each minute that the clock of the zone shows so', (cron, minutes, hours) => {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Kathmandu'])
      for (const day of ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01']) {
        const shown = new Intl.DateTimeFormat('en', {
          timeZone: zone,
          hour: 'numeric',
          minute: 'numeric',
          hourCycle: 'h23',
        });
        const [from, to] = [at(`${day}T00:00:00Z`) - 18 * 3_600_000, at(`${day}T00:00:00Z`) + 18 * 3_600_000];
        const expected: number[] = [];
        for (let ms = from + 60_000; ms <= to; ms += 60_000) {
          const [hour = 0, minute = 0] = shown.format(ms).split(':').map(Number);
          if (minutes.includes(minute as never) && (hours?.includes(hour as never) ?? true)) expected.push(ms);
        }
        expect([zone, day, timesAfter(times(cron, zone), from, expected.length)]).toEqual([zone, day, expected]);
      }
  });

  test('whoever asks in between is told the same', () => {
    const wrong: unknown[] = [];
    for (const cron of ['30 2 * * *', '*/15 1-3 * * *', '0 0 * * *', '*/7 * * * *'])
      for (const zone of ['Europe/Berlin', 'Australia/Lord_Howe', 'America/Havana'])
        for (const day of ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01']) {
          const asked = times(cron, zone);
          const [from, to] = [at(`${day}T00:00:00Z`) - 18 * 3_600_000, at(`${day}T00:00:00Z`) + 18 * 3_600_000];
          let planned = nextAfter(asked, from) ?? 0;
          for (let ms = from; ms < to; ms += 660_000) {
            while (planned <= ms) planned = nextAfter(asked, planned) ?? Infinity;
            if (nextAfter(asked, ms) !== planned) wrong.push([cron, zone, new Date(ms).toISOString()]);
          }
        }
    expect(wrong).toEqual([]);
  });
});

test('whatever is understood is a whole second that is not past, in order, and is found again from behind', () => {
  const field = (...words: string[]) => fc.constantFrom('*', ...words);
  const expression = fc
    .tuple(
      field('0', '*/10', '5,6'),
      field('0', '5-10', '*/7', '1,2,59'),
      field('2', '1-3', '*/2', '0,12,23'),
      field('1', '31', 'L', '15W', '1-7', '29'),
      field('2', 'JAN', '4,6', '*/3'),
      field('0', '7', 'MON#5', 'FRI#L', '1-5', 'SUN-SAT'),
    )
    .map((fields) => fields.join(' '));
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Havana', 'Africa/Casablanca');
  const moment = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') });
  fc.assert(
    fc.property(expression, zone, moment, (cron, timeZone, afterMs) => {
      const asked = times(cron, timeZone);
      fc.pre(calendarRefusal(asked, afterMs) === null);
      const found = timesAfter(asked, afterMs, 4);
      for (const [i, ms] of found.entries()) {
        expect(ms).toBeGreaterThan(found[i - 1] ?? afterMs);
        expect(ms % 1000).toBe(0);
      }
      const last = found.at(-1) ?? 0;
      expect(newestIn(asked, afterMs, last)).toBe(last);
    }),
    { numRuns: 300 },
  );
});

describe('the newest of those that went by', () => {
  test.each([
    ['0 3 * * *', '2025-01-01T03:00:00Z', '2026-02-01T02:59:59Z', '2026-01-31T03:00:00Z'],
    ['* * * * * *', '2020-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z'],
    ['0 0 29 2 *', '2021-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '2024-02-29T00:00:00Z'],
  ])('%s from %s to %s', (cron, after, upTo, expected) =>
    expect(newestIn(times(cron), at(after), at(upTo))).toBe(at(expected)),
  );

  test('none, when the first is still to come', () => {
    expect(newestIn(times('0 3 * * *'), at('2026-01-31T03:00:00Z'), at('2026-02-01T02:59:59Z'))).toBeNull();
  });

  test('nor what is outside its bounds', () => {
    const ended = times('0 3 * * *', 'UTC', { endsAtMs: at('2026-01-10T12:00:00Z') });
    expect(newestIn(ended, at('2026-01-01T00:00:00Z'), at('2026-02-01T00:00:00Z'))).toBe(at('2026-01-10T03:00:00Z'));
    const begun = times('0 3 * * *', 'UTC', { startsAtMs: at('2026-02-02T00:00:00Z') });
    expect(newestIn(begun, at('2026-01-01T00:00:00Z'), at('2026-02-02T02:00:00Z'))).toBeNull();
  });
});

describe('refused', () => {
  const NOW = at('2026-01-31T12:00:00Z');
  const refusal = (asked: Times) => calendarRefusal(asked, NOW);

  test.each([
    '61 * * * *',
    '* * * *',
    '* * * * * * * *',
    'every day',
    '@reboot',
    '',
    '2026-02-01T00:00:00',
    '*/0 * * * *',
    '5-1 * * * *',
    '* * * FOO *',
  ])('the expression %j, with what is allowed', (cron) => {
    expect(refusal(times(cron))).toMatchObject({ code: 'bad_request', details: { field: 'cron' } });
    expect(refusal(times(cron))?.message).toMatch(
      /^cron: .*five fields \(minute hour day-of-month month day-of-week\)/,
    );
  });

  test('a day that never comes', () => {
    expect(refusal(times('0 0 30 2 *'))?.message).toBe('cron: "0 0 30 2 *" names a day that never comes');
  });

  test('a zone that is none', () => {
    expect(refusal(times('@daily', 'Mars/Olympus'))).toMatchObject({ details: { field: 'time_zone' } });
  });

  test('bounds between which there is nothing', () => {
    const ends = (endsAtMs: number, startsAtMs: number | null = null) =>
      refusal(times('0 3 * * *', 'UTC', { endsAtMs, startsAtMs }))?.message;
    expect(ends(NOW - 1)).toBe('ends_at: it is over already');
    expect(ends(NOW + 1000, NOW + 1000)).toBe('ends_at: it is not after starts_at');
    expect(ends(NOW + 1000)).toMatch(/^ends_at: nothing of "0 3 \* \* \*" is before it/);
    expect(ends(NOW + 24 * 3_600_000)).toBeUndefined();
    expect(refusal(times('0 3 * * *', 'UTC', { startsAtMs: at('9999-12-31T00:00:00Z') }))?.message).toMatch(
      /^starts_at: /,
    );
  });

  test('what is not understood any more is never due, and harms nobody', () => {
    expect(nextAfter(times('@daily', 'Mars/Olympus'), NOW)).toBeNull();
    expect(nextAfter(times('every day'), NOW)).toBeNull();
  });
});
