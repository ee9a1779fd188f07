/** What `--check` prints: what everything that was read means, with all defaults, in the order of start. */
import yaml from 'js-yaml';
import { dependencyKey, layersOf } from '../protocol/dependencies';
import type { ProcessSpec } from '../protocol/process-spec';
import { maskedEnv } from '../protocol/secret-names';
import type { Defined } from './keeper/keepers';
import { addressText } from './local-api/address';
import type { LauncherOptions } from './options';

export function checkText(options: LauncherOptions, defined: readonly Defined[]): string {
  const { workerId, managerUrl, dataDir, heartbeatIntervalMs, labels, logLevel, kind, tree, workerFile, rules } =
    options;
  const { slots, localApi } = options;
  const specs = inOrderOfStart(
    workerId,
    defined.map(({ spec }) => spec),
  );
  const meaning = {
    workerId,
    managerUrl,
    dataDir,
    heartbeatIntervalMs,
    logLevel,
    kind,
    tree,
    slots,
    localApi: localApi === null ? null : addressText(localApi),
    labels,
    security: rules,
    processes: specs.map((spec) => ({ ...spec, env: maskedEnv(spec) })),
  };
  const count = `${specs.length} ${specs.length === 1 ? 'process' : 'processes'}`;
  return `# ${workerFile?.file ?? 'flags and environment'}: ok, ${count}\n${yaml.dump(meaning, { lineWidth: -1, noRefs: true })}`;
}

function inOrderOfStart(worker: string, specs: readonly ProcessSpec[]): readonly ProcessSpec[] {
  const byKey = new Map(specs.map((spec) => [dependencyKey(worker, spec.name), spec]));
  const graph = [...byKey].map(([key, { dependsOn }]) => {
    const needed = Object.keys(dependsOn).map((written) => dependencyKey(worker, written));
    return [key, needed] as const;
  });
  return layersOf(new Map(graph))
    .flat()
    .flatMap((key) => byKey.get(key) ?? []);
}
