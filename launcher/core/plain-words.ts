/**
 * A command string that needs no shell, as words; null where a shell must read it.
 *
 * `/bin/sh -c "python train.py"` starts a shell that only starts python. When every word is plain, giving the words to
 * the shim directly means the same, saves a shell per child (1.7 MB) and makes the pid shown the program's own. The
 * alphabet is that in which the shell changes nothing: no quotes, expansions, patterns, separators, comments, tildes.
 */
const PLAIN = /^[A-Za-z0-9_./:,@%+-][A-Za-z0-9_./=:,@%+-]*(?:[ \t]+[A-Za-z0-9_./=:,@%+-]+)*$/;

/** First words that a shell does not look up as a program: POSIX reserved words, special and regular builtins, dash's own. */
const SHELLS_OWN = new Set(
  (
    'case do done elif else esac fi for if in then until while function select time ' +
    '. : break continue eval exec exit export readonly return set shift times trap unset ' +
    'alias bg cd chdir command echo false fc fg getopts hash jobs kill let local printf pwd read source test true type ' +
    'ulimit umask unalias wait builtin declare typeset enable help history logout mapfile popd pushd dirs shopt suspend'
  ).split(' '),
);

export function plainWords(command: string): readonly string[] | null {
  const trimmed = command.replace(/^[ \t]+|[ \t]+$/g, '');
  if (!PLAIN.test(trimmed)) return null;
  const words = trimmed.split(/[ \t]+/);
  const first = words[0] ?? '';
  return first.includes('=') || isShellsOwn(first) ? null : words;
}

/** True where a shell would not look for a program of this name. */
export const isShellsOwn = (word: string): boolean => SHELLS_OWN.has(word);
