/** A plan in the words of the engine's API (`POST /containers/create`, version 1.41, which Docker and Podman both speak). */
import type { ContainerCreateOptions, DeviceRequest, HostConfig, MountSettings } from 'dockerode';
import type { ContainerSpec } from '../../protocol/container-spec';
import type { RunId } from '../../protocol/ids';
import type { ContainerPlan } from './container-plan';
import { containerName, PROCESS_LABEL, RUN_LABEL, WORKER_LABEL } from './labels';

export type EngineKind = 'docker' | 'podman';

export interface Creation {
  readonly run: RunId;
  readonly plan: ContainerPlan;
  /** `NAME=value` each. */
  readonly env: readonly string[];
  readonly engine: EngineKind;
}

export function createOptions({ run, plan, env, engine }: Creation): ContainerCreateOptions & { name: string } {
  const { spec, words, workingDir, hasStdin } = plan;
  return {
    name: containerName(run),
    Image: spec.image,
    Cmd: [...words],
    ...(spec.entrypoint === null ? {} : { Entrypoint: [...spec.entrypoint] }),
    Env: withoutDeviceNumbers(env, spec),
    ...(workingDir === null ? {} : { WorkingDir: workingDir }),
    ...(spec.user === null ? {} : { User: spec.user }),
    Labels: { [RUN_LABEL]: run, [WORKER_LABEL]: plan.worker, [PROCESS_LABEL]: plan.process },
    AttachStdout: true,
    AttachStderr: true,
    ...(hasStdin ? { AttachStdin: true, OpenStdin: true, StdinOnce: true } : {}),
    // Docker: the image's own health check would run beside what was asked for.
    HostConfig: hostConfig(plan, engine),
  };
}

function hostConfig({ spec, openFiles, oomScore }: ContainerPlan, engine: EngineKind): HostConfig {
  return {
    NetworkMode: spec.network,
    ReadonlyRootfs: spec.readOnlyRoot,
    Mounts: spec.volumes.map(mountOf),
    // Its output comes to us as it is written; a log of the engine's own would be a second copy that nobody bounds.
    LogConfig: { Type: 'none', Config: {} },
    RestartPolicy: { Name: 'no' },
    // Whatever the image holds, it gains no rights by executing it.
    SecurityOpt: ['no-new-privileges'],
    ...(spec.memoryBytes === null ? {} : { Memory: spec.memoryBytes, MemorySwap: spec.memoryBytes }),
    ...(spec.cpus === null ? {} : { NanoCpus: Math.round(spec.cpus * 1e9) }),
    ...(spec.pids === null ? {} : { PidsLimit: spec.pids }),
    ...(openFiles === null ? {} : { Ulimits: [{ Name: 'nofile', Soft: openFiles, Hard: openFiles }] }),
    ...(oomScore === null ? {} : { OomScoreAdj: oomScore }),
    ...gpus(spec.gpus, engine),
  };
}

const mountOf = ({ source, target, readOnly }: ContainerSpec['volumes'][number]): MountSettings => ({
  // As a mount and not as a bind: a source that is not there is refused, where a bind would make it, as root.
  Type: source.startsWith('/') ? 'bind' : 'volume',
  Source: source,
  Target: target,
  ReadOnly: readOnly,
});

/** Docker knows devices by requests; Podman by their names in the machine's CDI specification (nvidia-ctk writes it). */
function gpus(asked: ContainerSpec['gpus'], engine: EngineKind): HostConfig {
  if (asked === null) return {};
  if (engine === 'podman') {
    const names = asked === 'all' ? ['all'] : asked.map(String);
    return {
      Devices: names.map((name) => ({
        PathOnHost: `nvidia.com/gpu=${name}`,
        PathInContainer: '',
        CgroupPermissions: '',
      })),
    };
  }
  const request: DeviceRequest = { Driver: 'nvidia', Capabilities: [['gpu']] };
  return {
    DeviceRequests: [
      asked === 'all' ? { ...request, Count: -1 } : { ...request, DeviceIDs: asked.map((index) => String(index)) },
    ],
  };
}

const withoutDeviceNumbers = (env: readonly string[], { gpus: asked }: ContainerSpec): string[] =>
  asked === null ? [...env] : env.filter((entry) => !entry.startsWith('CUDA_VISIBLE_DEVICES='));
