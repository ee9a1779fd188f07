/** A configuration before it is checked: nested mappings, addressed by key path. */
import { keyText } from './key-table';
import type { Override } from './environment';
import type { KeyPath } from '../../protocol/yaml-source';

export type Tree = Record<string, unknown>;
export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sets one key, making the mappings on its way; a file whose section is no mapping keeps its mistake to be told. */
export function lay(tree: unknown, { path, value }: Override): string {
  let at = tree;
  for (const step of path.slice(0, -1)) {
    if (!isTree(at)) return keyText(path);
    at[step] ??= {};
    at = at[step];
  }
  if (isTree(at)) at[path.at(-1) as string] = value;
  return keyText(path);
}

export const has = (tree: unknown, path: KeyPath): boolean =>
  path.length === 0 || (isTree(tree) && Object.hasOwn(tree, path[0] ?? '') && has(tree[path[0] ?? ''], path.slice(1)));
