/**
 * Secrets on their way into a definition. Nobody is shown a secret, so whoever edits a definition gives back the mask
 * that was shown, and means the value as it is now. What there is no value for is refused: a program that is started
 * with eight asterisks for a password fails somewhere else, and later.
 */
import { Refusal } from '../../../protocol/errors';
import { globMatches } from '../../../protocol/glob';
import type { ProcessKey } from '../../../protocol/ids';
import type { ProcessSpec } from '../../../protocol/process-spec';
import { isSealed, unopened, type SecretHolder } from '../../../protocol/sealed-env';
import { isSecret, MASK } from '../../../protocol/secret-names';
import type { Planned } from './change-words';

export interface SecretRules {
  /** Globs (`*_DSN`) of names that are secret in every definition given from here. */
  readonly secretNames: readonly string[];
}

/** @param known what the process is now; null = it is new. @param key for the sentence */
export function withSecretValues(
  asked: ProcessSpec,
  known: ProcessSpec | null,
  { secretNames }: SecretRules,
  key: ProcessKey,
): ProcessSpec | Refusal {
  const spec = withMarkedSecrets(asked, secretNames);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(spec.env)) {
    const isOwn = isSecret(name, spec.secrets);
    if (isOwn && isSealed(value)) return refused(name, `${name} of ${key} is the sealed text of a disk and no value`);
    const isMasked = value === MASK && (isOwn || isSecret(name, known?.secrets ?? []));
    const kept = isMasked ? known?.env[name] : value;
    if (kept === undefined)
      return refused(name, `${name} of ${key} is ${MASK}, which keeps the value it has, and it has none`);
    if (isMasked && !isOwn)
      return refused(name, `${name} of ${key} is a secret that would be one no more, and its value is not given`);
    env[name] = kept;
  }
  return { ...spec, env };
}

/** Those that the manager's own rule makes secret are named, so that whoever keeps the specification knows of them. */
export function withMarkedSecrets<Spec extends SecretHolder>(spec: Spec, globs: readonly string[]): Spec {
  if (globs.length === 0) return spec;
  const marked = Object.keys(spec.env).filter(
    (name) => !isSecret(name, spec.secrets) && globs.some((glob) => globMatches(glob, name)),
  );
  return marked.length === 0 ? spec : { ...spec, secrets: [...spec.secrets, ...marked] };
}

/** The name alone: the value may be one. */
const refused = (name: string, what: string): Refusal =>
  new Refusal('bad_request', `${what}; give its value`, { path: ['env', name] });

/** Null = every value that a launcher would get is one. */
export function sealedRefusal(changes: readonly Planned[]): Refusal | null {
  for (const { key, action, after, entry } of changes) {
    if (after === null || (action !== 'create' && action !== 'change')) continue;
    const [name] = unopened(after);
    if (name !== undefined) return sealedValue(key, name, entry);
  }
  return null;
}

/** @param entry the process's place in a document; null = in none */
export const sealedValue = (key: ProcessKey, name: string, entry: number | null = null): Refusal =>
  new Refusal(
    'bad_request',
    `${name} of ${key} cannot be opened: it was sealed with a secret key that this manager does not have. ` +
      'Nothing was changed; give its value anew, or put that key back (docs/secrets.md)',
    { entry, path: ['env', name] },
  );
