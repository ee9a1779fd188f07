/** In which order processes go up, and down again. */
import { dependencyKey, layersOf } from '../../../protocol/dependencies';
import type { ProcessKey } from '../../../protocol/ids';
import type { Model } from '../model';

/** Who depends on whom, over the whole fleet: also the ways that lead through others. */
export const dependencyGraph = (model: Model): Map<string, readonly string[]> =>
  new Map(
    [...model.processes.values()].map(({ key, worker, spec }) => [
      key,
      Object.keys(spec?.dependsOn ?? {}).map((written) => dependencyKey(worker, written)),
    ]),
  );

/** Those given, in layers: everybody comes after all that it depends on. */
export function layersAmong(model: Model, keys: readonly ProcessKey[]): readonly (readonly ProcessKey[])[] {
  const wanted = new Set<string>(keys);
  return layersOf(dependencyGraph(model))
    .map((layer) => layer.filter((key) => wanted.has(key)) as ProcessKey[])
    .filter((layer) => layer.length > 0);
}
