/** What makes a change impossible whatever order it is done in: circles, dependencies on nothing, launchers that cannot do it. */
import { circleIn } from '../../../protocol/dependencies';
import { nearest, Refusal } from '../../../protocol/errors';
import { containerRefusal } from '../fleet/abilities';
import type { Model } from '../model';
import type { Known } from './known';
import type { Planned } from './change-words';
import { dependenciesOf } from './planned';

const NAMED_MAX = 20;

/** @param known before the change */
export function dependencyRefusal(
  model: Model,
  known: ReadonlyMap<string, Known>,
  changes: readonly Planned[],
): Refusal | null {
  const graph = new Map(
    [...known.values()].map(({ key, worker, spec }) => [key as string, dependenciesOf(worker, spec)]),
  );
  for (const { key, worker, after } of changes)
    if (after === null) graph.delete(key);
    else graph.set(key, dependenciesOf(worker, after));
  for (const planned of changes) {
    if (planned.action !== 'create' && planned.action !== 'change') continue;
    for (const wanted of graph.get(planned.key) ?? [])
      if (!graph.has(wanted) && !model.processes.has(wanted as never)) return unknownDependency(planned, wanted, graph);
  }
  const circle = circleIn(reachable(graph, changes));
  if (circle === null) return null;
  const entry = changes.find(({ key }) => circle.includes(key))?.entry ?? null;
  return new Refusal(
    'dependency_circle',
    `depends_on leads back to where it began: ${circle.join(' -> ')}; nothing was changed. Leave out one of these`,
    { circle, entry },
  );
}

/** The first that its worker's launcher would not understand. */
export function abilityRefusal(model: Model, changes: readonly Planned[]): Refusal | null {
  for (const { key, worker: id, after, action, entry } of changes) {
    const worker = model.workers.get(id);
    if (worker === undefined || after === null || action === 'keep') continue;
    const refusal = containerRefusal(worker, after, key);
    if (refusal !== null) return new Refusal(refusal.code, `${refusal.message}. Nothing was changed`, { entry });
  }
  return null;
}

function unknownDependency({ key, entry }: Planned, wanted: string, graph: ReadonlyMap<string, unknown>): Refusal {
  const known = [...graph.keys()].filter((other) => other !== key).sort();
  const near = nearest(wanted, known);
  const hint =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : `known: ${known.slice(0, NAMED_MAX).join(', ') || 'none'}${known.length > NAMED_MAX ? '...' : ''}`;
  return new Refusal(
    'unknown_process',
    `${key} depends on ${wanted}, which is neither known nor in the document; ${hint} Nothing was changed`,
    { known: known.slice(0, 100), nearest: near, entry },
  );
}

/** A circle among others, which no change leads to, is not this change's. */
function reachable(
  graph: ReadonlyMap<string, readonly string[]>,
  changes: readonly Planned[],
): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const queue = changes.filter(({ after }) => after !== null).map(({ key }) => key as string);
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
    if (found.has(key)) continue;
    const next = graph.get(key) ?? [];
    found.set(key, next);
    queue.push(...next);
  }
  return found;
}
