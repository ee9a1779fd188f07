/**
 * P1. A child is killed with SIGKILL; how long until the next one's main()? No delay is configured anywhere.
 * The reference is the least a Node supervisor can do: spawn on 'exit'.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Announcements, buildAnnouncer, type Announcement } from './announcer';
import { bundledProgram } from './bundled-program';
import type { Measure } from './measure';
import { monotonicMs } from './monotonic';
import { Absent } from './peers/install';
import { Pm2 } from './peers/pm2';
import { Launcher, Manager } from './procguard';
import type { Comparison } from './report';
import { median, percentile } from './statistics';

/** Between a birth and the next kill: a crash finds its supervisor at rest. */
const REST_MS = 30;
/** Thrown away: the first rounds pay for compilation. */
const WARM_UP_ROUNDS = 10;

/** No delay, and more restarts than the measure provokes: what is measured is the way, not the brakes. */
const AT_ONCE = { when: 'on-failure', delayMs: 0, maxRestarts: 1_000_000 } as const;

interface Contender {
  readonly name: string;
  readonly announcements: Announcements;
  readonly samplesMs: number[];
  child: Announcement;
}

export const crashRestart: Measure = {
  name: 'crash-restart',
  title: "child killed with SIGKILL -> new child's main()",
  async run(rig) {
    const { path: announcer, language } = buildAnnouncer(rig);
    const notes = [`the child is a ${language} program; supervisord restarts once a second and is not compared`];
    const contend = async (name: string, start: (fifo: string) => Promise<void>): Promise<Contender> => {
      const announcements = new Announcements(rig, name);
      await start(announcements.fifo);
      return { name, announcements, samplesMs: [], child: await announcements.next() };
    };

    const ours = await contend('ProcGuard', async (fifo) => {
      const manager = await Manager.start(rig);
      const command = [announcer, fifo];
      await Launcher.start(rig, manager, 'bench', [{ name: 'bench', command, autoStart: true, restart: AT_ONCE }]);
    });
    const node = await contend("Node's spawn on exit", (fifo) => {
      rig.start([process.execPath, bundledProgram(rig, 'spawn-on-exit'), announcer, fifo]);
      return Promise.resolve();
    });
    const pm2 = await Pm2.start(rig);
    const contenders = [ours, node];
    if (pm2 instanceof Absent) notes.push(pm2.why);
    else
      contenders.push(
        await contend('PM2', async (fifo) => {
          await pm2.start({ name: 'bench', script: announcer, args: [fifo], interpreter: 'none' });
        }),
      );

    await killInTurns(contenders, WARM_UP_ROUNDS + rig.rounds(250, 100));
    for (const { name, samplesMs } of contenders)
      notes.push(
        `${name}: n=${samplesMs.length}, p50 ${median(samplesMs).toFixed(2)}, p95 ${percentile(samplesMs, 0.95).toFixed(2)} ms`,
      );
    return { comparisons: comparisonsOf(contenders), notes };
  },
};

async function killInTurns(contenders: readonly Contender[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) {
      await pause(REST_MS);
      const killedMs = monotonicMs();
      process.kill(contender.child.pid, 'SIGKILL');
      contender.child = await contender.announcements.next();
      if (round >= WARM_UP_ROUNDS) contender.samplesMs.push(contender.child.atMs - killedMs);
    }
}

function comparisonsOf([ours, ...others]: readonly Contender[]): Comparison[] {
  if (ours === undefined) return [];
  return others.map((other) => ({
    target: 'P1',
    what: 'crash -> main()',
    unit: 'ms',
    ours: { name: ours.name, value: median(ours.samplesMs) },
    reference: { name: other.name, value: median(other.samplesMs) },
    bound: other.name === 'PM2' ? { kind: 'below', ratio: 1 } : { kind: 'at most', ratio: 2 },
  }));
}
