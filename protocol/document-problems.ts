/**
 * What is wrong with a document that people wrote: every problem at once, each at its line and column, with what must be
 * there. An unknown key is told with the nearest known one.
 */
import { z } from 'zod';
import { nearest } from './errors';
import { at, fieldProblem } from './field-problems';
import { keyText, type KeyPath, type YamlPlace, type YamlSource } from './yaml-source';

type Issue = z.core.$ZodIssue;

export interface DocumentProblem extends YamlPlace {
  /** `processes[0].ready.tcp`; empty = the document as a whole. */
  readonly key: string;
  /** Without its place. */
  readonly sentence: string;
}

/** `worker.yaml:7:5: processes[0].comand is not a known key; did you mean command?` */
export const problemText = (file: string, { line, column, sentence }: DocumentProblem): string =>
  `${file}:${line}:${column}: ${sentence}`;

export const problemAt = (source: YamlSource, path: KeyPath, sentence: string): DocumentProblem => ({
  ...source.placeOf(path),
  key: keyText(path),
  sentence,
});

/**
 * In the order of the document, one for each key: the others follow from it.
 * @param schema what it was checked by, to know the keys that are allowed
 * @param value what was checked
 */
export function documentProblems(
  error: z.ZodError,
  schema: z.core.$ZodType,
  value: unknown,
  source: YamlSource,
): DocumentProblem[] {
  const issues = error.issues.flatMap((found) => leaves(found));
  const misspelt = new Set(
    issues.flatMap(({ code, path }) => (code === 'unrecognized_keys' ? [keyText(path as KeyPath)] : [])),
  );
  const problems = new Map<string, DocumentProblem>();
  for (const issue of issues)
    for (const [path, sentence] of sentences(issue, schema, value)) {
      const key = keyText(path);
      if (!problems.has(key) && !misspelt.has(key)) problems.set(key, problemAt(source, path, sentence));
    }
  return [...problems.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** A union is known by what is wrong inside the branch whose own type fits; where none fits, by itself. */
function leaves(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const fits = issue.errors.find((branch) => branch.length > 0 && !branch.some((inner) => isWrongItself(inner)));
  if (fits === undefined) return [issue];
  return fits.flatMap((inner) => leaves({ ...inner, path: [...issue.path, ...inner.path] }));
}

const isWrongItself = ({ code, path }: Issue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

function sentences(issue: Issue, schema: z.core.$ZodType, value: unknown): [KeyPath, string][] {
  const path = issue.path as KeyPath;
  if (issue.code !== 'unrecognized_keys') {
    const field = keyText(path) || 'the document';
    const given = at(value, path);
    // A key of the specification that people do not write by this name.
    const isDerived = issue.code === 'custom' && given === undefined;
    return [[path, isDerived ? `${field}: ${issue.message}` : fieldProblem(field, issue, given)]];
  }
  const known = keysAt(schema, path);
  return issue.keys.map((key) => [[...path, key], unknownKey([...path, key], key, known)]);
}

function unknownKey(path: KeyPath, key: string, known: readonly string[]): string {
  const [near] = nearest(key, known);
  const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean ${near}?`;
  return `${keyText(path)} is not a known key; ${hint}`;
}

/** The keys that a mapping at this place may have. */
const keysAt = (schema: z.core.$ZodType, path: KeyPath): string[] => [
  ...new Set(
    path
      .reduce<z.core.$ZodType[]>((schemas, step) => schemas.flatMap((outer) => below(outer, step)), bare(schema))
      .flatMap((inner) => (inner instanceof z.ZodObject ? Object.keys(inner.shape) : [])),
  ),
];

function below(schema: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
  if (schema instanceof z.ZodArray) return bare(schema.element);
  if (!(schema instanceof z.ZodObject)) return [];
  const inner = (schema.shape as Record<string, z.core.$ZodType>)[step];
  return inner === undefined ? [] : bare(inner);
}

/** Without default, null and transformation; all branches of a union. */
function bare(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return bare(schema.unwrap());
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return bare(schema.unwrap());
  if (schema instanceof z.ZodPipe) return bare(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  return schema instanceof z.ZodUnion ? schema.options.flatMap((option) => bare(option)) : [schema];
}
