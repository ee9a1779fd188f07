/** The engine and the wall's clock: set forward and back while it waits, and across a restart. Only the clock is faked. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobSpec } from '../../protocol/jobs';
import type { ScheduleName } from '../../protocol/schedules';
import { ALICE } from '../../src/core/jobs/test-pool';
import type { Schedule } from '../../src/core/schedules/rows';
import type { Engine } from '../../src/engine/engine';
import type { Ledger } from '../../src/engine/ports';
import { openSqliteLedger } from '../../src/stores/ledger/sqlite-ledger';
import { bareEngine } from './bare-engine';
import { testSealer } from '../stores/test-sealer';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = Date.parse('2026-01-31T12:10:00Z');

let directory: string;
let ledger: Ledger;
let engine: Engine;

beforeEach(async () => {
  jest.useFakeTimers({ now: START });
  directory = mkdtempSync(join(tmpdir(), 'procguard-clock-'));
  open();
  const asked = engine.submit({
    kind: 'setSchedule',
    schedule: {
      name: 'hourly' as ScheduleName,
      cron: '0 * * * *',
      timeZone: 'UTC',
      startsAtMs: null,
      endsAtMs: START + 2 * 365 * 24 * HOUR,
      spec: JobSpec.parse({ command: 'true' }),
      needsApproval: false,
      overlap: 'allow',
      catchUp: 'once',
      isEnabled: true,
    },
    owner: 'alice',
    mustBeNew: true,
    by: ALICE,
    wallMs: Date.now(),
  });
  await passed(1);
  await asked;
});
afterEach(() => {
  close();
  rmSync(directory, { recursive: true });
  jest.useRealTimers();
});

function open(): void {
  ledger = openSqliteLedger(join(directory, 'ledger.db'), { sealer: testSealer, auditKeys: [Buffer.from('a key')] });
  engine = bareEngine(ledger);
}
function close(): void {
  engine.stop();
  ledger.close();
}
/** Time goes by, for timers as for the wall. */
const passed = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
/** The wall's clock alone. */
const set = (ms: number): void => void jest.setSystemTime(ms);
const schedule = (): Schedule | null => engine.read(({ schedules }) => schedules.get('hourly'));
const planned = (): string[] => engine.read(({ jobs }) => [...jobs.all.keys()]);

test('nobody sets it: each hour is one job, at its time', async () => {
  await passed(50 * MINUTE - 10);
  expect(planned()).toEqual([]);
  await passed(20);
  expect(planned()).toEqual(['hourly.20260131T130000Z']);
  await passed(2 * HOUR);
  expect(planned()).toHaveLength(3);
});

test('set forward, it is seen within a minute', async () => {
  set(START + 3 * HOUR);
  await passed(MINUTE);
  expect(planned()).toEqual(['hourly.20260131T150000Z']);
  expect(schedule()).toMatchObject({ submitted: 1, missed: 2 });
});

test('set back by an hour, nothing comes twice', async () => {
  await passed(HOUR);
  expect(planned()).toHaveLength(1);
  set(Date.now() - HOUR);
  await passed(HOUR);
  expect(planned()).toHaveLength(1);
  await passed(HOUR);
  expect(planned()).toEqual(['hourly.20260131T130000Z', 'hourly.20260131T140000Z']);
});

test('wrong by years and put right: it goes on from there within a minute', async () => {
  set(START + 10 * 365 * 24 * HOUR);
  await passed(MINUTE);
  expect(planned()).toHaveLength(1);
  set(START);
  await passed(MINUTE);
  await passed(HOUR);
  expect(planned().at(-1)).toBe('hourly.20260131T130000Z');
});

test('wrong by so much that it was over, and put right while the manager was away: it goes on from there', async () => {
  set(START + 10 * 365 * 24 * HOUR);
  await passed(MINUTE);
  expect(engine.read(({ schedules }) => schedules.nearestMs)).toBeNull();
  close();
  set(START);
  open();
  await passed(HOUR);
  expect(planned().at(-1)).toBe('hourly.20260131T130000Z');
});

test('what went by while it was not there is caught up with as soon as it is, once', async () => {
  close();
  set(START + 5 * HOUR);
  open();
  await passed(10);
  expect(planned()).toEqual(['hourly.20260131T170000Z']);
  close();
  open();
  await passed(10 * MINUTE);
  expect(planned()).toHaveLength(1);
  expect(schedule()).toMatchObject({ submitted: 1, missed: 4 });
});
