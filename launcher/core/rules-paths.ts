/** Paths of rules. All of them are absolute and without links by the time they come here. */
import { globMatches } from '../../protocol/glob';

/** True for the directory itself and everything below it. */
export const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);

/** `*` and `?` stay within one name: `/opt/tools/*` is not `/opt/tools/more/x`. `**` alone as a name is any number of names. */
export const pathMatches = (glob: string, path: string): boolean => namesMatch(glob.split('/'), path.split('/'));

function namesMatch(globs: readonly string[], names: readonly string[]): boolean {
  const [glob, ...more] = globs;
  const [name, ...below] = names;
  if (glob === undefined) return name === undefined;
  if (glob === '**') return namesMatch(more, names) || (name !== undefined && namesMatch(globs, below));
  return name !== undefined && globMatches(glob, name) && namesMatch(more, below);
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
