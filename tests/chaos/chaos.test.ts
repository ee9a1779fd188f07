/** A few seeds of the chaos program, at least one for each row. The long run is `npm run chaos`. */
import { ROWS, type RowName } from './plan/rows';
import { scheduleOf } from './plan/schedule';
import { runSeed, whyNotPerformed } from './run-seed';
import { reportOf } from './score';
import { copyPrograms, type ProgramFiles } from './stage/program-files';

let files: ProgramFiles;
beforeAll(() => (files = copyPrograms()));
afterAll(() => files.remove());

/** Fixed, so that a failure here is this change's and not this day's. */
const SEEDS: readonly (readonly [RowName, number])[] = [
  ['kills', 20],
  ['upgrade', 21],
  ['trees', 22],
  ['pids', 23],
  ['clock', 24],
  ['disk', 25],
  ['partition', 26],
  ['backup', 27],
  ['reboot', 28],
  ['output', 19],
  ['jobs', 30],
  ['jobs', 31],
];

test.each(SEEDS)(
  'holds: %s, seed %i',
  async (row, seed) => {
    const schedule = scheduleOf(seed, row);
    const obstacle = whyNotPerformed(schedule);
    if (obstacle !== null) return void console.warn(`SKIPPED: chaos, ${row}: ${obstacle}`);
    const outcome = await runSeed(schedule, files);
    if (outcome.verdict.violations.length > 0) throw new Error(`${reportOf(schedule, outcome)}\n${outcome.outputs}`);
    expect(outcome.deeds.size).toBeGreaterThan(0);
  },
  900_000,
);

test('every row has its turn', () => {
  expect(new Set(SEEDS.map(([row]) => row))).toEqual(new Set(Object.keys(ROWS)));
});

test('the same seed is the same schedule', () => {
  for (let seed = 1; seed <= 50; seed++) expect(scheduleOf(seed)).toEqual(scheduleOf(seed));
});
