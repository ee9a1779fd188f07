/**
 * Which variables are secret: those that a definition lists (`secrets`), and those whose names say so. What is secret is
 * sealed on disks and shown as the mask; a mask that comes back means "as it is now".
 *
 * A name is taken apart into its words, so that OPENAI_API_KEY and apiKey are secret, and MONKEY, KEYBOARD_LAYOUT and
 * TOKENIZERS_PARALLELISM are not. Whose name says nothing (DATABASE_URL with a password in it) is for `secrets`.
 */
import type { ProcessSpec } from './process-spec';

export const MASK = '********';

/** In any place of the name: nothing harmless is called so. */
const ANYWHERE = /secret|passwd|password|passphrase|credential/i;
/** As a word of its own, or as the end of one that was written together. */
const WORD = /^(?:key|.*(?:api|access|private|signing|auth|account|master)key|.*token|pass)$/;

export const isSecretName = (name: string): boolean =>
  ANYWHERE.test(name) || wordsOf(name).some((word) => WORD.test(word)) || /[_.-]pwd$/i.test(name);

/** `API_KEY`, `api.key` and `apiKey` are two words each. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

type Definition = Pick<ProcessSpec, 'env' | 'secrets'>;

export const isSecret = (name: string, secrets: readonly string[]): boolean =>
  secrets.includes(name) || isSecretName(name);

/** As it is shown to people. */
export const maskedEnv = ({ env, secrets }: Definition): Record<string, string> =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, isSecret(name, secrets) ? MASK : value]));
