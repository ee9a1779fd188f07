/** Two specifications, field by field. */
import type { FieldDifference } from '../../../protocol/definitions';
import type { ProcessSpec } from '../../../protocol/process-spec';
import { isSecret, MASK } from '../../../protocol/secret-names';
import { specWords } from './spec-words';

/** Empty = they are the same. */
export function differences(before: ProcessSpec, after: ProcessSpec): FieldDifference[] {
  // Most of a document is as it was, to the letter.
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const [from, to] = [specWords(before), specWords(after)];
  return [...new Set([...from.keys(), ...to.keys()])]
    .map((field) => ({ field, from: from.get(field) ?? null, to: to.get(field) ?? null }))
    .filter((difference) => difference.from !== difference.to)
    .map((difference) => masked(difference, [...before.secrets, ...after.secrets]));
}

/** That a secret changed is told, and not from what to what. */
function masked(difference: FieldDifference, secrets: readonly string[]): FieldDifference {
  const { field, from, to } = difference;
  if (!field.startsWith(ENV) || !isSecret(field.slice(ENV.length), secrets)) return difference;
  const shown = (value: string | null): string | null => (value === null ? null : MASK);
  return { field, from: shown(from), to: shown(to) };
}

const ENV = 'env.';

/** Fields of the definition that a living run is not made of. */
const BESIDE_THE_RUN = new Set(['set', 'auto_start', 'worker_type', 'secrets']);

/** True when what runs is not what is defined any more. */
export const concernsTheRun = (fields: readonly FieldDifference[]): boolean =>
  fields.some(({ field }) => !BESIDE_THE_RUN.has(field));
