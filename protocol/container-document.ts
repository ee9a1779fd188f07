/** The way back from a container to the words that give it (container-words.ts): what is as by default is left out. */
import type { ContainerSpec } from './container-spec';
import { given } from './document-parts';
import { size } from './amounts';

export const containerWords = (container: ContainerSpec): Readonly<Record<string, unknown>> =>
  given({
    image: container.image,
    always_pull: container.alwaysPull ? true : undefined,
    cpus: container.cpus ?? undefined,
    memory: container.memoryBytes === null ? undefined : size(container.memoryBytes),
    pids: container.pids ?? undefined,
    network: container.network === 'bridge' ? undefined : container.network,
    volumes:
      container.volumes.length === 0
        ? undefined
        : container.volumes.map(({ source, target, readOnly }) =>
            given({ source, target, read_only: readOnly ? true : undefined }),
          ),
    user: container.user ?? undefined,
    read_only_root: container.readOnlyRoot ? true : undefined,
    gpus: container.gpus ?? undefined,
    entrypoint: container.entrypoint ?? undefined,
  });
