/** Two places where YAML's meaning is not people's: an empty section, and a number among environment variables. */
import { LEAVES, keyText } from './key-table';
import { isTree, type Tree } from './tree';
import type { KeyPath } from '../../protocol/yaml-source';

/** @param written a scalar as it stands in the file; null = unknown */
export function asMeant(value: unknown, written: (path: KeyPath) => string | null): unknown {
  if (!isTree(value)) return value;
  const filled = withoutEmptySections(value, []);
  const { workers } = filled;
  if (!Array.isArray(workers)) return filled;
  return { ...filled, workers: workers.map((worker, i) => withPlainTexts(worker, ['workers', i], written)) };
}

const SECTIONS = new Set(LEAVES.flatMap((path) => path.slice(0, -1).map((_, i) => keyText(path.slice(0, i + 1)))));

/** A section with every line commented out is null to YAML and means "nothing set here" to people. */
function withoutEmptySections(tree: Tree, path: readonly string[]): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([key, inner]) => {
      const own = [...path, key];
      if (!SECTIONS.has(keyText(own))) return [key, inner];
      return [key, inner === null ? {} : isTree(inner) ? withoutEmptySections(inner, own) : inner];
    }),
  );
}

/** `env: {LR: 1e-3, FAST: true}`: a variable is text, so it is the text that was written. */
function withPlainTexts(worker: unknown, at: KeyPath, written: (path: KeyPath) => string | null): unknown {
  if (!isTree(worker)) return worker;
  const plain = { ...worker };
  for (const field of ['env', 'labels']) {
    const map = worker[field];
    if (!isTree(map)) continue;
    plain[field] = Object.fromEntries(
      Object.entries(map).map(([name, inner]) => {
        const isScalar = typeof inner === 'number' || typeof inner === 'boolean';
        return [name, isScalar ? (written([...at, field, name]) ?? String(inner)) : inner];
      }),
    );
  }
  return plain;
}
