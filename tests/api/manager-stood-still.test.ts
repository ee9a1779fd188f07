/** A manager that stood still has heard nobody meanwhile: what it did not hear is nobody's silence. Only the clock is faked. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerId } from '../../protocol/ids';
import { JobId, JobSpec } from '../../protocol/jobs';
import { ALICE } from '../../src/core/jobs/test-pool';
import type { Engine } from '../../src/engine/engine';
import { monotonicClock } from '../../src/engine/clock';
import { openSqliteLedger } from '../../src/stores/ledger/sqlite-ledger';
import { bareEngine } from './bare-engine';
import { testSealer } from '../stores/test-sealer';

const MINUTE = 60_000;
const LEASE_MS = 5 * MINUTE;
const AGENT = 'agent' as WorkerId;
const JOB = JobId.parse('job');

let directory: string;
let ledger: ReturnType<typeof openSqliteLedger>;
let engine: Engine;
let stoodStillMs = 0;

beforeEach(() => {
  jest.useFakeTimers();
  directory = mkdtempSync(join(tmpdir(), 'procguard-still-'));
  ledger = openSqliteLedger(join(directory, 'ledger.db'), { sealer: testSealer, auditKeys: [Buffer.from('a key')] });
  const { nowMs, wallMs } = monotonicClock();
  engine = bareEngine(ledger, { nowMs: () => nowMs() + stoodStillMs, wallMs });
});
afterEach(() => {
  engine.stop();
  ledger.close();
  rmSync(directory, { recursive: true });
  jest.useRealTimers();
});

const passed = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const attempt = (): string | undefined => engine.read(({ jobs }) => jobs.attemptsOf(JOB)[0]?.state.kind);
const presence = (): string | undefined => engine.read(({ workers }) => workers.get(AGENT)?.presence.kind);

test('leases and silence are counted from when it goes on', async () => {
  void engine.submit({
    kind: 'registerAgent',
    worker: AGENT,
    type: 'claim',
    hostname: 'agent',
    version: null,
    labels: {},
    slots: 1,
    gpus: null,
    heartbeatIntervalMs: MINUTE / 2,
    holds: null,
    account: null,
    by: ALICE,
  });
  const job = { id: JOB, spec: JobSpec.parse({ command: 'true' }), key: null, meta: {} };
  void engine.submit({ kind: 'submitJobs', jobs: [job], via: 'procguard', owner: 'alice', by: ALICE });
  void engine.submit({ kind: 'claimJobs', worker: AGENT, limit: 1, leaseMs: LEASE_MS, requestId: null });
  await passed(10);
  expect(attempt()).toBe('assigned');

  stoodStillMs += 2 * LEASE_MS;
  await passed(2 * MINUTE);
  expect([attempt(), presence()]).toEqual(['assigned', 'present']);
  await passed(LEASE_MS);
  expect([attempt(), presence()]).toEqual(['ended', 'lost']);
});
