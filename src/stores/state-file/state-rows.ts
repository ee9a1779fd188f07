/** The rows of the readable snapshot, checked when one is imported: a file that people may have edited. */
import { z } from 'zod';
import { InstanceId, ProcessName, RunId, WorkerId, type ProcessKey } from '../../../protocol/ids';
import { Labels } from '../../../protocol/link';
import { ProcessSpec } from '../../../protocol/process-spec';
import { Desired, ProcessReport, StopCertificate } from '../../../protocol/process-state';
import type { Definition } from '../../core/definitions/versions';
import type { Process, Worker } from '../../core/model';

const WorkerRow = z.object({
  id: WorkerId,
  type: z.enum(['remote', 'local', 'plain', 'claim', 'sse']),
  hostname: z.string(),
  labels: Labels,
  version: z.string().nullable(),
  instance: InstanceId.nullable(),
  ackedSeq: z.number().int(),
  registeredAtMs: z.number(),
  heartbeatIntervalMs: z.number(),
  presence: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('connecting'), sinceMs: z.number() }),
    z.object({ kind: z.literal('present'), sinceMs: z.number() }),
    z.object({ kind: z.literal('stale'), sinceMs: z.number() }),
    z.object({ kind: z.literal('lost'), sinceMs: z.number(), lastContactMs: z.number() }),
  ]),
  isDraining: z.boolean().default(false),
  slots: z.number().int().default(0),
  gpus: z.null().default(null),
  abilities: z.array(z.string()).optional(),
});

const PlainRow = z.object({
  status: z.enum(['registered', 'running', 'stopped', 'exited', 'failed']),
  pid: z.number().int().nullable(),
  restarts: z.number().int(),
  exitCode: z.number().int().nullable(),
  sinceMs: z.number(),
  run: RunId,
});

const ProcessRow = z.object({
  key: z.string().transform((key) => key as ProcessKey),
  worker: WorkerId,
  name: ProcessName,
  command: z.string(),
  workingDir: z.string().nullable(),
  spec: ProcessSpec.nullable(),
  desired: Desired,
  actual: z.discriminatedUnion('via', [
    z.object({ via: z.literal('launcher'), report: ProcessReport }),
    z.object({ via: z.literal('plain'), report: PlainRow }),
  ]),
  certificate: StopCertificate.nullable(),
  lastEndedRun: RunId.nullable(),
  lastEndedBytes: z.number().int().nullable().default(null),
  supersededBy: z
    .string()
    .transform((key) => key as ProcessKey)
    .nullable(),
  outdatedRun: RunId.nullable().optional(),
});

const DefinitionRow = z.object({
  key: z.string().transform((key) => key as ProcessKey),
  worker: WorkerId,
  versions: z
    .array(
      z.object({
        number: z.number().int().positive(),
        spec: ProcessSpec.nullable(),
        change: z.object({
          id: z.string(),
          order: z.number().int(),
          set: z.string().nullable(),
          kind: z.enum(['apply', 'rollback', 'define', 'remove']),
          by: z.string(),
          atMs: z.number(),
        }),
      }),
    )
    .min(1),
});

export const STATE_FORMAT = 'procguard-state-1';

export const StateFile = z.object({
  format: z.literal(STATE_FORMAT),
  saved_at: z.string(),
  workers: z.record(z.string(), WorkerRow),
  processes: z.record(z.string(), ProcessRow),
  /** Written since definitions have versions. */
  definitions: z.record(z.string(), DefinitionRow).default({}),
});
export interface StateRows {
  readonly workers: Worker[];
  readonly processes: Process[];
  readonly definitions: Definition[];
}
