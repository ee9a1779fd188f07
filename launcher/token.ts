/** The token that an operator gave this launcher, by value or in a file. */
import { readFileSync } from 'node:fs';
import type { LauncherOptions } from './options';

/** White space around it is let be: files end with a line feed, and pasted tokens with a blank. @throws a sentence */
export function tokenOf({ token, tokenFile }: Pick<LauncherOptions, 'token' | 'tokenFile'>): string | null {
  if (token !== null) return token.trim();
  if (tokenFile === null) return null;
  const held = readTokenFile(tokenFile).trim();
  if (held === '') throw new Error(`--token-file ${tokenFile} is empty; write the token into it`);
  return held;
}

function readTokenFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`--token-file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
