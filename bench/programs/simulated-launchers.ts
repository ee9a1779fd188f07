/**
 * Many launchers in one program, as far as a manager can tell: each registers, connects with a Socket.IO client of its
 * own, syncs one running process, and then beats. Arguments: manager's URL, first number, how many, the pace in ms
 * (0 = none), and, for those that take jobs too, what these do (simulated-attempts.ts), the ms between two renewals and the
 * slots of each. Says `ready`. A line `beat <n>` on stdin makes each of them send n beats as fast as it can, and one more
 * sync whose answer proves that the manager has worked through them: `done <ms>`.
 */
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { io, type Socket } from 'socket.io-client';
import type { ProcessName, RunId, WorkerId } from '../../protocol/ids';
import {
  LINK_NAMESPACE,
  MachineUsage,
  ProcessUsage,
  type Beat,
  type LauncherIdentity,
  type SyncMessage,
} from '../../protocol/link';
import { ProcessSpec } from '../../protocol/process-spec';
import { LIMITS } from '../../protocol/limits';
import { monotonicMs } from '../monotonic';
import { takeAttempts } from '../queues/simulated-attempts';

const [url = '', first = '0', count = '0', paceMs = '0', jobs = '', renewMs = '0', slots = '1'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
/** Beats of one launcher that are handed over at once; then the others have their turn. */
const BATCH = 10;
const GIB = 1024 ** 3;

interface Simulated {
  readonly socket: Socket;
  readonly beat: Beat;
  readonly sync: SyncMessage;
}

function identityOf(worker: string): LauncherIdentity {
  return {
    worker: worker as WorkerId,
    instance: `${worker}-1` as LauncherIdentity['instance'],
    protocol: LIMITS.protocolVersion,
    version: '0.0.0',
    hostname: worker,
    bootId: 'bench',
    pid: process.pid,
    heartbeatIntervalMs: 5000,
    labels: {},
    token: null,
    key: null,
    kind: 'remote',
    slots: jobs === '' ? 0 : Number(slots),
  };
}

function register(worker: string): Promise<void> {
  const body = JSON.stringify({ worker_id: worker, hostname: worker, launcher: identityOf(worker) });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const asked = request(`${url}/api/workers/register`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`registration answered ${response.statusCode}`)),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function launch(number: number): Promise<Simulated> {
  const worker = `simulated-${String(number).padStart(5, '0')}`;
  await register(worker);
  const run = `${String(Date.now()).padStart(13, '0')}aaaaaaaaaaaa` as RunId;
  const name = 'task' as ProcessName;
  const sync: SyncMessage = { processes: [{ spec: specOf(name), report: reportOf(name, run) }], runs: [] };
  const beat: Beat = {
    atMs: Date.now(),
    machine: MachineUsage.parse({
      cpus: 8,
      cpu: 0.4,
      memoryTotalBytes: 32 * GIB,
      memoryAvailableBytes: 20 * GIB,
      load1: 1.25,
    }),
    usage: [
      ProcessUsage.parse({
        name,
        run,
        cpu: 0.93,
        rssBytes: 512 * 1024 ** 2,
        processes: 3,
        zombie: null,
        healthy: null,
        healthError: null,
      }),
    ],
    gone: [],
  };
  const socket = io(`${url}${LINK_NAMESPACE}`, {
    transports: ['websocket'],
    auth: identityOf(worker),
    forceNew: true,
    reconnection: false,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  if (jobs === 'ends' || jobs === 'stays') takeAttempts(socket, { jobs, renewMs: Number(renewMs) });
  await socket.timeout(30_000).emitWithAck('sync', sync);
  socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') throw new Error(`the manager let ${worker} go: ${reason}`);
  });
  return { socket, beat, sync };
}

const specOf = (name: ProcessName): ProcessSpec =>
  ProcessSpec.parse({ name, command: ['/usr/bin/task', '--forever'], autoStart: true });

const reportOf = (name: ProcessName, run: RunId): SyncMessage['processes'][number]['report'] => ({
  name,
  desired: 'running',
  state: {
    kind: 'running',
    why: 'started',
    sinceMs: Date.now(),
    run,
    identity: { bootId: 'bench', pid: 4711, startTicks: 1000 },
    readyAtMs: 0,
  },
  restarts: 0,
  restartsCounted: 0,
  lastExit: null,
  disabled: null,
  unenforced: [],
});

/**
 * A Socket.IO client as it is inside. In a flood the words are encoded once instead of with every beat: else this program,
 * which is every launcher at once, would be what is measured.
 */
interface Inside {
  readonly engine: { write(packet: string): void; once(event: 'drain', then: () => void): void };
  readonly encoder: { encode(packet: { type: number; nsp: string; data: unknown[] }): string[] };
}
/** socket.io-parser's number for it. */
const EVENT = 2;

async function flood({ socket, beat, sync }: Simulated, beats: number): Promise<void> {
  const { engine, encoder } = socket.io as unknown as Inside;
  const [packet = ''] = encoder.encode({ type: EVENT, nsp: LINK_NAMESPACE, data: ['beat', beat] });
  for (let sent = 0; sent < beats; sent += BATCH) {
    for (let i = sent; i < Math.min(beats, sent + BATCH); i++) engine.write(packet);
    await new Promise<void>((resolve) => engine.once('drain', resolve));
  }
  await socket.timeout(60_000).emitWithAck('sync', sync);
}

async function main(): Promise<void> {
  const launchers: Simulated[] = [];
  const numbers = Array.from({ length: Number(count) }, (_, index) => Number(first) + index);
  // A few at a time: a manager that restarts meets them so too.
  while (numbers.length > 0) launchers.push(...(await Promise.all(numbers.splice(0, 50).map(launch))));
  if (Number(paceMs) > 0)
    for (const { socket, beat } of launchers) setInterval(() => socket.emit('beat', beat), Number(paceMs));
  createInterface({ input: process.stdin }).on('line', (line) => {
    const [, beats = '0'] = line.split(' ');
    const startedMs = monotonicMs();
    void Promise.all(launchers.map((one) => flood(one, Number(beats)))).then(() =>
      console.log(`done ${monotonicMs() - startedMs}`),
    );
  });
  console.log('ready');
}

void main();
