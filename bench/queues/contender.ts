/** A contender of the queue measures: a program that drives a queue (drive.ts), from the bench's side. */
import { bundledProgram } from '../bundled-program';
import { repositoryPath } from '../distribution';
import { Absent, npmPeer } from '../peers/install';
import { startPostgres } from '../peers/postgres';
import { startRedis, type RedisFsync } from '../peers/redis';
import type { Program } from '../program';
import type { Rig } from '../rig';
import type { QueueOrder } from './driven-queue';

/** Longer than any one order of a measure. */
const ORDER_TIMEOUT_MS = 120_000;
/** Newer ones want Node 22. */
const PG_BOSS = 'pg-boss@10.4.2';
const GRAPHILE_WORKER = 'graphile-worker@0.17.3';

export class Contender {
  constructor(
    readonly name: string,
    private readonly program: Program,
  ) {}

  /** @param words the program's arguments */
  static async start(rig: Rig, name: string, script: string, words: readonly string[]): Promise<Contender> {
    const program = rig.start([process.execPath, bundledProgram(rig, script), ...words], {
      cwd: rig.scratch,
      // What is not bundled.
      env: { NODE_PATH: repositoryPath('node_modules') },
    });
    await program.line(/^ready$/);
    return new Contender(name, program);
  }

  get pid(): number {
    return this.program.pid;
  }

  /** @returns the ms it took, or what the order says it answers */
  async order(order: QueueOrder): Promise<number> {
    const answer = this.program.line(/^(done|failed) (.*)$/, ORDER_TIMEOUT_MS);
    this.program.say(JSON.stringify(order));
    const [, how, what = ''] = await answer;
    if (how === 'failed') throw new Error(`${this.name} could not ${order.do}: ${what}`);
    return Number(what);
  }
}

/** For throughput: each peer by its fastest way. For latency: by the way that waits least. */
export type Aim = 'throughput' | 'latency';

export type Peer = (rig: Rig, aim: Aim) => Promise<Contender | Absent>;

const bullmqOn =
  (fsync: RedisFsync, name: string): Peer =>
  async (rig) => {
    const dir = await npmPeer('bullmq', ['bullmq', 'ioredis']);
    if (dir instanceof Absent) return dir;
    const port = await startRedis(rig, fsync);
    if (port instanceof Absent) return port;
    return Contender.start(rig, name, 'queue-bullmq', [dir, String(port)]);
  };

const bullmq = bullmqOn('everysec', 'BullMQ');
/** As durable as ours. */
export const flushedBullmq = bullmqOn('always', 'BullMQ with an fsync before each answer');

export const pgBoss: Peer = async (rig, aim) => {
  const dir = await npmPeer('pg-boss', [PG_BOSS]);
  if (dir instanceof Absent) return dir;
  const address = await startPostgres(rig);
  if (address instanceof Absent) return address;
  return Contender.start(rig, 'pg-boss', 'queue-pg-boss', [dir, address, aim === 'latency' ? 'work' : 'fetch']);
};

export const graphileWorker: Peer = async (rig, aim) => {
  const dir = await npmPeer('graphile-worker', [GRAPHILE_WORKER]);
  if (dir instanceof Absent) return dir;
  const address = await startPostgres(rig);
  if (address instanceof Absent) return address;
  const how = aim === 'latency' ? 'unbatched' : 'batched';
  return Contender.start(rig, 'graphile-worker', 'queue-graphile-worker', [dir, address, how]);
};

export const PEERS: readonly Peer[] = [bullmq, pgBoss, graphileWorker];
