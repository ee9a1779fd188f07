/**
 * A process that runs in a container of the machine's own engine (Docker, Podman) instead of as a child of the launcher.
 * Its command, environment and working directory are then those inside of it; nothing of the launcher's environment is
 * handed on but what `envInherit` names.
 *
 * What `limits` says of memory, cpu, pids and open files holds for the container too, where it does not say so itself.
 */
import { z } from 'zod';
import { LIMITS } from './limits';

const AbsolutePath = z.string().max(4096).regex(/^\//, 'must be an absolute path');

export const ContainerVolume = z.strictObject({
  /** A directory or file of the machine (absolute: it must be there), or the name of one of the engine's volumes. */
  source: z
    .string()
    .max(4096)
    .regex(/^(?:\/|[A-Za-z0-9][\w.-]*$)/, 'must be an absolute path, or the name of a volume'),
  /** Where it is inside. */
  target: AbsolutePath,
  readOnly: z.boolean().default(false),
});
export type ContainerVolume = z.infer<typeof ContainerVolume>;

export const ContainerSpec = z.strictObject({
  /** As the engine knows it: `docker.io/library/python:3.12`, `localhost/train@sha256:...`. Pulled where it is missing. */
  image: z
    .string()
    .regex(/^[\w][\w./:@-]*$/, 'must be the name of an image')
    .max(512),
  /** Asked of its registry at each start, also where it is here. */
  alwaysPull: z.boolean().default(false),
  /** Cores: 1.5 = one and a half. Null = `limits.cpuCores`. */
  cpus: z.number().min(0.01).nullable().default(null),
  /** Of everything in it, swap included. Null = `limits.memoryBytes`. Engines take 6 MiB at least. */
  memoryBytes: z
    .number()
    .int()
    .min(6 * 1024 * 1024, 'must be 6M at least: engines take no less')
    .nullable()
    .default(null),
  /** Processes and threads in it. Null = `limits.pids`. */
  pids: z.number().int().min(1).nullable().default(null),
  /** `bridge`: its own network behind the machine's. `host`: the machine's own, with all that listens there. */
  network: z.enum(['none', 'bridge', 'host']).default('bridge'),
  volumes: z.array(ContainerVolume).max(LIMITS.containerVolumesMax).default([]),
  /** `1000`, `1000:100`, or names that the image knows. Null = the image's own, which often is root. */
  user: z
    .string()
    .regex(/^[\w][\w.-]*(?::[\w][\w.-]*)?$/, 'must be a user, or user:group')
    .nullable()
    .default(null),
  /** Nothing can be written but to volumes. */
  readOnlyRoot: z.boolean().default(false),
  /** Devices by the machine's own numbers. Inside they are counted from 0, so CUDA_VISIBLE_DEVICES is not handed on. */
  gpus: z
    .union([z.literal('all'), z.array(z.number().int().min(0)).min(1).max(LIMITS.containerGpusMax)])
    .nullable()
    .default(null),
  /** Instead of the image's own; `[]` = none, the command alone. Null = the image's. */
  entrypoint: z.array(z.string()).max(LIMITS.containerEntrypointWordsMax).nullable().default(null),
});
export type ContainerSpec = z.infer<typeof ContainerSpec>;
