/**
 * YAML with positions: js-yaml gives values, its listener gives where each of them stands, so that every complaint about
 * a configuration names its line.
 *
 * The listener hears a node open before the blanks and comments that lead to it, and close right behind it. A node is a
 * key when a colon follows. A key's line is that of its key, not of its value; a list item's is where its content begins.
 */
import yaml from 'js-yaml';

export type KeyPath = readonly (string | number)[];

/** `web.port`, `workers[0].env.LR`. */
export const keyText = (path: KeyPath): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');

/** Both count from 1. */
export interface YamlPlace {
  readonly line: number;
  readonly column: number;
}

export interface YamlSource {
  readonly value: unknown;
  /** Of the deepest part of the path that is in the text: of its key, or of a list item's content. */
  placeOf(path: KeyPath): YamlPlace;
  /** The line of `placeOf`; 1 for the empty path. */
  lineOf(path: KeyPath): number;
  /** A scalar as it was written (`1e-3`, not 0.001); null = not in the text by itself, as behind an alias. */
  textOf(path: KeyPath): string | null;
}

/** The text is not YAML. */
export class YamlSyntaxError extends Error implements YamlPlace {
  constructor(
    readonly line: number,
    readonly column: number,
    readonly reason: string,
  ) {
    super(`line ${line}: ${reason}`);
    this.name = 'YamlSyntaxError';
  }
}

/** YAML 1.2's own types and `<<`: a date or `yes` stays the text it is. */
const MERGE = new yaml.Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (text) => text === '<<' });
const SCHEMA = yaml.CORE_SCHEMA.extend({ implicit: [MERGE] });

/** @throws YamlSyntaxError, also for a key given twice */
export function readYaml(text: string): YamlSource {
  const tree = new TreeBuilder(text);
  const value = load(text, tree);
  const lines = lineStarts(text);
  const placeOf = (path: KeyPath): YamlPlace => {
    const position = place(tree.root, path).deepest.keyAt;
    const index = Math.max(
      0,
      lines.findLastIndex((start) => start <= position),
    );
    return { line: index + 1, column: position - (lines[index] ?? 0) + 1 };
  };
  return {
    value,
    placeOf,
    lineOf: (path) => placeOf(path).line,
    textOf: (path) => {
      const { found } = place(tree.root, path);
      return found?.kind === 'scalar' ? text.slice(found.contentAt, found.endAt).trim() : null;
    },
  };
}

function load(text: string, tree: TreeBuilder): unknown {
  try {
    return yaml.load(text, { schema: SCHEMA, listener: (event, state) => tree.hear(event, state) });
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    throw new YamlSyntaxError(error.mark.line + 1, error.mark.column + 1, reasonOf(text, error));
  }
}

function reasonOf(text: string, { reason, mark }: yaml.YAMLException): string {
  const line = text.split('\n')[mark.line] ?? '';
  if (/^ *\t/.test(line)) return 'not valid YAML: a tab cannot indent; use spaces';
  if (reason !== 'duplicated mapping key') return `not valid YAML: ${reason}`;
  const [key = ''] = /^[^:\n]*/.exec(text.slice(mark.position)) ?? [];
  return `${key.trim().replace(/^(["'])(.*)\1$/, '$2')} is given twice; keep one`;
}

interface Node {
  /** Where its content begins, blanks and comments passed over. */
  readonly contentAt: number;
  /** Where its key begins; the same as contentAt without one. */
  keyAt: number;
  endAt: number;
  kind: string | null;
  result: unknown;
  isKey: boolean;
  readonly children: Node[];
}

/** Blanks and comments before a node. */
const LEAD = /(?:\s|#[^\n]*(?:\n|$))*/y;
const COLON_NEXT = /[ \t]*:/y;

class TreeBuilder {
  readonly root = nodeAt(0);
  private readonly open: Node[] = [this.root];
  constructor(private readonly text: string) {}

  hear(event: yaml.EventType, state: yaml.State): void {
    if (event === 'open') {
      LEAD.lastIndex = state.position;
      const node = nodeAt(state.position + (LEAD.exec(this.text)?.[0].length ?? 0));
      this.open.at(-1)?.children.push(node);
      this.open.push(node);
      return;
    }
    const node = this.open.pop() as Node;
    node.endAt = state.position;
    node.kind = state.kind;
    node.result = state.result;
    COLON_NEXT.lastIndex = state.position;
    node.isKey = state.kind === 'scalar' && COLON_NEXT.test(this.text);
  }
}

const nodeAt = (position: number): Node => ({
  contentAt: position,
  keyAt: position,
  endAt: position,
  kind: null,
  result: null,
  isKey: false,
  children: [],
});

/** Walks down as far as the text goes: the deepest node met, and the one at the end of the path if there is one. */
function place(root: Node, path: KeyPath): { deepest: Node; found: Node | null } {
  let node = root.children[0] ?? root;
  for (const step of path) {
    const next = typeof step === 'number' ? itemOf(node, step) : entryOf(node, step);
    if (next === null) return { deepest: node, found: null };
    node = next;
  }
  return { deepest: node, found: node };
}

const itemOf = (outer: Node, index: number): Node | null => {
  const node = itself(outer);
  return node.kind === 'sequence' ? (node.children.filter((child) => !child.isKey)[index] ?? null) : null;
};

/** The value behind a key, with the key's place; the last one wins, because a parser that backtracks hears a key twice. */
function entryOf(outer: Node, key: string): Node | null {
  const node = itself(outer);
  if (node.kind !== 'mapping') return null;
  const at = node.children.findLastIndex((child) => child.isKey && String(child.result) === key);
  const keyNode = node.children[at];
  if (keyNode === undefined) return null;
  const value = node.children[at + 1];
  return value === undefined || value.isKey ? { ...keyNode, kind: null } : { ...value, keyAt: keyNode.contentAt };
}

/** `- {a: 1}`: the parser takes the braces for a key first, so the mapping is heard inside itself. */
function itself(node: Node): Node {
  const [only, second] = node.children;
  const isEcho = second === undefined && only?.contentAt === node.contentAt && only.kind === node.kind && !only.isKey;
  return isEcho ? itself(only) : node;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\n/g)) starts.push(match.index + 1);
  return starts;
}
