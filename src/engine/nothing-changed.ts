/** A batch for the ledger that changes nothing, to be filled where something does. */
import type { LedgerBatch } from './ports';

export const NOTHING_CHANGED: LedgerBatch = {
  workers: new Map(),
  processes: new Map(),
  definitions: new Map(),
  commands: new Map(),
  recoveries: new Map(),
  incidents: new Map(),
  users: new Map(),
  tokens: new Map(),
  accounts: new Map(),
  applicants: new Map(),
  jobs: new Map(),
  attempts: new Map(),
  job_limits: new Map(),
  schedules: new Map(),
  events: [],
  audit: [],
  nowMs: 0,
  counters: { commandOrder: 0, eventSeq: 0 },
};
