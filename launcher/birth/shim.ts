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
 * - variables with odd names: a shell hands on what it was handed, so one called d would change a program's own d.
 * - the word goes before the record: a restart need not wait for a file, and who adopts waits for the end of the lifeline,
 *   after which both are there.
 */
import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TELLING, TO_PROGRAM } from '../core/birth-script';
import { COOKIE_VARIABLE, START_TIME_VARIABLE } from '../core/child-environment';

/** Signals that may be sent to the whole process group of a run: the shim, which leads it, lives through them. */
export const TRAPPED: readonly string[] =
  'SIGHUP SIGINT SIGQUIT SIGTERM SIGUSR1 SIGUSR2 SIGALRM SIGPIPE SIGVTALRM SIGPROF SIGXCPU SIGXFSZ'.split(' ');

const SHIM_SCRIPT = `# ProcGuard: parent of one supervised program. Arguments: boot id, the program and its words.
# Waits on stdin for its order, a line each: run directory, run id, time of birth, cgroup or nothing, "plain" or "script".
# After "script" come the steps of the birth: launcher/core/birth-script.ts.
trap : ${TRAPPED.map((name) => name.slice(3)).join(' ')}
${TELLING}
__pg_boot=$1
shift
IFS= read -r __pg_dir && read -r ${COOKIE_VARIABLE} && read -r ${START_TIME_VARIABLE} && IFS= read -r __pg_cgroup && read -r __pg_way || exit 0
export ${COOKIE_VARIABLE} ${START_TIME_VARIABLE}
exec 7<&0 </dev/null 4>&1 5>&2 >/dev/null 2>&1
(
  command exec 6>"$__pg_dir/child" || exec 6>/dev/null
  if [ "$__pg_way" = plain ]; then
    born
    exec "$@" ${TO_PROGRAM}
  fi
  read_part || hindered 'its launcher was ended before it had told how it is born'
  eval "$__pg_part"
)
__pg_status=$?
echo "exit $__pg_status" >&3
echo "$__pg_status" >"$__pg_dir/exit"
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
