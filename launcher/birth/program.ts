/** What runs for a command line, and whether it can: a missing program is said before the spawn, not by exit code 127. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { CommandLine } from '../../protocol/process-spec';
import { plainWords } from '../core/plain-words';

/** The words given to the shim. */
export const wordsOf = (command: CommandLine): readonly string[] =>
  typeof command === 'string' ? (plainWords(command) ?? ['/bin/sh', '-c', command]) : command;

/** One sentence on why these words cannot be run there; null = they can. */
export function whyNotRunnable(
  words: readonly string[],
  directory: string,
  path = '/usr/local/bin:/usr/bin:/bin',
): string | null {
  const place = whyNotDirectory(directory);
  if (place !== null) return place;
  const program = words[0] ?? '';
  if (program.includes('/')) {
    const file = isAbsolute(program) ? program : resolve(directory, program);
    return isProgram(file) ? null : `there is no executable file ${file}; check the command`;
  }
  const isFound = findInPath(program, path, directory) !== null;
  return isFound
    ? null
    : `there is no program "${program}" in PATH (${path}); check the command, or give its full path`;
}

/** Its full path. @param directory what an entry of the path that is not absolute is relative to */
export function findInPath(program: string, path: string, directory = '/'): string | null {
  const places = path.split(delimiter).map((folder) => join(resolve(directory, folder), program));
  return places.find(isProgram) ?? null;
}

function whyNotDirectory(directory: string): string | null {
  try {
    return statSync(directory).isDirectory() ? null : `the working directory ${directory} is not a directory`;
  } catch {
    return `the working directory ${directory} does not exist or cannot be read; create it, or correct working_dir`;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
