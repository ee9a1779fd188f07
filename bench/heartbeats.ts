/**
 * P6. How many heartbeats a second one manager takes: the plain HTTP ones of 200 clients, against node:http alone with
 * the same requests; and those of 2,000 launchers over their sockets. The generators are programs of their own.
 */
import { bundledProgram } from './bundled-program';
import type { Measure } from './measure';
import { cpuSecondsOf } from './processes';
import { Manager } from './procguard';
import type { Program } from './program';
import type { Comparison, Outcome } from './report';
import type { Rig } from './rig';
import { median } from './statistics';

const PLAIN_WORKERS = 200;
const CONNECTIONS = 50;
const LAUNCHERS = 2_000;

export const heartbeats: Measure = {
  name: 'heartbeats',
  title: 'heartbeats a second into one manager',
  async run(rig) {
    const plain = await rig.apart(plainHeartbeats);
    const socket = await rig.apart(socketBeats);
    return {
      comparisons: [...plain.comparisons, ...socket.comparisons],
      notes: [...plain.notes, ...socket.notes],
    };
  },
};

/** One flood: what was answered, and what it cost the server. */
interface Flood {
  readonly perSecond: number;
  /** Fraction of one core. */
  readonly core: number;
}

async function plainHeartbeats(rig: Rig): Promise<Outcome> {
  const manager = await Manager.start(rig);
  for (let number = 0; number < PLAIN_WORKERS; number++) {
    await manager.post('/api/workers/register', { worker_id: `plain-${number}`, command: 'sleep infinity' });
    await manager.post(`/api/workers/plain-${number}/heartbeat`, { status: 'running', pid: 4711, restart_count: 0 });
  }
  const bare = rig.start([process.execPath, bundledProgram(rig, 'bare-heartbeats')]);
  const [, barePort = ''] = await bare.line(/^port (\d+)$/);
  const generator = bundledProgram(rig, 'heartbeat-flood');
  const aimed = async (port: string, server: number): Promise<() => Promise<Flood>> => {
    const program = rig.start([process.execPath, generator, port, String(PLAIN_WORKERS), String(CONNECTIONS)]);
    await program.line(/^ready$/);
    return () => flooded(program, server, rig.rounds(100_000, 40_000));
  };
  const atOurs = await aimed(new URL(manager.url).port, manager.pid);
  const atBare = await aimed(barePort, bare.pid);
  await atOurs();
  await atBare();
  const ours: Flood[] = [];
  const reference: Flood[] = [];
  for (let round = 0; round < rig.rounds(7, 3); round++) {
    ours.push(await atOurs());
    reference.push(await atBare());
  }
  const rate = median(ours.map(({ perSecond }) => perSecond));
  return {
    comparisons: [
      compare('HTTP heartbeats', rate, 'the wanted least', 30_000, { kind: 'at least', ratio: 1 }),
      compare('HTTP heartbeats', rate, 'node:http alone', median(reference.map(({ perSecond }) => perSecond)), null),
    ],
    notes: [
      `${PLAIN_WORKERS} plain workers over ${CONNECTIONS} connections; the manager used ${percent(ours)} of a core, node:http alone ${percent(reference)}`,
    ],
  };
}

async function socketBeats(rig: Rig): Promise<Outcome> {
  const manager = await Manager.start(rig);
  const script = bundledProgram(rig, 'simulated-launchers');
  const program = rig.start([process.execPath, script, manager.url, '0', String(LAUNCHERS)]);
  await program.line(/^ready$/, 120_000);
  const beats = rig.rounds(100, 40) * LAUNCHERS;
  await flooded(program, manager.pid, beats / 4, LAUNCHERS);
  const floods: Flood[] = [];
  for (let round = 0; round < rig.rounds(5, 3); round++)
    floods.push(await flooded(program, manager.pid, beats, LAUNCHERS));
  const rate = median(floods.map(({ perSecond }) => perSecond));
  return {
    comparisons: [compare('beats over sockets', rate, 'the wanted least', 50_000, { kind: 'at least', ratio: 1 })],
    notes: [
      `${LAUNCHERS} Socket.IO clients in one process; the manager used ${percent(floods)} of a core, that is ${Math.round(median(floods.map(({ perSecond, core }) => perSecond / core)))} beats per second of a core`,
    ],
  };
}

/** @param senders the program sends so many times what it is told */
async function flooded(program: Program, server: number, beats: number, senders = 1): Promise<Flood> {
  const answer = program.line(/^done (\S+)(?: (\d+))?$/, 120_000);
  const usedBefore = cpuSecondsOf(server);
  program.say(`beat ${Math.ceil(beats / senders)}`);
  const [, ms = '', counted = String(beats)] = await answer;
  const seconds = Number(ms) / 1000;
  return { perSecond: Number(counted) / seconds, core: (cpuSecondsOf(server) - usedBefore) / seconds };
}

const percent = (floods: readonly Flood[]): string => `${Math.round(100 * median(floods.map(({ core }) => core)))} %`;

const compare = (
  what: string,
  rate: number,
  name: string,
  reference: number,
  bound: Comparison['bound'],
): Comparison => ({
  target: 'P6',
  what,
  unit: '/s',
  ours: { name: 'the manager', value: rate },
  reference: { name, value: reference },
  bound,
});
