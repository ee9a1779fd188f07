/** What each running tree uses: summed over its processes, measured by pidusage. Once per beat, on the beat's own time. */
import pidusage from 'pidusage';
import type { ProcessName } from '../../protocol/ids';
import type { ProcessUsage } from '../../protocol/link';
import { isLiving } from '../core/proc-stat';
import { readStat } from './identity';
import type { Run } from './run';

export interface Sampled {
  readonly name: ProcessName;
  readonly run: Run;
  readonly healthy: boolean | null;
  readonly healthError: string | null;
}

export async function sampleUsage(processes: readonly Sampled[]): Promise<ProcessUsage[]> {
  const trees = await Promise.all(
    processes.map(async (sampled) => ({ sampled, pids: (await sampled.run.members()).map(({ pid }) => pid) })),
  );
  const all = trees.flatMap(({ pids }) => pids);
  const measured = all.length === 0 ? {} : await measure(all);
  return trees.map(({ sampled, pids }) => {
    const parts = pids.flatMap((pid) => measured[pid] ?? []);
    return {
      name: sampled.name,
      run: sampled.run.id,
      cpu: parts.reduce((sum, { cpu }) => sum + cpu, 0) / 100,
      rssBytes: parts.reduce((sum, { memory }) => sum + memory, 0),
      pssBytes: null,
      readBytesPerSecond: null,
      writeBytesPerSecond: null,
      openFiles: null,
      gpus: [],
      warnings: [],
      processes: pids.length,
      zombie: zombieOf(sampled.run, pids.length),
      healthy: sampled.healthy,
      healthError: sampled.healthError,
    };
  });
}

/** Processes that ended since they were listed are left out by pidusage; if all did, it says so by an error. */
const measure = (pids: number[]): Promise<Record<string, { cpu: number; memory: number } | undefined>> =>
  pidusage(pids).catch(() => ({}));

function zombieOf(run: Run, members: number): ProcessUsage['zombie'] {
  if (run.leader === null) return null;
  const stat = readStat(run.leader.pid);
  const isLeader = stat !== null && stat.startTicks === run.leader.startTicks;
  if (isLeader && !isLiving(stat)) return 'dead-unreaped';
  return !isLeader && members > 0 && run.leader.startTicks > 0 ? 'leader-gone' : null;
}
