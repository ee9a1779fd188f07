/**
 * `agent.yaml`: the file of RemoteGPU's agent (seed 003), read as a launcher's own. Every key of it is understood; those that
 * mean nothing here, because the manager sends and is not polled, are said once and change nothing.
 *
 * It is known by its keys, so it is given as every file is (`--config agent.yaml`). Variables of the original (AGENT_PORT...)
 * stand over it as they did there, and flags over both.
 */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { Duration, Size } from '../protocol/amounts';
import { documentProblems } from '../protocol/document-problems';
import { WorkerId } from '../protocol/ids';
import { LIMITS } from '../protocol/limits';
import { AGENT_DEFAULTS } from './agent-words';
import { RulesDocument, rulesOf } from './core/rules';
import { MEANT, type Values } from './flags';
import { mistakes } from './own-file';
import { NOTHING_ELSE, type WorkerFile } from './worker-file';
import type { YamlSource } from '../protocol/yaml-source';

/** Null or empty = not given, as the sample of the original has it. */
const given = <T extends z.ZodType>(schema: T) =>
  z.union([z.null(), z.literal('').transform(() => null), schema]).optional();
/** Of this machine only, as the API is. */
const Port = z
  .number()
  .int()
  .min(1)
  .max(65_535)
  .transform((port) => ({ host: '127.0.0.1', port }));
const Text = z.string().min(1).max(LIMITS.nameCharsMax);

const Keys = z.strictObject({
  port: given(Port),
  db_path: given(z.string().min(1)),
  max_workers: given(MEANT.slots),
  server: z
    .strictObject({
      url: given(MEANT['manager-url']),
      agent_id: given(WorkerId),
      machine_id: given(Text),
      token: given(MEANT.token),
      timeout: given(Duration),
    })
    .nullish(),
  poll: z.strictObject({ interval: given(Duration), batch_size: given(z.number().int().min(1)) }).nullish(),
  limits: z.strictObject({ max_output_size: given(Size) }).nullish(),
  security: RulesDocument.nullish(),
});

export const AGENT_FILE_KEYS: readonly string[] = Object.keys(Keys.shape);

/** Keys that a launcher's own file does not have. An empty file is no agent's. */
export const isAgentFile = (source: YamlSource): boolean =>
  typeof source.value === 'object' &&
  source.value !== null &&
  Object.keys(source.value).some((key) => key !== 'security' && AGENT_FILE_KEYS.includes(key));

/** @throws OwnFileError */
export function agentFileOf(source: YamlSource, file: string): WorkerFile {
  const value = source.value ?? {};
  const parsed = Keys.safeParse(value);
  if (!parsed.success) throw mistakes(file, documentProblems(parsed.error, Keys, value, source));
  const { port, db_path: database, max_workers: slots, server, poll, limits, security } = parsed.data;
  const values: Partial<Values> = {
    'local-api': port ?? null,
    'data-dir': database == null ? null : dataDirOf(resolve(dirname(file), database)),
    slots: slots ?? null,
    'manager-url': server?.url ?? null,
    'worker-id': server?.agent_id ?? null,
    token: server?.token ?? null,
  };
  return {
    ...NOTHING_ELSE,
    file,
    values,
    rules: security == null ? null : rulesOf(security, resolve(file)),
    agent: {
      machineId: server?.machine_id ?? null,
      outputBytesMax: limits?.max_output_size ?? AGENT_DEFAULTS.outputBytesMax,
      unused: unusedOf({
        'server.timeout': server?.timeout,
        'poll.interval': poll?.interval,
        'poll.batch_size': poll?.batch_size,
      }),
    },
    source,
  };
}

/** The database's own directory: what was one file there are several here. */
export const dataDirOf = (database: string): string => dirname(database);

const unusedOf = (set: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(set).flatMap(([key, value]) => (value == null ? [] : [key]));
