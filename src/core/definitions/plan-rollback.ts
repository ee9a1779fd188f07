/** The way back: of one process to an earlier version, of a set to before its last change. */
import { nearest, Refusal } from '../../../protocol/errors';
import type { ProcessKey, ProcessName } from '../../../protocol/ids';
import type { ProcessSpec } from '../../../protocol/process-spec';
import type { Model } from '../model';
import { unknownWorker } from '../processes/find';
import type { Planned, Rollback } from './change-words';
import { knownProcesses } from './known';
import { planOne } from './planned';
import { sealedRefusal } from './secret-values';
import { abilityRefusal, dependencyRefusal } from './soundness';
import { specBefore, versionBefore, type Change, type Definition } from './versions';

export interface PlannedRollback {
  readonly set: string | null;
  readonly changes: readonly Planned[];
}

export function planRollback(model: Model, asked: Rollback): PlannedRollback | Refusal {
  const change = lastChangeOf(model, asked.name);
  const found = findDefinition(model, asked.name);
  if (asked.isSet || (found instanceof Refusal && change !== null)) {
    if (change === null)
      return new Refusal('unknown_version', `no set ${asked.name} was ever applied; ${setsText(model)}`);
    if (asked.to !== null)
      return new Refusal(
        'bad_request',
        `${asked.name} is a set, which goes back to before its last change; a version is a process's`,
      );
    return backFrom(model, asked.name, change);
  }
  if (found instanceof Refusal) return found;
  if (change !== null && !asked.name.includes('/'))
    return new Refusal(
      'bad_request',
      `${asked.name} is a process (${found.key}) and a set; name the process by its key, or say that the set is meant ("set": true, --set)`,
    );
  const spec = specAt(found, asked.to);
  return spec instanceof Refusal ? spec : sound(model, null, [{ definition: found, spec }]);
}

/** Everything that the last change of the set touched, as it was before it. */
function backFrom(model: Model, set: string, change: Change): PlannedRollback | Refusal {
  const back: { definition: Definition; spec: ProcessSpec | null }[] = [];
  for (const definition of model.definitions.values()) {
    if (!definition.versions.some((version) => version.change.id === change.id)) continue;
    const spec = specBefore(definition, change);
    if (spec === undefined)
      return new Refusal(
        'unknown_version',
        `how ${definition.key} was before is not kept any more; nothing was changed`,
      );
    back.push({ definition, spec });
  }
  return sound(model, set, back);
}

function sound(
  model: Model,
  set: string | null,
  back: readonly { readonly definition: Definition; readonly spec: ProcessSpec | null }[],
): PlannedRollback | Refusal {
  const known = knownProcesses(model);
  for (const { definition } of back)
    if (!model.workers.has(definition.worker)) return unknownWorker(model, definition.worker);
  const changes = back.map(({ definition: { key, worker }, spec }) =>
    planOne({ key, worker, name: nameIn(key), entry: null }, known.get(key), spec),
  );
  return (
    dependencyRefusal(model, known, changes) ??
    abilityRefusal(model, changes) ??
    sealedRefusal(changes) ?? { set, changes }
  );
}

function specAt(definition: Definition, to: number | null): ProcessSpec | Refusal {
  const wanted = to === null ? versionBefore(definition) : definition.versions.find(({ number }) => number === to);
  if (wanted?.spec != null) return wanted.spec;
  const known = definition.versions.filter(({ spec }) => spec !== null).map(({ number }) => number);
  const what = to === null ? 'no earlier version' : `no version ${to} that could run`;
  return new Refusal('unknown_version', `${definition.key} has ${what}; it has ${known.join(', ')}`, { known });
}

/** By key, or by a name that only one process has; also of removed processes. */
export function findDefinition(model: Model, name: string): Definition | Refusal {
  const exact = model.definitions.get(name as ProcessKey);
  if (exact !== undefined) return exact;
  const named = [...model.definitions.values()].filter(({ key }) => nameIn(key) === name);
  const [only, ...others] = named;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined)
    return new Refusal(
      'unknown_process',
      `${name} is a process of several workers: ${named.map(({ key }) => key).join(', ')}; name one`,
    );
  const isOwn = [...model.processes.values()].some((process) => process.key === name || process.name === name);
  if (isOwn)
    return new Refusal(
      'defined_elsewhere',
      `${name} is defined by its launcher's own command line or file; it has no versions here`,
    );
  const near = nearest(
    name,
    [...model.definitions.keys()].flatMap((key) => [key, nameIn(key)]),
  );
  const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
  return new Refusal('unknown_process', `no process and no set ${JSON.stringify(name)} was given from here${hint}`, {
    nearest: near,
  });
}

const nameIn = (key: ProcessKey): ProcessName => key.slice(key.indexOf('/') + 1) as ProcessName;

function lastChangeOf(model: Model, set: string): Change | null {
  let last: Change | null = null;
  for (const { versions } of model.definitions.values())
    for (const { change } of versions) if (change.set === set && change.order > (last?.order ?? 0)) last = change;
  return last;
}

function setsText(model: Model): string {
  const sets = new Set(
    [...model.definitions.values()].flatMap(({ versions }) => versions.flatMap(({ change }) => change.set ?? [])),
  );
  return sets.size === 0 ? 'none is known' : `known: ${[...sets].join(', ')}`;
}
