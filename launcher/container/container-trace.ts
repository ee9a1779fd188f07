/**
 * What is known on the disk of a run's container: `container.json` in the run's directory. Begun by the launcher before the
 * birth, gone on with by the program that keeps the container, read by whoever must know whether one may live.
 *
 * Written before what it tells of is done: a container that nobody knows of is worse than one that was never made.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EngineAddress } from './engine-address';

const FILE = 'container.json';

export const ContainerTrace = z.discriminatedUnion('kind', [
  /** The run is to be a container, and no engine was asked for one yet. */
  z.object({ kind: z.literal('planned') }),
  /** From here on there may be one. */
  z.object({ kind: z.literal('making'), engine: EngineAddress }),
  z.object({
    kind: z.literal('running'),
    engine: EngineAddress,
    id: z.string(),
    /** Of its first process, by the machine's own numbers; 0 = it had ended, or is elsewhere. */
    pid: z.number().int(),
    /** A clause each. */
    isolation: z.array(z.string()),
    /** What was asked for and is not so, a sentence each. */
    unenforced: z.array(z.string()),
  }),
  /** There is none any more. */
  z.object({
    kind: z.literal('over'),
    /** As above; 0 also = it never ran. */
    pid: z.number().int(),
    /** The engine says that the kernel's memory killer was in it; null = it does not say so. */
    memoryKill: z.object({ limitBytes: z.number().nullable() }).nullable(),
    /** The kernel's memory kills on this machine while it lived; null = not known. */
    machineKills: z.number().int().nullable().default(null),
    /** What it was held by, as above: whoever looks may come after a short life. */
    isolation: z.array(z.string()).default([]),
    unenforced: z.array(z.string()).default([]),
  }),
]);
export type ContainerTrace = z.infer<typeof ContainerTrace>;

/** Null = the run is no container. */
export function readTrace(directory: string): ContainerTrace | null {
  try {
    return ContainerTrace.parse(JSON.parse(readFileSync(join(directory, FILE), 'utf8')));
  } catch {
    return null;
  }
}

export function writeTrace(directory: string, trace: ContainerTrace): void {
  const path = join(directory, FILE);
  writeFileSync(`${path}.t`, JSON.stringify(trace), { mode: 0o600 });
  renameSync(`${path}.t`, path);
}
