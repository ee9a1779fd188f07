/**
 * What the audit's chain is signed with: a key derived from the master key, or one that was given apart from it, so that
 * who has the data directory cannot write a chain of their own.
 */
import { createHash } from 'node:crypto';
import type { MasterKey } from './sealing/master-key';

/** Ours, and seed 004's. Several keys, a line each: the first signs, the others signed before it. */
const VARIABLES = ['PROCGUARD_AUDIT_KEY', 'SIMPLETUNER_AUDIT_KEY'] as const;
const GIVEN_CHARS_MIN = 16;

/**
 * Newest first. Keys of before are believed: those of the master key also where one is given now.
 * @throws a sentence: a given key that is too short to be one
 */
export function auditKeys(masterKey: MasterKey, environment: NodeJS.ProcessEnv): [Buffer, ...Buffer[]] {
  const derived = [masterKey, ...masterKey.retired].map((key) => key.subkey('audit')) as [Buffer, ...Buffer[]];
  const variable = VARIABLES.find((name) => environment[name]);
  if (variable === undefined) return derived;
  const given = (environment[variable] ?? '').split(/\s*\n\s*/).filter((line) => line !== '');
  const short = given.find(({ length }) => length < GIVEN_CHARS_MIN);
  if (short !== undefined || given.length === 0)
    throw new Error(
      `${variable} holds a key of fewer than ${GIVEN_CHARS_MIN} characters; openssl rand -base64 32 makes a good one`,
    );
  return [...given.map((line) => createHash('sha256').update(line).digest()), ...derived] as [Buffer, ...Buffer[]];
}
