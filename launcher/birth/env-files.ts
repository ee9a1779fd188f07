/** Reads the files of `env_file`, anew at each birth. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnvFile } from '../core/env-file';

/** Variables are kilobytes; a file of this size is another file. */
const FILE_BYTES_MAX = 1024 * 1024;

export type EnvFiles =
  | { readonly kind: 'variables'; readonly variables: Readonly<Record<string, string>> }
  /** A sentence: nothing changes it by itself. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * @param files a leading `-` lets a missing one pass; a later file wins over an earlier
 * @param directory what a path that is not absolute is relative to
 */
export function readEnvFiles(files: readonly string[], directory: string): EnvFiles {
  const variables: Record<string, string> = {};
  for (const written of files) {
    const mayBeMissing = written.startsWith('-');
    const path = resolve(directory, mayBeMissing ? written.slice(1) : written);
    let text: string;
    try {
      if (statSync(path).size > FILE_BYTES_MAX)
        return refused(`the env_file ${path} is larger than ${FILE_BYTES_MAX} bytes; check the path`);
      text = readFileSync(path, 'utf8');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (mayBeMissing && code === 'ENOENT') continue;
      return refused(
        code === 'ENOENT'
          ? `the env_file ${path} does not exist; create it, or write -${path} to let it be missing`
          : `the env_file ${path} cannot be read: ${message}`,
      );
    }
    const parsed = parseEnvFile(text);
    if (parsed.kind === 'mistake')
      return refused(`the env_file ${path} is wrong in line ${parsed.mistake.line}: ${parsed.mistake.what}`);
    Object.assign(variables, parsed.variables);
  }
  return { kind: 'variables', variables };
}

const refused = (why: string): EnvFiles => ({ kind: 'refused', why });
