/**
 * Secret values as they lie on a disk: `sealed:v1:` and base64. Here is which values are sealed; how, is the sealer's.
 * What cannot be opened (its key was lost) stays as it is, wherever it goes, until its key is back or it is given anew.
 */
import type { ProcessSpec } from './process-spec';
import { isSecret } from './secret-names';

export interface Sealer {
  /** Bound to the variable's name: under another one it does not open. */
  seal(name: string, value: string): string;
  /** Null = by none of the keys at hand, or it was changed, or it is another variable's. */
  open(name: string, sealed: string): string | null;
  /** Sealed with the newest key. */
  isFresh(sealed: string): boolean;
}

export const SEALED = 'sealed:v1:';
export const isSealed = (value: string): boolean => value.startsWith(SEALED);

/** What has variables, some of them secret: a specification. */
export type SecretHolder = Pick<ProcessSpec, 'env' | 'secrets'>;

/** The same object where there is nothing to seal. */
export const withSecretsSealed = <T extends SecretHolder>(spec: T, sealer: Sealer): T =>
  withSecrets(spec, (name, value) => (isSealed(value) ? value : sealer.seal(name, value)));

/** The same object where nothing is sealed. */
export const withSecretsOpened = <T extends SecretHolder>(spec: T, sealer: Sealer): T =>
  withSecrets(spec, (name, value) => (isSealed(value) ? (sealer.open(name, value) ?? value) : value));

/** True where a value stands on the disk as it is, or is sealed with a key of before. */
export const isToBeSealed = (stored: SecretHolder, sealer: Sealer): boolean =>
  secretsOf(stored).some(([name, value]) =>
    isSealed(value) ? !sealer.isFresh(value) && sealer.open(name, value) !== null : true,
  );

/** Names of the values that are still sealed: their key is not at hand. */
export const unopened = (spec: SecretHolder): string[] =>
  secretsOf(spec).flatMap(([name, value]) => (isSealed(value) ? [name] : []));

export const hasSecrets = (spec: SecretHolder): boolean => secretsOf(spec).length > 0;

const secretsOf = ({ env, secrets }: SecretHolder): [string, string][] =>
  Object.entries(env).filter(([name]) => isSecret(name, secrets));

function withSecrets<T extends SecretHolder>(spec: T, change: (name: string, value: string) => string): T {
  const changed = secretsOf(spec).flatMap(([name, value]) => {
    const becomes = change(name, value);
    return becomes === value ? [] : [[name, becomes] as const];
  });
  return changed.length === 0 ? spec : { ...spec, env: { ...spec.env, ...Object.fromEntries(changed) } };
}
