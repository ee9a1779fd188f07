/**
 * What a container is really held by, next to what was asked for. An engine says what it was told; the kernel says what is.
 * Where the kernel can be asked, its word counts, and where it cannot, that is said.
 */
import { sizeText } from '../../protocol/amounts';
import type { ContainerSpec } from '../../protocol/container-spec';
import type { KernelLimits } from './kernel-limits';

export interface EngineWord {
  /** `podman 4.3.1`. */
  readonly engine: string;
  readonly id: string;
  readonly networkMode: string;
  readonly readOnlyRoot: boolean;
  /** As the image or the plan has it; empty = root. */
  readonly user: string;
}

export interface InForce {
  /** A clause each. */
  readonly isolation: readonly string[];
  /** A sentence each. */
  readonly unenforced: readonly string[];
}

export function inForce(asked: ContainerSpec, word: EngineWord, kernel: KernelLimits | null): InForce {
  const has = limits(asked, kernel);
  return {
    isolation: [
      `container ${word.id.slice(0, 12)} of ${word.engine}, image ${asked.image}`,
      ...has.flatMap(({ holds }) => holds ?? []),
      `network ${word.networkMode}`,
      userWords(word.user, kernel),
      ...(word.readOnlyRoot ? ['root filesystem read-only'] : []),
      ...(kernel?.noNewPrivileges === true ? ['no new privileges'] : []),
      ...(asked.gpus === null ? [] : [`devices ${asked.gpus === 'all' ? 'all' : asked.gpus.join(', ')}`]),
      ...(kernel === null ? ['limits as its engine says: the kernel could not be asked'] : []),
    ],
    unenforced: [
      ...has.flatMap(({ lacks }) => lacks ?? []),
      ...(asked.readOnlyRoot && !word.readOnlyRoot ? ['container.read_only_root: the engine did not make it so'] : []),
      ...(kernel?.noNewPrivileges === false ? ['no new privileges: the engine did not make it so'] : []),
    ],
  };
}

interface Limit {
  readonly holds?: string;
  readonly lacks?: string;
}

/** A share of a core is rounded by engines to what the kernel's period allows. */
const CORES_OFF_MAX = 0.01;

function limits({ memoryBytes, cpus, pids }: ContainerSpec, kernel: KernelLimits | null): Limit[] {
  return [
    limit('memory', memoryBytes, kernel && (kernel.memoryBytes ?? Infinity), sizeText, (is, asked) => is <= asked),
    limit('cpus', cpus, kernel && (kernel.cpuCores ?? Infinity), String, (is, asked) => is <= asked + CORES_OFF_MAX),
    limit('pids', pids, kernel && (kernel.pids ?? Infinity), String, (is, asked) => is <= asked),
  ];
}

/** @param is by the kernel; null = it could not be asked, Infinity = no limit */
function limit(
  name: string,
  asked: number | null,
  is: number | null,
  text: (amount: number) => string,
  fits: (is: number, asked: number) => boolean,
): Limit {
  if (asked === null) return {};
  if (is === null) return { holds: `${name} ${text(asked)}` };
  if (fits(is, asked)) return { holds: `${name} ${text(is)} by its cgroup` };
  const instead = is === Infinity ? 'has no such limit' : `has ${text(is)}`;
  return { lacks: `container.${name}: ${text(asked)} was asked, and the container's cgroup ${instead}` };
}

function userWords(user: string, kernel: KernelLimits | null): string {
  const inside = user === '' ? 'root' : user;
  return kernel === null ? `user ${inside} inside` : `user ${inside} inside, uid ${kernel.uid} on the machine`;
}
