/**
 * `procguard config check | show | workers | get` without the command line around it: each gives what to print and the
 * exit code, 0 or 2. Nothing here writes or ends the program.
 */
import { nearest } from '../../protocol/errors';
import { keyText, LEAVES, valueAt } from './key-table';
import { loadConfig, type ConfigInput, type LoadedConfig } from './load';
import { dashboardUrl, localLabels, localProcesses, localUrl } from './local-processes';
import { ConfigError } from './problem';
import { showConfig, showConfigAsJson } from './show';

export interface Outcome {
  readonly exitCode: 0 | 2;
  /** For stdout, complete with its last newline; empty = nothing. */
  readonly stdout: string;
  /** For stderr, likewise. */
  readonly stderr: string;
}

/** `configs/x.yaml: ok`, or every problem. */
export const checkConfig = (input: ConfigInput): Outcome =>
  withConfig(input, () => succeeded(`${input.file ?? 'defaults'}: ok\n`));

export const showEffectiveConfig = (input: ConfigInput, as: 'yaml' | 'json' = 'yaml'): Outcome =>
  withConfig(input, (loaded) => succeeded(as === 'json' ? showConfigAsJson(loaded) : showConfig(loaded)));

/**
 * The processes of the local launcher, as JSON (`ProcessSpec[]`).
 * @param baseDir what relative paths in the configuration are relative to
 */
export const listLocalProcesses = (input: ConfigInput, baseDir: string): Outcome =>
  withConfig(input, ({ config }) => succeeded(`${JSON.stringify(localProcesses(config, baseDir), undefined, 2)}\n`));

/** Values for scripts: one line for each key asked for. A list or mapping is JSON, null an empty line. */
export const getConfig = (input: ConfigInput, names: readonly string[]): Outcome =>
  withConfig(input, (loaded) => {
    const values = valuesByName(loaded);
    const unknown = names.find((name) => !values.has(name));
    if (unknown !== undefined) {
      const [near] = nearest(unknown, values.keys());
      const hint = near === undefined ? `(known: ${[...values.keys()].join(', ')})` : `did you mean ${near}?`;
      return failed(`${unknown} is not a known key; ${hint}\n`);
    }
    return succeeded(names.map((name) => `${lineOf(values.get(name))}\n`).join(''));
  });

/** Every key, and what follows from them for programs on this machine. */
function valuesByName({ keys, config }: LoadedConfig): Map<string, unknown> {
  const written = LEAVES.map((path): [string, unknown] => [keyText(path), valueAt(path, keys)]);
  return new Map<string, unknown>([
    ...written,
    ['state.state_file', config.state.stateFile],
    ['local.url', localUrl(config.web)],
    ['local.dashboard', dashboardUrl(config.web)],
    ['local.labels', localLabels(config.workers)],
    ['local.workers', config.workers.length],
  ]);
}

const lineOf = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

function withConfig(input: ConfigInput, use: (loaded: LoadedConfig) => Outcome): Outcome {
  try {
    const loaded = loadConfig(input);
    const outcome = use(loaded);
    return { ...outcome, stderr: loaded.warnings.map((line) => `warning: ${line}\n`).join('') + outcome.stderr };
  } catch (error) {
    if (error instanceof ConfigError) return failed(`${error.message}\n`);
    throw error;
  }
}

const succeeded = (stdout: string): Outcome => ({ exitCode: 0, stdout, stderr: '' });
const failed = (stderr: string): Outcome => ({ exitCode: 2, stdout: '', stderr });
