/**
 * A launcher's own file (`--config worker.yaml`): its flags under their names in snake case, and the processes it keeps,
 * each as everywhere else where people write one (protocol/process-document.ts).
 *
 * Everything wrong is told at once, each at its line and column. Paths in it are relative to the file, so it means
 * the same wherever the launcher is started. Two defaults are the file's own: its processes run in its directory, and
 * they are started when they are met for the first time, because that is what a list of processes is for.
 */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { Duration } from '../protocol/amounts';
import { circleIn, dependencyKey } from '../protocol/dependencies';
import { documentProblems, problemAt, type DocumentProblem } from '../protocol/document-problems';
import type { WorkerId } from '../protocol/ids';
import { Labels } from '../protocol/link';
import { ProcessDocument } from '../protocol/process-document';
import type { ProcessSpec } from '../protocol/process-spec';
import type { KeyPath, YamlSource } from '../protocol/yaml-source';
import type { AgentWords } from './agent-words';
import { RulesDocument, rulesOf, type Rules } from './core/rules';
import { MEANT, type Flag, type Values } from './flags';
import { mistakes } from './own-file';

export interface WorkerFile {
  /** As it was named. */
  readonly file: string;
  /** What it says in place of flags. */
  readonly values: Partial<Values>;
  readonly labels: Labels | null;
  readonly autoStart: boolean | null;
  readonly sslNoVerify: boolean | null;
  readonly processes: readonly ProcessSpec[];
  /** What may run on this machine, whoever asks; null = nothing is said of it here. */
  readonly rules: Rules | null;
  /** Set where it is a file of RemoteGPU's agent. */
  readonly agent: AgentWords | null;
  /** Where each of it stands. */
  readonly source: YamlSource;
}

type Snake<S extends string> = S extends `${infer A}-${infer B}` ? `${A}_${Snake<B>}` : S;
/** `processes` is a list here, `security` a mapping, and no file names another one. */
type Key = Snake<Exclude<Flag, 'config' | 'processes' | 'security'>>;

const Texts = z.record(z.string(), z.string('must be text'));
const Keys = z.strictObject({
  ...({
    worker_id: MEANT['worker-id'].optional(),
    manager_url: MEANT['manager-url'].optional(),
    zmq_server_key: MEANT['zmq-server-key'].optional(),
    ca: MEANT.ca.optional(),
    ca_fingerprint: MEANT['ca-fingerprint'].optional(),
    tls_server_name: MEANT['tls-server-name'].optional(),
    client_cert: MEANT['client-cert'].optional(),
    client_key: MEANT['client-key'].optional(),
    command: MEANT.command.optional(),
    working_dir: MEANT['working-dir'].optional(),
    env: Texts.pipe(MEANT.env).optional(),
    heartbeat_interval: Duration.pipe(MEANT['heartbeat-interval']).optional(),
    data_dir: MEANT['data-dir'].optional(),
    log_level: MEANT['log-level'].optional(),
    token: MEANT.token.optional(),
    token_file: MEANT['token-file'].optional(),
    restart_policy: MEANT['restart-policy'].optional(),
    max_restarts: MEANT['max-restarts'].optional(),
    restart_delay: Duration.pipe(MEANT['restart-delay']).optional(),
    stop_timeout: Duration.pipe(MEANT['stop-timeout']).optional(),
    kind: MEANT.kind.optional(),
    output_keep: MEANT['output-keep'].optional(),
    disk_reserve: MEANT['disk-reserve'].optional(),
    slots: MEANT.slots.optional(),
    local_api: MEANT['local-api'].optional(),
    local_api_users: MEANT['local-api-users'].optional(),
    tree: MEANT.tree.optional(),
  } satisfies Record<Key, z.ZodType>),
  labels: Texts.pipe(Labels).optional(),
  auto_start: z.boolean().optional(),
  ssl_no_verify: z.boolean().optional(),
  processes: z.array(ProcessDocument).nullable().optional(),
  security: RulesDocument.optional(),
});

export const WORKER_FILE_KEYS: readonly string[] = Object.keys(Keys.shape);

/** @throws OwnFileError */
export function workerFileOf(source: YamlSource, file: string): WorkerFile {
  const value = asMeant(source.value ?? {}, source, []);
  const parsed = Keys.safeParse(value);
  if (!parsed.success) throw mistakes(file, documentProblems(parsed.error, Keys, value, source));
  const {
    labels = null,
    auto_start = null,
    ssl_no_verify: sslNoVerify = null,
    processes,
    security,
    ...flags
  } = parsed.data;
  const directory = resolve(dirname(file));
  const specs = (processes ?? []).map((spec) => ({
    ...spec,
    workingDir: resolve(directory, spec.workingDir ?? '.'),
  }));
  const problems = [...twice(specs, source), ...circle(specs, flags.worker_id ?? null, source)];
  if (problems.length > 0) throw mistakes(file, problems);
  return {
    file,
    values: valuesOf(flags, directory),
    labels,
    autoStart: auto_start,
    sslNoVerify,
    processes: specs,
    rules: security === undefined ? null : rulesOf(security, resolve(file)),
    agent: null,
    source,
  };
}

/** Of a file that says nothing but values. */
export const NOTHING_ELSE = {
  labels: null,
  autoStart: null,
  sslNoVerify: null,
  processes: [],
  rules: null,
  agent: null,
} as const satisfies Partial<WorkerFile>;

/** What says which worker is meant and where its data are. */
const Whereabouts = z.object({ worker_id: Keys.shape.worker_id, data_dir: Keys.shape.data_dir });

/**
 * The same of a file with mistakes elsewhere, by whom a launcher that runs is to be found: nothing else is read of it.
 * @returns null where that itself is mistaken
 */
export function whereaboutsOf(source: YamlSource, file: string): WorkerFile | null {
  const parsed = Whereabouts.safeParse(source.value ?? {}).data;
  if (parsed === undefined) return null;
  const values = valuesOf(parsed, resolve(dirname(file)));
  return { ...NOTHING_ELSE, file, values, source };
}

/** Variables and labels are the text that was written (`1e-3`, not 0.001); what is listed is wanted. */
function asMeant(value: unknown, source: YamlSource, path: KeyPath): unknown {
  if (!isMapping(value)) return value;
  const meant: Record<string, unknown> = path[0] === 'processes' ? { auto_start: true, ...value } : { ...value };
  for (const key of ['env', 'labels'])
    if (isMapping(value[key])) meant[key] = textsOf(value[key], source, [...path, key]);
  const { processes } = value;
  if (path.length === 0 && Array.isArray(processes))
    meant['processes'] = processes.map((one, i) => asMeant(one, source, ['processes', i]));
  return meant;
}

const textsOf = (map: Readonly<Record<string, unknown>>, source: YamlSource, path: KeyPath): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(map).map(([name, inner]) => {
      const isPlain = typeof inner === 'number' || typeof inner === 'boolean';
      return [name, isPlain ? (source.textOf([...path, name]) ?? String(inner)) : inner];
    }),
  );

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const PATHS = ['data-dir', 'token-file', 'ca', 'client-cert', 'client-key'] as const;

function valuesOf(flags: Partial<{ [K in Key]: unknown }>, directory: string): Partial<Values> {
  const values = Object.entries(flags).map(([key, value]) => [key.replaceAll('_', '-'), value]);
  const { 'working-dir': workingDir, ...others } = Object.fromEntries(values) as Partial<Values>;
  const inDirectory = (path: string): string => resolve(directory, path);
  const named = PATHS.flatMap((flag) => (others[flag] == null ? [] : [[flag, inDirectory(others[flag])]]));
  return {
    ...others,
    ...Object.fromEntries(named),
    // The command of the file runs beside the file.
    ...(workingDir == null && flags.command === undefined ? {} : { 'working-dir': inDirectory(workingDir ?? '.') }),
  };
}

function twice(specs: readonly ProcessSpec[], source: YamlSource): DocumentProblem[] {
  return specs.flatMap(({ name }, i) => {
    const first = specs.findIndex((other) => other.name === name);
    if (first === i) return [];
    const { line } = source.placeOf(['processes', first, 'name']);
    const sentence = `the name ${name} is given twice, first in line ${line}; give each process its own`;
    return [problemAt(source, ['processes', i, 'name'], sentence)];
  });
}

/** @param worker null = it is not said here: then only names without a worker can close a circle */
function circle(specs: readonly ProcessSpec[], worker: WorkerId | null, source: YamlSource): DocumentProblem[] {
  const here = worker ?? '';
  const names = new Map(specs.map(({ name }) => [dependencyKey(here, name), name as string]));
  const graph = new Map(
    specs.map(({ name, dependsOn }) => [
      dependencyKey(here, name),
      Object.keys(dependsOn).map((written) => dependencyKey(here, written)),
    ]),
  );
  const found = circleIn(graph);
  if (found === null) return [];
  const path = found.map((key) => names.get(key) ?? key);
  const first = specs.findIndex(({ name }) => name === path[0]);
  const sentence = `depends_on goes round in a circle: ${path.join(' -> ')}; nothing in it could ever start`;
  return [problemAt(source, ['processes', first, 'depends_on'], sentence)];
}
