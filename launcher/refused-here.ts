/** Which definitions of this machine itself its own rules refuse, each where it is written. */
import { problemAt, problemText } from '../protocol/document-problems';
import type { ProcessSpec } from '../protocol/process-spec';
import type { KeyPath } from '../protocol/yaml-source';
import { refusalOf } from './birth/birth';
import type { Wanted } from './birth/wanted';
import type { Refusal } from './core/rules';
import type { Defined } from './keeper/keepers';
import type { LauncherOptions } from './options';

/** @returns a line each, with its place where it stands in the launcher's own file */
export function refusedHere(
  options: LauncherOptions,
  defined: readonly Defined[],
  place: Pick<Wanted, 'environment' | 'workingDir'>,
): string[] {
  return defined.flatMap(({ spec }) => {
    const refusal = refusalOf({ ...place, spec, rules: options.rules });
    return refusal === null ? [] : [placed(options, spec, refusal)];
  });
}

function placed({ workerFile, workerId }: LauncherOptions, spec: ProcessSpec, { field, why }: Refusal): string {
  const index = workerFile?.processes.findIndex(({ name }) => name === spec.name) ?? -1;
  const isMain = (spec.name as string) === workerId && workerFile?.values.command !== undefined;
  const path = index >= 0 ? ['processes', index, ...keys(field)] : keys(field);
  if (workerFile === null || (index < 0 && !isMain)) return `the process ${spec.name} is ${why}`;
  return problemText(workerFile.file, problemAt(workerFile.source, path, `the process ${spec.name} is ${why}`));
}

/** `alive[1]` is two steps. */
const keys = (field: string): KeyPath =>
  field
    .split(/[[\]]/)
    .flatMap<string | number>((part) => (part === '' ? [] : /^\d+$/.test(part) ? [Number(part)] : [part]));
