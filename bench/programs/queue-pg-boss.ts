/**
 * pg-boss under orders (queues/drive.ts). Its own `work()` looks every half second at most often; a loop of fetch and
 * complete in batches is its fastest way and is taken for throughput. Arguments: the folder whose node_modules hold it, PostgreSQL's address, `work` for its own worker instead.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DoneCount, drive, perform } from '../queues/drive';
import type { DrivenQueue, WorkerSpec } from '../queues/driven-queue';

interface Job {
  readonly id: string;
}
interface PgBoss {
  on(event: 'error', heard: (error: Error) => void): void;
  start(): Promise<unknown>;
  stop(options: { graceful: boolean; wait: boolean }): Promise<void>;
  createQueue(name: string): Promise<void>;
  send(name: string, data: object): Promise<unknown>;
  insert(jobs: readonly { name: string; data: object }[]): Promise<void>;
  fetch(name: string, options: { batchSize: number }): Promise<Job[]>;
  complete(name: string, ids: readonly string[]): Promise<void>;
  work(
    name: string,
    options: { pollingIntervalSeconds: number; batchSize: number },
    handler: (jobs: Job[]) => Promise<void>,
  ): Promise<string>;
  offWork(name: string): Promise<void>;
}
type PgBossClass = new (options: {
  connectionString: string;
  max: number;
  supervise: boolean;
  schedule: boolean;
}) => PgBoss;

const [, , dir = '', connectionString = '', how = 'fetch'] = process.argv;
const PgBoss = createRequire(join(dir, 'index.js'))('pg-boss') as PgBossClass;
const NAME = 'bench';
const CONNECTIONS = 16;
/** No-op jobs of one fetch; larger ones did not gain. */
const BATCH = 500;
/** When there is nothing to fetch. */
const REST_MS = 2;
/** The least that `work` takes. */
const POLL_SECONDS = 0.5;

const boss = new PgBoss({ connectionString, max: CONNECTIONS, supervise: false, schedule: false });

const driven: DrivenQueue = {
  submit: async (job) => void (await boss.send(NAME, job)),
  submitMany: (job, count) => boss.insert(Array.from({ length: count }, () => ({ name: NAME, data: job }))),
  attend: async (worker) => {
    const count = new DoneCount();
    const leave = how === 'work' ? await working(worker, count) : fetching(worker, count);
    return { untilDone: (jobs) => count.untilDone(jobs), leave };
  },
  close: () => boss.stop({ graceful: false, wait: false }),
};

async function working({ concurrency, job }: WorkerSpec, count: DoneCount): Promise<() => Promise<void>> {
  await boss.work(NAME, { pollingIntervalSeconds: POLL_SECONDS, batchSize: concurrency }, async (jobs) => {
    await Promise.all(jobs.map(() => perform(job)));
    count.note(jobs.length);
  });
  return () => boss.offWork(NAME);
}

/** Two hands for no-ops, so that one fetches while the other completes; for commands as many hands as may run. */
function fetching({ concurrency, job }: WorkerSpec, count: DoneCount): () => Promise<void> {
  let isHere = true;
  const [hands, batchSize] = job.command === null ? [2, BATCH] : [1, BATCH];
  const hand = async (): Promise<void> => {
    while (isHere) {
      const jobs = await boss.fetch(NAME, { batchSize });
      if (jobs.length === 0) {
        await pause(REST_MS);
        continue;
      }
      let left = jobs.length;
      const runs = job.command === null ? 0 : Math.min(concurrency, jobs.length);
      const run = async (): Promise<void> => {
        while (left-- > 0) await perform(job);
      };
      await Promise.all(Array.from({ length: runs }, run));
      await boss.complete(
        NAME,
        jobs.map(({ id }) => id),
      );
      count.note(jobs.length);
    }
  };
  const over = Promise.all(Array.from({ length: hands }, hand));
  return async () => {
    isHere = false;
    await over;
  };
}

async function main(): Promise<void> {
  boss.on('error', (error) => console.error(error.message));
  await boss.start();
  await boss.createQueue(NAME);
  drive(driven);
}

void main();
