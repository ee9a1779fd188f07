/** BullMQ under orders (queues/drive.ts). Arguments: the folder whose node_modules hold it, Redis's port. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DoneCount, drive, perform } from '../queues/drive';
import type { DrivenQueue } from '../queues/driven-queue';

interface Connection {
  readonly host: string;
  readonly port: number;
  readonly maxRetriesPerRequest: null;
}
interface JobOptions {
  readonly removeOnComplete: boolean;
}
interface Queue {
  add(name: string, data: object, options: JobOptions): Promise<unknown>;
  addBulk(jobs: readonly { name: string; data: object; opts: JobOptions }[]): Promise<unknown>;
  close(): Promise<void>;
}
interface Worker {
  on(event: 'completed', heard: () => void): void;
  on(event: 'error', heard: (error: Error) => void): void;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}
interface BullMq {
  Queue: new (name: string, options: { connection: Connection }) => Queue;
  Worker: new (
    name: string,
    job: () => Promise<void>,
    options: { connection: Connection; concurrency: number },
  ) => Worker;
}

const [, , dir = '', port = ''] = process.argv;
const bullmq = createRequire(join(dir, 'index.js'))('bullmq') as BullMq;
const connection: Connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null };
const NAME = 'bench';
/** Kept, a done job only takes memory. */
const OPTIONS: JobOptions = { removeOnComplete: true };

const queue = new bullmq.Queue(NAME, { connection });

const driven: DrivenQueue = {
  submit: async (job) => void (await queue.add(NAME, job, OPTIONS)),
  submitMany: async (job, count) =>
    void (await queue.addBulk(Array.from({ length: count }, () => ({ name: NAME, data: job, opts: OPTIONS })))),
  attend: async ({ concurrency, job }) => {
    const count = new DoneCount();
    const worker = new bullmq.Worker(NAME, () => perform(job), { connection, concurrency });
    worker.on('completed', () => count.note(1));
    worker.on('error', (error) => console.error(error.message));
    await worker.waitUntilReady();
    return { untilDone: (jobs) => count.untilDone(jobs), leave: () => worker.close() };
  },
  close: () => queue.close(),
};

drive(driven);
