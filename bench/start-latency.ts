/**
 * P2. A start command until the child's main(). Through the API: ours goes over HTTP to the manager and over the network
 * link to the launcher; the peers are asked on the child's own machine, each over a connection that is already open.
 * The reference is the least a Node process server can do: a line over a unix socket, then spawn. Through the command
 * line: each tool from its own start.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Announcements, buildAnnouncer } from './announcer';
import { bundledProgram } from './bundled-program';
import { PROCGUARD } from './distribution';
import type { Measure } from './measure';
import { monotonicMs } from './monotonic';
import { Absent } from './peers/install';
import { Pm2 } from './peers/pm2';
import { Supervisor } from './peers/supervisor';
import { Launcher, Manager } from './procguard';
import type { Comparison } from './report';
import type { Rig } from './rig';
import { median, percentile } from './statistics';

/** Between a stop and the next start. */
const REST_MS = 15;
const WARM_UP_ROUNDS = 5;

const OURS = 'ProcGuard';
const NODE = 'Node over a unix socket';

interface Contender {
  readonly name: string;
  readonly announcements: Announcements;
  /** Resolves when answered, with the moment of asking if that was not the call's. */
  readonly start: () => Promise<number | void>;
  /** Resolves when it is gone. */
  readonly stop: () => Promise<unknown>;
  /** The command line that starts it; null = it has none. */
  readonly cli: { readonly command: readonly [string, ...string[]]; readonly env: NodeJS.ProcessEnv } | null;
  readonly apiMs: number[];
  readonly cliMs: number[];
}

export const startLatency: Measure = {
  name: 'start-latency',
  title: "start command -> child's main()",
  async run(rig) {
    const { path: announcer, language } = buildAnnouncer(rig);
    const notes = [`the child is a ${language} program`];
    const contenders: Contender[] = [];
    for (const open of [procguard, nodeServer, supervisor, pm2]) {
      const contender = await open(rig, announcer);
      if (contender instanceof Absent) notes.push(contender.why);
      else contenders.push(contender);
    }
    await inTurns(contenders, WARM_UP_ROUNDS + rig.rounds(200, 40), async (contender, round) => {
      const calledMs = monotonicMs();
      const answered = contender.start();
      const { atMs } = await contender.announcements.next();
      const askedMs = (await answered) ?? calledMs;
      if (round >= WARM_UP_ROUNDS) contender.apiMs.push(atMs - askedMs);
    });
    const withCli = contenders.filter(({ cli }) => cli !== null);
    await inTurns(withCli, rig.rounds(20, 6), async ({ cli, announcements, cliMs }) => {
      if (cli === null) return;
      const [file, ...words] = cli.command;
      const askedMs = monotonicMs();
      const ended = promisify(execFile)(file, words, { cwd: rig.scratch, env: { ...process.env, ...cli.env } });
      cliMs.push((await announcements.next()).atMs - askedMs);
      await ended;
    });
    for (const { name, apiMs } of contenders)
      notes.push(
        `${name}: n=${apiMs.length}, p50 ${median(apiMs).toFixed(2)}, p95 ${percentile(apiMs, 0.95).toFixed(2)} ms`,
      );
    return { comparisons: comparisonsOf(contenders), notes };
  },
};

/** Every round: each contender in turn is started, and stopped again. */
async function inTurns(
  contenders: readonly Contender[],
  rounds: number,
  start: (contender: Contender, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) {
      await start(contender, round);
      await contender.stop();
      await pause(REST_MS);
    }
}

function comparisonsOf([ours, ...others]: readonly Contender[]): Comparison[] {
  if (ours === undefined) return [];
  const compared = (other: Contender, what: string, of: 'apiMs' | 'cliMs', bound: Comparison['bound']): Comparison => ({
    target: 'P2',
    what,
    unit: 'ms',
    ours: { name: ours.name, value: median(ours[of]) },
    reference: { name: other.name, value: median(other[of]) },
    bound,
  });
  return [
    ...others.map((other) =>
      compared(other, 'API', 'apiMs', other.name === NODE ? { kind: 'at most', ratio: 4 } : null),
    ),
    ...others
      .filter(({ cli }) => cli !== null)
      .map((other) => compared(other, 'command line', 'cliMs', { kind: 'below', ratio: 1 })),
  ];
}

const unmeasured = (): Pick<Contender, 'apiMs' | 'cliMs'> => ({ apiMs: [], cliMs: [] });

async function procguard(rig: Rig, announcer: string): Promise<Contender> {
  const announcements = new Announcements(rig, 'procguard');
  const manager = await Manager.start(rig);
  await Launcher.start(rig, manager, 'bench', [{ name: 'bench', command: [announcer, announcements.fifo] }]);
  return {
    ...unmeasured(),
    name: OURS,
    announcements,
    start: () => manager.command('bench', 'start').then(() => undefined),
    stop: () => manager.command('bench', 'stop'),
    cli: {
      command: [process.execPath, PROCGUARD, 'start', 'bench'],
      env: { PROCGUARD_URL: manager.url },
    },
  };
}

async function nodeServer(rig: Rig, announcer: string): Promise<Contender> {
  const announcements = new Announcements(rig, 'node');
  const path = rig.path('node.sock');
  const program = bundledProgram(rig, 'spawn-on-request');
  await rig.start([process.execPath, program, path, announcer, announcements.fifo]).line(/^listening$/);
  const socket: Socket = connect(path);
  await once(socket, 'connect');
  rig.atEnd(() => void socket.destroy());
  const ask = async (line: string): Promise<void> => {
    socket.write(line);
    await once(socket, 'data');
  };
  return {
    ...unmeasured(),
    name: NODE,
    announcements,
    start: () => ask('start\n'),
    stop: () => ask('stop\n'),
    cli: null,
  };
}

async function supervisor(rig: Rig, announcer: string): Promise<Contender | Absent> {
  const announcements = new Announcements(rig, 'supervisor');
  const command = `${announcer} ${announcements.fifo}`;
  const daemon = await Supervisor.start(rig, [{ name: 'bench', command, autostart: false }]);
  if (daemon instanceof Absent) return daemon;
  return {
    ...unmeasured(),
    name: 'supervisord',
    announcements,
    start: () => daemon.startProgram('bench'),
    stop: () => daemon.stopProgram('bench'),
    cli: { command: [...daemon.ctl, 'start', 'bench'], env: daemon.environment },
  };
}

async function pm2(rig: Rig, announcer: string): Promise<Contender | Absent> {
  const announcements = new Announcements(rig, 'pm2');
  const daemon = await Pm2.start(rig);
  if (daemon instanceof Absent) return daemon;
  await daemon.start({ name: 'bench', script: announcer, args: [announcements.fifo], interpreter: 'none' });
  await announcements.next();
  await daemon.stop('bench');
  return {
    ...unmeasured(),
    name: 'PM2',
    announcements,
    start: () => daemon.restart('bench'),
    stop: () => daemon.stop('bench'),
    cli: { command: [process.execPath, daemon.cli, 'start', 'bench'], env: daemon.environment },
  };
}
