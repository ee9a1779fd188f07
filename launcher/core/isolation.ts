/** What a child of the launcher is really held by, in words: what was planned for it, after what this machine can do. */
import { sizeText } from '../../protocol/amounts';
import type { Controller, LimitPlan } from './limit-plan';

export interface HeldBy {
  /** `user nobody`; null = the launcher's own. */
  readonly who: string | null;
  /** Of the cgroups that have a controller. */
  readonly version: (controller: Controller) => 1 | 2 | null;
  /** Which of the launcher's variables are handed on; null = all. */
  readonly envInherit: readonly string[] | null;
  readonly hasPrivateDir: boolean;
}

/** A clause each; empty = it is as free as its launcher. */
export function isolationWords(
  plan: LimitPlan,
  { who, version, envInherit, hasPrivateDir }: HeldBy,
): readonly string[] {
  const { cgroup, addressSpaceBytes, userProcesses, openFiles, niceBy, oomScore } = plan;
  const by = (controller: Controller): string => `by cgroup v${version(controller)}`;
  return [
    who,
    told(cgroup.memoryBytes, (bytes) => `memory ${sizeText(bytes)} ${by('memory')}`),
    told(addressSpaceBytes, (bytes) => `address space ${sizeText(bytes)} of each process by rlimit`),
    told(cgroup.cpuCores, (cores) => `cpu ${cores} ${by('cpu')}`),
    told(cgroup.pids, (pids) => `pids ${pids} ${by('pids')}`),
    told(userProcesses, (processes) => `${processes} processes of its user by rlimit`),
    told(openFiles, (files) => `open files ${files} by rlimit`),
    told(niceBy, (more) => `niceness ${more > 0 ? '+' : ''}${more}`),
    told(oomScore, (score) => `oom_score_adj ${score}`),
    told(envInherit, (names) => `environment of its own${names.length === 0 ? '' : `, with ${names.join(', ')}`}`),
    hasPrivateDir ? 'a private directory' : null,
  ].filter((words) => words !== null);
}

const told = <T>(value: T | null | undefined, words: (value: T) => string): string | null =>
  value === null || value === undefined ? null : words(value);
