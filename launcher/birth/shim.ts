/**
 * The shim: the small parent of each child. It outlives the launcher, waits, and writes down how the child ended. Most are
 * the parent of one; those of short runs (serving-shim.ts) serve one after another, which spares Node a fork for each.
 *
 * POSIX sh, because it is on every machine and dash costs 1.7 MB where Node costs 41. Each line is there for a reason:
 * - `trap :` on everything: a signal to the child's process group reaches the shim too, and must not end it. A trap with
 *   an action (not an ignore) is reset to the default in the child, so the child is born with default dispositions.
 * - own output to /dev/null: dash would print "Killed" into the child's output.
 * - a foreground subshell: `&` in a script sets SIGINT and SIGQUIT to ignored for good, and `wait` is cut short by a
 *   trapped signal; waiting in the foreground is not, so `$?` is true.
 * - fd 3 (the lifeline) is closed in the child: its end of file means the shim is gone, whoever lives on.
 * - a serving one lets go of a run's lifeline when its launcher, or the launcher's end, says so: its end of file means as much
 *   as a shim's that is gone.
 * - a serving one stands in the run's directory and names its files from there: it may be moved while the run lives.
 * - the birth is told by the child itself before it becomes the program (same pid, same start).
 * - variables with odd names: a shell hands on what it was handed, so one called d would change a program's own d.
 * - the records are written over what an earlier run left in their files, and end with the run's id: a file that is cut
 *   short first, or made anew, costs a disk that is busy with others a millisecond.
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

const SHIM_SCRIPT = `# ProcGuard: parent of supervised programs. Arguments: boot id, then "once" and the program and its words, or "serving".
# Waits on stdin for its order, a line each: run directory, time of birth, cgroup or nothing, "plain" or "script".
# After "script" come the steps of the birth: launcher/core/birth-script.ts.
# One that serves is told its cgroup first. Then a line that begins with "/" is a directory, whose lifeline and output it opens and
# says so; an empty one: let go of these; "sprint": the file "order" there says the rest, its output may be a new file, and its
# child is told by its record alone, where the disk takes that;
# any other is a run's id, and the time of its birth and its steps follow; its output too may be a new file, where a sprint was
# there before it. A shell reads lines byte by byte: they are short.
trap : ${TRAPPED.map((name) => name.slice(3)).join(' ')}
${TELLING}
take_time() {
  read -r ${START_TIME_VARIABLE} <&7 || exit 0
  export ${COOKIE_VARIABLE} ${START_TIME_VARIABLE}
}
run() {
  (
    command exec 6<>"$__pg_dir/child" || exec 6>/dev/null
    if [ "$__pg_way" = plain ]; then
      born
      exec "$@" ${TO_PROGRAM}
    fi
    [ "$__pg_way" = served ] || read_part || hindered 'its launcher was ended before it had told how it is born'
    eval "$__pg_part"
  )
  __pg_status=$?
  echo "exit $__pg_status" >&3
  echo "$__pg_status $${COOKIE_VARIABLE}" 1<>"$__pg_dir/exit"
}
__pg_boot=$1
__pg_manner=$2
shift 2
if [ "$__pg_manner" = once ]; then
  exec 7<&0 </dev/null 4>&1 5>&2 >/dev/null 2>&1
  IFS= read -r __pg_dir <&7 || exit 0
  ${COOKIE_VARIABLE}=\${__pg_dir##*/}
  take_time
  IFS= read -r __pg_cgroup <&7 && read -r __pg_way <&7 || exit 0
  run "$@"
  exit
fi
exec 7<&0 8>&1 </dev/null >/dev/null 2>&1
__pg_way=served
__pg_dir=.
IFS= read -r __pg_cgroup <&7
while IFS= read -r __pg_word <&7; do
  case $__pg_word in
    '') exec 3>&- 4>&- 5>&- ;;
    /*)
      cd "$__pg_word" && command exec 3<>lifeline 4>>output 5>&4 || exit
      echo >&8
      ;;
    sprint)
      command . ./order && command exec 4>>output 5>&4 || exit
      run
      ;;
    *)
      ${COOKIE_VARIABLE}=$__pg_word
      take_time
      read_part && command exec 4>>output 5>&4 || exit 0
      run
      unset __pg_part
      ;;
  esac
done
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
