/**
 * graphile-worker under orders (queues/drive.ts), with its local queue and batched completion: its fastest way.
 * Arguments: the folder whose node_modules hold it, PostgreSQL's address, `unbatched` for the least latency instead.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { drive, DoneCount, perform } from '../queues/drive';
import type { DrivenQueue } from '../queues/driven-queue';

interface Pool {
  query(text: string): Promise<{ rows: unknown[] }>;
  end(): Promise<void>;
}
interface WorkerUtils {
  migrate(): Promise<void>;
  addJob(identifier: string, payload: object): Promise<unknown>;
  addJobs(jobs: readonly { identifier: string; payload: object }[]): Promise<unknown>;
  release(): Promise<void>;
}
interface GraphileWorker {
  Logger: new (factory: () => () => void) => object;
  makeWorkerUtils(options: { pgPool: Pool; logger: object }): Promise<WorkerUtils>;
  run(options: {
    pgPool: Pool;
    logger: object;
    taskList: Record<string, () => Promise<void>>;
    preset: { worker: Record<string, unknown> };
    noHandleSignals: boolean;
  }): Promise<{ stop(): Promise<void> }>;
}

const [, , dir = '', connectionString = '', how = 'batched'] = process.argv;
const load = createRequire(join(dir, 'index.js'));
const { Pool } = load('pg') as { Pool: new (options: { connectionString: string; max: number }) => Pool };
const graphile = load('graphile-worker') as GraphileWorker;
const NAME = 'bench';
const CONNECTIONS = 20;
const LOCAL_QUEUE = 500;
/** Completions that come within so many ms share one statement. Longer is faster for a long queue, and makes its end late. */
const COMPLETE_DELAY_MS = 5;

const pgPool = new Pool({ connectionString, max: CONNECTIONS });
const logger = new graphile.Logger(() => () => undefined);

async function main(): Promise<void> {
  const utils = await graphile.makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  const driven: DrivenQueue = {
    submit: async (job) => void (await utils.addJob(NAME, job)),
    submitMany: async (job, count) =>
      void (await utils.addJobs(Array.from({ length: count }, () => ({ identifier: NAME, payload: job })))),
    attend: async ({ concurrency, job }) => {
      const handled = new DoneCount();
      const batched = {
        localQueue: { size: LOCAL_QUEUE },
        completeJobBatchDelay: COMPLETE_DELAY_MS,
        failJobBatchDelay: COMPLETE_DELAY_MS,
      };
      const runner = await graphile.run({
        pgPool,
        logger,
        noHandleSignals: true,
        taskList: { [NAME]: () => perform(job).then(() => handled.note(1)) },
        preset: { worker: { concurrentJobs: concurrency, ...(how === 'batched' ? batched : {}) } },
      });
      return {
        // It deletes what is done, and tells of the handler's end and not of that.
        untilDone: async (jobs) => {
          await handled.untilDone(jobs);
          while ((await pgPool.query('select 1 from graphile_worker._private_jobs limit 1')).rows.length > 0)
            await pause(1);
        },
        leave: () => runner.stop(),
      };
    },
    close: async () => {
      await utils.release();
      await pgPool.end();
    },
  };
  drive(driven);
}

void main();
