/** A container as people write it, in a document of processes or in a job: snake case, sizes with units. */
import { z } from 'zod';
import { Size } from './amounts';
import { given, listOf, Text } from './document-parts';

/** `/srv/data:/data:ro`, or the same in keys. */
const VolumeWords = z
  .preprocess(
    (written) => (typeof written === 'string' ? volumeKeys(written) : written),
    z.strictObject(
      { source: Text, target: Text, read_only: z.boolean().optional() },
      'must be source:target, source:target:ro, or {source, target, read_only}',
    ),
  )
  .transform(({ source, target, read_only: readOnly }) => given({ source, target, readOnly }));

function volumeKeys(written: string): object | null {
  const [, source, target, mode] = /^([^:]+):([^:]+?)(?::(ro|rw))?$/.exec(written) ?? [];
  return source === undefined ? null : { source, target, read_only: mode === 'ro' };
}

export const ContainerWords = z
  .strictObject({
    image: Text,
    always_pull: z.boolean().optional(),
    cpus: z.number().optional(),
    memory: Size.optional(),
    pids: z.number().optional(),
    network: z.enum(['none', 'bridge', 'host']).optional(),
    volumes: z.array(VolumeWords).optional(),
    user: z.union([Text, z.number().int().min(0).transform(String)]).optional(),
    read_only_root: z.boolean().optional(),
    gpus: z.union([z.literal('all'), z.array(z.number())]).optional(),
    entrypoint: listOf(z.string()).optional(),
  })
  .transform(({ always_pull: alwaysPull, memory: memoryBytes, read_only_root: readOnlyRoot, ...same }) =>
    given({ ...same, alwaysPull, memoryBytes, readOnlyRoot }),
  );
