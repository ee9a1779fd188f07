/** Who depends on whom among one launcher's own processes, for circles and for the order of an end. */
import { circleIn, dependencyKey, layersOf } from '../../protocol/dependencies';
import type { ProcessSpec } from '../../protocol/process-spec';

export const keyOf = (worker: string, { name }: Pick<ProcessSpec, 'name'>): string => `${worker}/${name}`;

/** Keys of all it depends on, wherever they run. */
export const dependenciesOf = (worker: string, { dependsOn }: ProcessSpec): readonly string[] =>
  Object.keys(dependsOn).map((written) => dependencyKey(worker, written));

const graphOf = (worker: string, specs: readonly ProcessSpec[]): ReadonlyMap<string, readonly string[]> =>
  new Map(specs.map((spec) => [keyOf(worker, spec), dependenciesOf(worker, spec)]));

/** Why these cannot be kept together; null = they can. Circles through other workers are the manager's to see. */
export function whyCircular(worker: string, specs: readonly ProcessSpec[]): string | null {
  const circle = circleIn(graphOf(worker, specs));
  if (circle === null) return null;
  return `depends_on goes in a circle: ${circle.join(' -> ')}; none of these could ever start, so take one of them out`;
}

/** In the order of an end: everybody before all it depends on. */
export const layersOfEnd = (worker: string, specs: readonly ProcessSpec[]): readonly (readonly string[])[] =>
  [...layersOf(graphOf(worker, specs))].reverse();
