/**
 * The shim: the small parent of each child. It outlives the launcher, waits, and writes down how the child ended.
 *
 * POSIX sh, because it is on every machine and dash costs 1.7 MB where Node costs 41. Each line is there for a reason:
 * - `trap :` on everything: a signal to the child's process group reaches the shim too, and must not end it. A trap with
 *   an action (not an ignore) is reset to the default in the child, so the child is born with default dispositions.
 * - own output to /dev/null: dash would print "Killed" into the child's output.
 * - a foreground subshell: `&` in a script sets SIGINT and SIGQUIT to ignored for good, and `wait` is cut short by a
 *   trapped signal; waiting in the foreground is not, so `$?` is true.
 * - fd 3 (the lifeline) is closed in the child: its end of file means the shim is gone, whoever lives on.
 * - the birth is told by the child itself before it becomes the program (same pid, same start).
 * - the word goes before the record: a restart need not wait for a file, and who adopts waits for the end of the lifeline,
 *   after which both are there.
 */
import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COOKIE_VARIABLE, START_TIME_VARIABLE } from '../core/child-environment';

/** Signals that may be sent to the whole process group of a run: the shim, which leads it, lives through them. */
export const TRAPPED: readonly string[] =
  'SIGHUP SIGINT SIGQUIT SIGTERM SIGUSR1 SIGUSR2 SIGALRM SIGPIPE SIGVTALRM SIGPROF SIGXCPU SIGXFSZ'.split(' ');

export const SHIM_SCRIPT = `# ProcGuard: parent of one supervised program. Arguments: boot id, the program and its words.
# Waits on stdin for its order, a line each: run directory, run id, time of birth, cgroup or nothing.
trap : ${TRAPPED.map((name) => name.slice(3)).join(' ')}
b=$1
shift
IFS= read -r d && read -r ${COOKIE_VARIABLE} && read -r ${START_TIME_VARIABLE} && IFS= read -r g || exit 0
export ${COOKIE_VARIABLE} ${START_TIME_VARIABLE}
exec </dev/null 4>&1 5>&2 >/dev/null 2>&1
(
  read -r s </proc/self/stat || s="$(exec sh -c 'echo $PPID') (sh) R 0 $$ $$ 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0"
  echo "child $s
$b
$g" >"$d/child"
  echo "child $s" >&3
  exec "$@" 3>&- >&4 2>&5 4>&- 5>&-
)
c=$?
echo "exit $c" >&3
echo "$c" >"$d/exit"
`;

/** Puts the script into the data directory under its content's name, so that an upgrade never rewrites one in use. */
export function installShim(dataDirectory: string): string {
  const hash = createHash('sha256').update(SHIM_SCRIPT).digest('hex').slice(0, 12);
  const path = join(dataDirectory, `shim-${hash}.sh`);
  if (!existsSync(path)) {
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, SHIM_SCRIPT);
    renameSync(temporary, path);
  }
  return path;
}
