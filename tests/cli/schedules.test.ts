/** Schedules from the command line: made, listed, shown, run, paused, removed. */
import { until } from '../harness/until';
import { ProgramsHere } from './programs-here';

let here: ProgramsHere;
beforeAll(async () => {
  here = new ProgramsHere();
  await here.startManager();
  await here.startWorker('w1', [], '--slots', '2');
  await until('the worker to be connected', 60_000, async () => /^w1 +idle/m.test((await cli('nodes')).out));
});
afterAll(() => here.stop());

const cli = (...args: string[]) => here.cli(...args);

// Its time is seldom: none comes while it is looked at.
test('submit --cron makes one, and its flags are all there', async () => {
  const made = await cli(
    ...[
      'submit',
      '--schedule',
      'nightly',
      '--cron',
      '0 3 1 1 *',
      '--time-zone',
      'Asia/Shanghai',
      '--overlap',
      'replace',
    ],
    ...['--catch-up', 'none', '--ends-at', '2100-01-01T00:00:00Z', '--retries', '2', '--', 'echo', 'a b'],
  );
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toMatch(/^nightly active: next \d{4}-12-31 19:00:00 \+00:00\n$/);
  expect(JSON.parse((await cli('schedule', 'nightly', '-o', 'json')).out)).toMatchObject({
    name: 'nightly',
    cron: '0 3 1 1 *',
    time_zone: 'Asia/Shanghai',
    overlap: 'replace',
    catch_up: 'none',
    ends_at_ms: Date.UTC(2100, 0, 1),
    job: { command: ['echo', 'a b'], retries: { max: 2 } },
  });
  const { out } = await cli('schedule', 'nightly');
  expect(out).toMatch(/^nightly {2}active\n {2}when +0 3 1 1 \* \(Asia\/Shanghai\), until /);
  expect(out.match(/^ {2}(next)? +\d{4}-12-31 19:00:00 \+00:00$/gm)).toHaveLength(5);
});

test('a name that is taken is not overwritten but with --replace', async () => {
  const again = ['submit', '--schedule', 'nightly', '--cron', '@yearly', '--', 'true'];
  const { code, err } = await cli(...again);
  expect(code).toBe(1);
  expect(err).toContain('schedule nightly is there');
  expect((await cli('submit', '--replace', ...again.slice(1))).code).toBe(0);
  // Its next time is by the reader's clock, beside a zone that may be another.
  expect((await cli('schedules')).out).toMatch(
    /^SCHEDULE +STATE +CRON.*\nnightly +active +@yearly +UTC +\d{4}-01-01 \d\d:00:00 [+-]\d\d:\d\d/,
  );
  expect((await cli('schedules', '-o', 'name')).out).toBe('nightly\n');
});

test('run gives an id to wait for; then how it ended is shown', async () => {
  const { out } = await cli('schedule', 'run', 'nightly', '-o', 'name');
  expect((await cli('wait', out.trim())).code).toBe(0);
  expect((await cli('jobs', 'schedule=nightly', '-o', 'name')).out).toBe(out);
  expect((await cli('job', out.trim())).out).toMatch(/^ {2}schedule +nightly, for /m);
  expect((await cli('schedule', 'nightly')).out).toMatch(/^ {2}last +nightly\.\S+ {2}completed: exit code 0$/m);
});

test('pause, resume, remove; of many each has its line', async () => {
  expect((await cli('schedule', 'pause', 'nightly')).out).toBe('schedule nightly is paused\n');
  expect((await cli('schedules')).out).toMatch(/^nightly +paused/m);
  expect((await cli('schedule', 'resume', 'nightly')).out).toBe('schedule nightly is active\n');
  const { code, out, err } = await cli('schedule', 'remove', 'nightly', 'nobody');
  expect([code, out]).toEqual([4, 'schedule nightly is removed\n']);
  expect(err).toContain('there is no schedule nobody');
  expect(await cli('schedule', 'nightly')).toMatchObject({ code: 3 });
});

test.each([
  [['--cron', '@daily'], '--cron needs --schedule NAME'],
  [['--schedule', 'x'], '--schedule x needs --cron'],
  [['--overlap', 'skip'], '--overlap is of a schedule'],
  [['--schedule', 'x', '--cron', '@daily', '--array', '1-3'], '--array is of one job'],
  [['--schedule', 'x', '--cron', '@daily', '--not-before', '2h'], '--not-before is of one job'],
  [['--schedule', 'x', '--cron', '@daily', '--logs'], '--wait and --logs are for a job that is submitted now'],
  [['--schedule', 'x', '--cron', '99 * * * *'], 'cron: "99 * * * *" is not understood'],
])('%j is a mistake that is named', async (flags, sentence) => {
  const { code, err } = await cli('submit', ...flags, '--', 'true');
  expect(code).toBe(2);
  expect(err).toContain(sentence);
  expect((await cli('schedules')).err).toContain('No schedule yet');
});
