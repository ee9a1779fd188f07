/**
 * Rows of jobs and attempts as they lie in the ledger: without what is as in most of them. There are many, each is written
 * several times, and what is not written costs neither the disk nor the time of a turn.
 *
 * What is left out means what stands here, whatever the defaults of a later version are: these tables may grow by fields
 * that older rows do not have, and are never changed otherwise. Rows of before have all fields, and read the same.
 */
import { USUAL } from '../../../protocol/jobs';
import { deepFrozen } from '../../../protocol/deep-frozen';
import { NO_META, QUEUED } from '../../core/jobs/rows';

type Fields = Readonly<Record<string, unknown>>;

const JOB: Fields = deepFrozen({
  state: { kind: 'queued' },
  via: 'procguard',
  key: null,
  retries: 0,
  lastAttempt: null,
  exitCode: null,
  progress: null,
  meta: {},
});

const SPEC: Fields = deepFrozen({
  name: null,
  workingDir: null,
  env: {},
  secrets: [],
  user: null,
  group: null,
  limits: { memoryBytes: null, cpuCores: null, pids: null, openFiles: null, nice: null, oomScore: null },
  container: null,
  workDir: null,
  needs: {
    worker: null,
    target: 'auto',
    labels: {},
    gpus: { count: 0, type: null, memoryBytes: null },
    cpus: 0,
    memoryBytes: 0,
    nodes: 1,
  },
  priority: 5,
  preemptible: true,
  retry: { max: 0, delayMs: 60_000, factor: 1, notOn: [] },
  timeouts: { queueMs: null, runMs: null, silenceMs: null, graceMs: 30_000 },
  after: [],
  afterMode: 'completed',
  notBeforeMs: null,
  labels: {},
  queue: 'default',
  trustMs: 1_800_000,
  progress: null,
  array: null,
});

const ATTEMPT: Fields = deepFrozen({
  node: 0,
  stop: null,
  gpus: [],
  cpus: 0,
  memoryBytes: 0,
  startedAtMs: null,
  run: null,
  exit: null,
  outputBytes: null,
  isolation: [],
  output: null,
});

/** What a table's rows are without. */
class Shape {
  private readonly usual: Fields;
  private readonly texts: ReadonlyMap<string, string>;

  /** @param shared objects that rows in memory share, by field; used where they are what this shape says */
  constructor(fields: Fields, shared: Fields = {}) {
    this.texts = new Map(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]));
    const isShared = (name: string): boolean => JSON.stringify(shared[name]) === this.texts.get(name);
    this.usual = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, isShared(name) ? shared[name] : value]),
    );
  }

  lean(row: Fields): Record<string, unknown> {
    const said: Record<string, unknown> = {};
    for (const name in row) {
      const value = row[name];
      if (!this.isUsual(name, value)) said[name] = value;
    }
    return said;
  }

  whole(row: Fields): Fields {
    return { ...this.usual, ...row };
  }

  private isUsual(name: string, value: unknown): boolean {
    const usual = this.usual[name];
    if (usual === undefined) return false;
    if (value === usual) return true;
    return typeof value === 'object' && value !== null && JSON.stringify(value) === this.texts.get(name);
  }
}

const JOBS = new Shape(JOB, { state: QUEUED, meta: NO_META });
const SPECS = new Shape(SPEC, USUAL);
const ATTEMPTS = new Shape(ATTEMPT);

/** For the disk. Rows of other tables are as they are. */
export function leanRow(table: string, row: object): object {
  if (table === 'attempts') return ATTEMPTS.lean(row as Fields);
  if (table !== 'jobs') return row;
  const job = JOBS.lean(row as Fields);
  job.spec = SPECS.lean(job.spec as Fields);
  return job;
}

/** From the disk, written by this version or by an earlier one. */
export function wholeRow(table: string, row: object): object {
  if (table === 'attempts') return ATTEMPTS.whole(row as Fields);
  if (table !== 'jobs') return row;
  const job = row as Fields;
  return { ...JOBS.whole(job), spec: SPECS.whole(job.spec as Fields) };
}
