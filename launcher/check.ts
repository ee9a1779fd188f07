/** What `--check` prints: what everything that was read means, in the words of a file, with all defaults, in the order of start. */
import yaml from 'js-yaml';
import { dependencyKey, layersOf } from '../protocol/dependencies';
import type { ProcessSpec } from '../protocol/process-spec';
import { allProcessWords } from '../protocol/process-words';
import { MASK } from '../protocol/secret-names';
import { rulesWords } from './core/rules';
import type { Defined } from './keeper/keepers';
import { optionWords } from './option-words';
import type { LauncherOptions } from './options';

export function checkText(options: LauncherOptions, defined: readonly Defined[]): string {
  const { workerId, token, workerFile, rules } = options;
  const specs = inOrderOfStart(
    workerId,
    defined.map(({ spec }) => spec),
  );
  const meaning = {
    ...Object.fromEntries(Object.entries(optionWords(options)).filter(([, value]) => value !== null)),
    ...(token === null ? {} : { token: MASK }),
    ...(rules === null ? {} : { security: rulesWords(rules) }),
    processes: specs.map((spec) => ({ name: spec.name, ...allProcessWords(spec) })),
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
