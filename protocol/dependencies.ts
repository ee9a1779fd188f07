/**
 * `depends_on`: a run is born only while the condition on each process it depends on holds, on the same worker or
 * on another one. Pure, and shared: the launcher holds births back by it, the manager refuses circles by it and tells
 * launchers how processes of other workers stand.
 */
import { z } from 'zod';

/** `started`: it runs, or has completed. `ready`: it runs and its ready probe succeeded. `completed`: it ended with exit code 0. */
export const DependencyCondition = z.enum(['started', 'ready', 'completed']);
export type DependencyCondition = z.infer<typeof DependencyCondition>;

/** By the name of a process of the same worker, or `worker/process`. */
export const DependsOn = z.record(z.string().min(1), DependencyCondition);
export type DependsOn = z.infer<typeof DependsOn>;

/** How a process stands, as far as others may depend on it. Absent from a table = not known (yet). */
export const Standing = z.object({
  started: z.boolean(),
  ready: z.boolean(),
  completed: z.boolean(),
  /** In words: `running, not ready yet`, `failed: exit code 7`. */
  is: z.string(),
});
export type Standing = z.infer<typeof Standing>;

/** A condition that does not hold now. */
export const Unmet = z.object({
  /** `worker/process`. */
  key: z.string(),
  condition: DependencyCondition,
  is: z.string(),
});
export type Unmet = z.infer<typeof Unmet>;

/** The key a `depends_on` entry means. */
export const dependencyKey = (worker: string, written: string): string =>
  written.includes('/') ? written : `${worker}/${written}`;

export function unmet(
  worker: string,
  dependsOn: DependsOn,
  standing: (key: string) => Standing | undefined,
): readonly Unmet[] {
  return Object.entries(dependsOn).flatMap(([written, condition]) => {
    const key = dependencyKey(worker, written);
    const stands = standing(key);
    if (stands?.[condition] === true) return [];
    return [{ key, condition, is: stands?.is ?? 'not known here' }];
  });
}

/** `w1/db to be ready (running, not ready yet)`, joined. */
export const unmetText = (waits: readonly Unmet[]): string =>
  waits.map(({ key, condition, is }) => `${key} to be ${condition} (${is})`).join(', ');

/** A circle among the dependencies, closed by its first member again; null = there is none. */
export function circleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const done = new Set<string>();
  const walk = (key: string, path: readonly string[]): readonly string[] | null => {
    const at = path.indexOf(key);
    if (at >= 0) return [...path.slice(at), key];
    if (done.has(key)) return null;
    for (const next of graph.get(key) ?? []) {
      const circle = walk(next, [...path, key]);
      if (circle !== null) return circle;
    }
    done.add(key);
    return null;
  };
  for (const key of graph.keys()) {
    const circle = walk(key, []);
    if (circle !== null) return circle;
  }
  return null;
}

/** Layers in order of start: everybody comes after all it depends on. Only keys of the graph; circles are broken where met. */
export function layersOf(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const depth = new Map<string, number>();
  const depthOf = (key: string, path: ReadonlySet<string>): number => {
    const known = depth.get(key);
    if (known !== undefined) return known;
    if (path.has(key)) return 0;
    const below = (graph.get(key) ?? []).filter((next) => graph.has(next));
    const own = below.length === 0 ? 0 : 1 + Math.max(...below.map((next) => depthOf(next, new Set([...path, key]))));
    depth.set(key, own);
    return own;
  };
  const layers: string[][] = [];
  for (const key of graph.keys()) (layers[depthOf(key, new Set())] ??= []).push(key);
  return layers.map((layer) => layer ?? []);
}
