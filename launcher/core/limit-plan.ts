/**
 * How the limits of a process are enforced on this machine, and which of them are not: decided before the birth, from what
 * the machine offers. Nothing is dropped in silence; each thing asked for and not had is a sentence.
 */
import { sizeText } from '../../protocol/amounts';
import type { ResourceLimits } from '../../protocol/process-spec';

export type Controller = 'memory' | 'cpu' | 'pids';

/** What a launcher may do here; found out once (birth/abilities.ts). */
export interface Abilities {
  /** Controllers that a run's cgroup can have. */
  readonly controllers: ReadonlySet<Controller>;
  /** False = the launcher was told to do without (`--tree`). */
  readonly cgroupsAreUsed: boolean;
  /** RLIMIT_NOFILE's hard limit when it cannot be raised; null = it can be, or is not known. */
  readonly openFilesMax: number | null;
  /** The launcher's own niceness, and whether a smaller one may be given. */
  readonly nice: { readonly own: number; readonly mayLower: boolean };
  /** The launcher's own `oom_score_adj`, and whether a smaller one may be given; null = the machine has none. */
  readonly oomScore: { readonly own: number; readonly mayLower: boolean } | null;
}

export interface LimitPlan {
  /** Given to the run's cgroup. */
  readonly cgroup: { readonly memoryBytes?: number; readonly cpuCores?: number; readonly pids?: number };
  /** RLIMIT_AS of each process, bytes; null = not set. */
  readonly addressSpaceBytes: number | null;
  /** RLIMIT_NPROC of the user; null = not set. */
  readonly userProcesses: number | null;
  /** RLIMIT_NOFILE; null = not set. */
  readonly openFiles: number | null;
  /** Added to the launcher's own niceness; null = it stays. */
  readonly niceBy: number | null;
  readonly oomScore: number | null;
  readonly unenforced: readonly string[];
}

/** @param as who the child runs as: the kernel holds root to no RLIMIT_NPROC */
export function planLimits(limits: ResourceLimits, abilities: Abilities, as: { readonly isRoot: boolean }): LimitPlan {
  const unenforced: string[] = [];
  const inCgroup = (controller: Controller): boolean => abilities.controllers.has(controller);
  const without = (controller: Controller): string =>
    abilities.cgroupsAreUsed ? `no ${controller} controller can be used here` : 'no cgroups are used here (--tree)';
  const { memoryBytes, cpuCores, pids } = limits;

  if (memoryBytes !== null && !inCgroup('memory'))
    unenforced.push(
      `limits.memory: ${without('memory')}; the address space of each process is limited to ${sizeText(memoryBytes)} instead, the tree as a whole is not`,
    );
  if (cpuCores !== null && !inCgroup('cpu')) unenforced.push(`limits.cpu: ${without('cpu')}`);
  if (pids !== null && !inCgroup('pids'))
    unenforced.push(
      as.isRoot
        ? `limits.pids: ${without('pids')}, and root is held to no number of processes`
        : `limits.pids: ${without('pids')}; instead its user may have ${pids} processes in all, this tree and others counted together`,
    );

  return {
    cgroup: {
      ...(memoryBytes !== null && inCgroup('memory') ? { memoryBytes } : {}),
      ...(cpuCores !== null && inCgroup('cpu') ? { cpuCores } : {}),
      ...(pids !== null && inCgroup('pids') ? { pids } : {}),
    },
    addressSpaceBytes: inCgroup('memory') ? null : memoryBytes,
    userProcesses: inCgroup('pids') || as.isRoot ? null : pids,
    openFiles: openFiles(limits, abilities, unenforced),
    niceBy: niceBy(limits, abilities, unenforced),
    oomScore: oomScore(limits, abilities, unenforced),
    unenforced,
  };
}

function openFiles({ openFiles: asked }: ResourceLimits, { openFilesMax: max }: Abilities, not: string[]) {
  if (asked === null || max === null || asked <= max) return asked;
  not.push(`limits.open_files: ${asked} is over the launcher's own hard limit, so it gets ${max}`);
  return max;
}

function niceBy({ nice: asked }: ResourceLimits, { nice: { own, mayLower } }: Abilities, not: string[]) {
  if (asked === null || asked === own) return null;
  if (asked > own || mayLower) return asked - own;
  not.push(`limits.nice: ${asked} is below the launcher's own ${own}, which takes CAP_SYS_NICE; it gets ${own}`);
  return null;
}

function oomScore({ oomScore: asked }: ResourceLimits, { oomScore: here }: Abilities, not: string[]) {
  if (asked === null || asked === here?.own) return null;
  if (here === null) not.push('limits.oom_score: this system has no oom_score_adj');
  else if (asked > here.own || here.mayLower) return asked;
  else
    not.push(
      `limits.oom_score: ${asked} is below the launcher's own ${here.own}, which takes CAP_SYS_RESOURCE; it gets ${here.own}`,
    );
  return null;
}
