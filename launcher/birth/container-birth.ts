/**
 * The birth of a run that is a container: its child is the small program that keeps it (launcher/container), as the
 * launcher's own user, for it takes the engine's socket. What the definition says of command, environment, directory and
 * limits goes to the container.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ContainerSpec } from '../../protocol/container-spec';
import type { ProcessSpec } from '../../protocol/process-spec';
import { planVariables, type ContainerPlan } from '../container/container-plan';
import { childEnvironment, containerEnvironment } from '../core/child-environment';
import { CannotBeBorn, type Birth, type Wanted } from './wanted';

/** Beside the launcher's own bundle. */
const PROGRAM = join(__dirname, 'container-run.js');

/** The whole launcher is installed here. Whether there is an engine is seen at each birth. */
export const canKeepContainers = (): boolean => existsSync(PROGRAM);

export interface Inside {
  readonly spec: ContainerSpec;
  readonly words: readonly string[];
  readonly fromFiles: Readonly<Record<string, string>>;
}

/** @throws CannotBeBorn */
export function containerBirth(wanted: Wanted, inside: Inside): Birth {
  const { spec, environment, about, workingDir } = wanted;
  const misfit = misfitOf(spec);
  if (misfit !== null) throw new CannotBeBorn(misfit);
  if (!canKeepContainers())
    throw new CannotBeBorn(
      `containers take ${PROGRAM}, which is not there; install the whole launcher on this machine`,
    );
  // Some engines would make it, as root.
  const missing = inside.spec.volumes.find(({ source }) => source.startsWith('/') && !existsSync(source));
  if (missing !== undefined)
    throw new CannotBeBorn(
      `${missing.source}, which container.volumes names, is not there; create it, or correct the volume`,
    );
  const plan: ContainerPlan = {
    spec: withLimits(inside.spec, spec.limits),
    words: [...inside.words],
    workingDir: spec.workingDir,
    hasStdin: spec.stdin.kind !== 'none',
    stop: spec.stop,
    openFiles: spec.limits.openFiles,
    oomScore: spec.limits.oomScore,
    worker: about.worker,
    process: about.process,
  };
  const env = containerEnvironment({
    launcher: environment,
    inherit: spec.envInherit,
    files: inside.fromFiles,
    own: spec.env,
    about,
  });
  return {
    words: [process.execPath, PROGRAM],
    workingDir: '/',
    env: childEnvironment({ launcher: environment, inherit: null, identity: {}, files: {}, own: {}, about }).with(
      planVariables(plan, env),
    ),
    as: { kind: 'same' },
    isContainer: true,
    isSplit: spec.output === 'split',
    stdin: spec.stdin.kind === 'file' ? { kind: 'file', path: resolve(workingDir, spec.stdin.path) } : spec.stdin,
    cgroup: {},
    steps: NO_STEPS,
    hasPrivateDir: false,
    unenforced: spec.limits.nice === null ? [] : ['limits.nice: engines give containers none'],
    isolation: [],
    keeps: false,
  };
}

const NO_STEPS = {
  addressSpaceBytes: null,
  userProcesses: null,
  openFiles: null,
  oomScore: null,
  umask: null,
  standsIn: null,
  nice: [],
  identity: null,
} satisfies Birth['steps'];

/** What a definition says of a child of the launcher and cannot be meant of a container; null = nothing. */
function misfitOf({ user, group, umask, ready, alive, workDir }: ProcessSpec): string | null {
  const refused = (field: string, instead: string): string => `${field} is not for a container; ${instead}`;
  if (user !== null || group !== null) return refused('user or group', 'say container.user, who it is inside');
  if (umask !== null) return refused('umask', 'set it in the command');
  if (workDir === 'private') return refused('work_dir: private', 'its own filesystem is private and goes with it');
  const asksByCommand = [...(ready === null ? [] : [ready]), ...alive].some(({ check }) => check.kind === 'exec');
  return asksByCommand ? refused('an exec probe', 'its command would run outside; ask by http, tcp or log') : null;
}

const withLimits = (
  container: ContainerSpec,
  { memoryBytes, cpuCores, pids }: ProcessSpec['limits'],
): ContainerSpec => ({
  ...container,
  memoryBytes: container.memoryBytes ?? memoryBytes,
  cpus: container.cpus ?? cpuCores,
  pids: container.pids ?? pids,
});
