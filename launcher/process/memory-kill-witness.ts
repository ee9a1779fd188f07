/** Asks the kernel whether its memory killer ended a run: the run's own cgroup first, then the machine's count, then the log. */
import type { Exit } from '../../protocol/exit';
import type { ContainerTrace } from '../container/container-trace';
import type { MemoryKillWitness } from '../core/exit-cause';
import { memoryKillLine, type MachineMemoryKills } from './memory-kills';
import type { RunCgroups } from '../birth/run-cgroups';

export interface Witnesses {
  readonly cgroups: RunCgroups;
  readonly machine: MachineMemoryKills;
  /** The machine's count when the run was known to live; null = not known. */
  readonly before: number | null;
}

const NOBODY: MemoryKillWitness = { by: 'nobody' };

export function witnessOf(exit: Exit, leader: number, { cgroups, machine, before }: Witnesses): MemoryKillWitness {
  if (exit.exitCode === 0) return NOBODY; // nothing to explain
  const counted = cgroups.countedKills();
  if (counted !== null) return { by: 'cgroup', ...counted };
  if (exit.signal !== 'SIGKILL') return NOBODY;
  const now = machine.look();
  if (now === 0) return { by: 'machine', kills: 0, newestWithinMs: null };
  if (now === null || before === null) return NOBODY;
  return ofMachine(leader, now - before, machine);
}

/**
 * A container's cgroups are its engine's, and gone by now: the engine may have counted. Not all notice each kill, so where it
 * did not, the machine's count since before the container began, and the kernel's log, are asked of its first process.
 */
export function witnessOfContainer(
  exit: Exit,
  { pid, memoryKill, machineKills: kills }: Extract<ContainerTrace, { kind: 'over' }>,
  machine: MachineMemoryKills,
): MemoryKillWitness {
  if (memoryKill !== null) return { by: 'cgroup', kills: 1, limitBytes: memoryKill.limitBytes };
  if (exit.signal !== 'SIGKILL' || kills === null) return NOBODY;
  machine.look();
  return ofMachine(pid, kills, machine);
}

/** @param leader 0 = it had ended before anybody saw it */
function ofMachine(leader: number, kills: number, machine: MachineMemoryKills): MemoryKillWitness {
  const line = kills === 0 || leader === 0 ? undefined : memoryKillLine(leader, kills);
  return line === undefined
    ? { by: 'machine', kills, newestWithinMs: machine.newestWithinMs }
    : { by: 'kernel-log', line };
}
