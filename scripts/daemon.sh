# Sourced by start_manager.sh and start_worker.sh, and part of what /join serves: programs that run on after the script,
# known by a pid file.
# shellcheck shell=sh
#
# A pid alone is no identity: the kernel gives it to a stranger some day. A pid file holds `<pid> <start time>`, the start
# time being field 22 of /proc/<pid>/stat, and no signal is sent unless both still hold.

# start_time PID: nothing when there is no such process, or when it is dead and merely not yet reaped.
start_time() {
  # Where there is no /proc (macOS), as exactly as ps tells.
  [ -d /proc/self ] || {
    ps -o lstart= -p "$1" | tr -d ' '
    return
  }
  # The name of the program stands in parentheses and may hold blanks and parentheses itself.
  sed -n 's/^.*) \([^Z]\) /\1 /p' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

# write_pid FILE PID
write_pid() {
  echo "$2 $(start_time "$2")" >"$1.new" && mv "$1.new" "$1"
}

# running_pid FILE: prints the pid when its very process lives; fails otherwise.
running_pid() {
  [ -f "$1" ] || return 1
  read -r pid started <"$1" || return 1
  [ -n "$started" ] && [ "$(start_time "$pid")" = "$started" ] && echo "$pid"
}

# detach OUTPUT_FILE COMMAND...: reads `detach_stdin` (default: nothing), runs in a session of its own, so that neither Ctrl-C nor the end of the terminal
# reaches it, and without the lock on descriptor 9. Sets `detached` to its pid. (setsid in the background does not fork: no job control, so no group leader.)
detach() {
  detach_output=$1
  shift
  $(command -v setsid || echo nohup) "$@" >"$detach_output" 2>&1 <"${detach_stdin:-/dev/null}" 9>&- &
  detached=$!
}

# until_within SECONDS COMMAND...: asks again and again until the command succeeds; fails when the time is over.
until_within() {
  deadline=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}

# gone FILE: the process of this pid file has ended.
gone() {
  ! running_pid "$1" >/dev/null
}

# stop_by_pid_file FILE NAME SECONDS: SIGTERM, and returns when it is so.
stop_by_pid_file() {
  if ! stopping=$(running_pid "$1"); then
    rm -f "$1"
    echo "$2 is not running"
    return 0
  fi
  kill -TERM "$stopping"
  if ! until_within "$3" gone "$1"; then
    echo "$2 (pid $stopping) has not ended within $3 s of SIGTERM; look at its log, then: kill -KILL $stopping" >&2
    return 1
  fi
  rm -f "$1"
  echo "$2 stopped (pid $stopping)"
}

# last_words FILE: its end (-: of stdin), without the endless lines that a crash inside a bundled program prints.
last_words() {
  tail -n 15 "$1" | cut -c 1-300
}

# absolute PATH: as seen from where the user called the script.
absolute() {
  case $1 in
    /*) echo "$1" ;;
    .) echo "$CALLED_FROM" ;;
    *) echo "$CALLED_FROM/$1" ;;
  esac
}
