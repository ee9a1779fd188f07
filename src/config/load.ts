/**
 * Reads the configuration: file, then environment, then flags, each over the one before; checks the whole once; and
 * remembers where each key came from. Everything wrong is told at once.
 */
import { readFileSync } from 'node:fs';
import { asMeant } from './as-meant';
import { environmentOverrides, environmentWarnings, valueOf, type Environment, type Override } from './environment';
import { LEAVES, keyText } from './key-table';
import { ConfigKeys } from './keys';
import { managerConfigOf, type ManagerConfig } from './manager-config';
import { ConfigError, problem, problemsOf } from './problem';
import type { Source } from './source';
import { movedStateFile } from './state-file';
import { has, lay } from './tree';
import { readYaml, YamlSyntaxError, type KeyPath, type YamlSource } from '../../protocol/yaml-source';

/** Flags of the manager that stand for a key. Texts are read as environment variables are. */
export interface ConfigFlags {
  readonly host?: string | undefined;
  readonly port?: string | number | undefined;
  readonly dataDir?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly ssl?: boolean | undefined;
  readonly sslKey?: string | undefined;
  readonly sslCert?: string | undefined;
}
const FLAGS: Readonly<Record<keyof ConfigFlags, { readonly flag: string; readonly path: KeyPath }>> = {
  host: { flag: '--host', path: ['web', 'host'] },
  port: { flag: '--port', path: ['web', 'port'] },
  dataDir: { flag: '--data-dir', path: ['state', 'data_dir'] },
  logLevel: { flag: '--log-level', path: ['logging', 'level'] },
  ssl: { flag: '--ssl', path: ['web', 'tls', 'enabled'] },
  sslKey: { flag: '--ssl-key', path: ['web', 'tls', 'key_file'] },
  sslCert: { flag: '--ssl-cert', path: ['web', 'tls', 'cert_file'] },
};

export interface ConfigInput {
  /** Path of the YAML file, also said in messages as it is; null = defaults alone. */
  readonly file: string | null;
  readonly flags?: ConfigFlags;
  readonly env?: Environment;
}

export interface LoadedConfig {
  readonly config: ManagerConfig;
  /** The same under the names people write, defaults filled in. */
  readonly keys: ConfigKeys;
  /** By `web.port`: every key that has a value of its own. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Things that are surely mistakes and do no harm; one sentence each. */
  readonly warnings: readonly string[];
}

/** @throws ConfigError with every problem */
export function loadConfig({ file, flags = {}, env = {} }: ConfigInput): LoadedConfig {
  const source = file === null ? null : readFile(file);
  const given = new Map<string, Source>();
  const tree = asMeant(source?.value ?? {}, (path) => source?.textOf(path) ?? null);
  const byEnvironment = environmentOverrides(env);
  const byFlag = flagOverrides(flags);
  const moved = movedStateFile(tree, [...byEnvironment, ...byFlag]);
  for (const { variable, ...override } of byEnvironment) given.set(lay(tree, override), { kind: 'env', variable });
  for (const { flag, ...override } of byFlag) given.set(lay(tree, override), { kind: 'flag', flag });
  // It follows what names the directory.
  if (moved !== null) given.set(lay(tree, moved), given.get('state.data_dir') ?? { kind: 'default' });

  const sourceOf = (path: KeyPath): Source =>
    path.map((_, i) => given.get(keyText(path.slice(0, i + 1)))).find((found) => found !== undefined) ??
    (file === null || source === null ? { kind: 'default' } : { kind: 'file', file, line: source.lineOf(path) });

  const whole = asMeant(tree, () => null);
  const checked = ConfigKeys.safeParse(whole);
  if (!checked.success) {
    const [first, ...rest] = problemsOf(checked.error, whole, sourceOf).sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    if (first !== undefined) throw new ConfigError([first, ...rest]);
    throw checked.error;
  }
  return {
    config: managerConfigOf(checked.data),
    keys: checked.data,
    sources: new Map(LEAVES.map((path) => [keyText(path), has(whole, path) ? sourceOf(path) : { kind: 'default' }])),
    warnings: environmentWarnings(env),
  };
}

function readFile(file: string): YamlSource {
  const at = (line: number): Source => ({ kind: 'file', file, line });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : String(error);
    const message = `${file}: cannot be read: ${why}; name the configuration with --config FILE`;
    throw new ConfigError([{ file, line: null, key: null, message }]);
  }
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    throw new ConfigError([problem(at(error.line), null, error.reason)]);
  }
}

function flagOverrides(flags: ConfigFlags): (Override & { readonly flag: string })[] {
  return (Object.keys(FLAGS) as (keyof ConfigFlags)[]).flatMap((name) => {
    const value = flags[name];
    const { flag, path } = FLAGS[name];
    return value === undefined ? [] : [{ flag, path, value: typeof value === 'string' ? valueOf(value, path) : value }];
  });
}
