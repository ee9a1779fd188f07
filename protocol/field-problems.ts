/**
 * What is wrong with a body or a query, field by field, in words for people: what is missing, what each must be, by which
 * limit, and what was given instead.
 */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type WrongType = Extract<Issue, { code: 'invalid_type' | 'invalid_union' }>;
type OutOfBounds = Extract<Issue, { code: 'too_big' | 'too_small' }>;

const SHOWN_CHARS_MAX = 60;
const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};
const COUNTED: Readonly<Record<string, string>> = { string: 'characters', array: 'entries' };
/** Fields whose values are never repeated: an answer may end up in a log. */
const SECRETS = new Set<PropertyKey>(['env', 'env_vars', 'token']);

/** @param value what was parsed */
export function fieldProblems(error: z.ZodError, value: unknown): string {
  const first = new Map<string, string>();
  // One problem of a field is enough: the others follow from it.
  for (const issue of error.issues) {
    const field = issue.path.join('.');
    if (first.has(field)) continue;
    const meant = meantBranch(issue);
    const named = meant.path.join('.');
    first.set(field, fieldProblem(named === '' ? 'it' : named, meant, at(value, meant.path)));
  }
  return [...first.values()].join('; ');
}

/** One sentence about one field. @param given what stands there */
export function fieldProblem(field: string, issue: Issue, given: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const named = issue.keys.map((key) => [...issue.path, key].join('.').slice(0, SHOWN_CHARS_MAX));
    return `${named.join(', ')} ${named.length === 1 ? 'is' : 'are'} not known here`;
  }
  const must = mustBe(issue);
  if (given === undefined) return must === null ? `${field} is missing` : `${field} is missing; it must ${must}`;
  const isSecret = issue.path.some((step) => SECRETS.has(step));
  if (must !== null) return `${field} must ${must}${isSecret ? '' : `, not ${shown(given)}`}`;
  const sentence = ownMessage(issue);
  const last = String(issue.path.at(-1));
  const named = sentence.startsWith(`${last} `) ? field + sentence.slice(last.length) : `${field}: ${sentence}`;
  return isSecret ? named : `${named} (given: ${shown(given)})`;
}

/**
 * Of a choice of types, what is wrong inside of the one whose type was given: `-1` where there may be a number of 0 or more, or
 * an object. Where it was none of them, or could be several, the choice itself.
 */
function meantBranch(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const [one, ...others] = issue.errors.filter(
    (branch) => !branch.some(({ code, path }) => path.length === 0 && code === 'invalid_type'),
  );
  const inner = others.length === 0 ? one?.[0] : undefined;
  return inner === undefined ? issue : meantBranch({ ...inner, path: [...issue.path, ...inner.path] });
}

/** Null: the schema has a sentence of its own. */
function mustBe(issue: Issue): string | null {
  if (!/^(Invalid|Too) /.test(issue.message)) return null;
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_union':
      return `be ${typesOf(issue)}`;
    case 'invalid_value':
      return `be one of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return bounded(issue.inclusive === false ? 'less than' : 'at most', issue.maximum, issue);
    case 'too_small':
      return bounded(issue.inclusive === false ? 'more than' : 'at least', issue.minimum, issue);
    default:
      return null;
  }
}

function bounded(how: string, bound: number | bigint, { origin }: OutOfBounds): string {
  const counted = COUNTED[origin];
  return counted === undefined ? `be ${how} ${bound}` : `have ${how} ${bound} ${counted}`;
}

const ownMessage = (issue: Issue): string =>
  issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;

function typesOf(issue: WrongType): string {
  const expected = issue.code === 'invalid_type' ? [issue.expected] : issue.errors.flatMap((branch) => typeOf(branch));
  return [...new Set<string>(expected)].map((type) => TYPES[type] ?? type).join(' or ');
}

/** A branch of a union whose own type fits is known by what is wrong inside it. */
function typeOf([issue]: readonly Issue[]): string[] {
  if (issue === undefined) return [];
  if (issue.path.length > 0) return [typeof issue.path[0] === 'number' ? 'array' : 'object'];
  return issue.code === 'invalid_type' ? [issue.expected] : [];
}

function shown(given: unknown): string {
  if (typeof given === 'string' && /^-?\d+(\.\d+)?$/.test(given)) return given;
  const text = JSON.stringify(given);
  if (text.length <= SHOWN_CHARS_MAX) return text;
  return typeof given === 'string' ? `${given.length} characters` : `${text.slice(0, SHOWN_CHARS_MAX)}...`;
}

/** What stands there; undefined = nothing. */
export function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let inner = value;
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return undefined;
    inner = (inner as Record<PropertyKey, unknown>)[step];
  }
  return inner;
}
