#!/bin/sh
# Starts, stops and shows the launcher of this machine: the program that keeps commands running and tells a manager.
# Ending it, wanted or not, touches nothing that runs; the next one goes on watching.
set -eu
CALLED_FROM=$PWD
cd "$(dirname "$(readlink -f "$0")")"
. scripts/prepare.sh
. scripts/daemon.sh

usage() {
  cat <<'END'
usage: ./start_worker.sh [flags]            run the launcher here; Ctrl-C ends it, and nothing that it runs
       ./start_worker.sh --daemon [flags]   run it in the background; returns when it has reached the manager
       ./start_worker.sh --status [flags]   exit code 0: running, 3: not running
       ./start_worker.sh --stop [flags]     end the launcher alone
       ./start_worker.sh --stop-all [flags] stop everything that it runs, and verify

--stop, --stop-all and --status find the launcher by its --worker-id (or --data-dir).
Paths are relative to where this script is called, and so is the command: it runs there, unless --working-dir says else.
All other flags are the launcher's:

END
  node dist/procguard.js worker --help | sed '1,/^$/d'
}

# Every word is looked at once and put behind the others, so that "$@" ends as the launcher's own words.
action=start daemon='' worker_id=${WORKER_ID:-} data_dir=${WORKER_DATA_DIR:-} working_dir=${WORKING_DIR:-}
left=$#
while [ "$left" -gt 0 ]; do
  word=$1
  shift
  left=$((left - 1))
  case $word in
    --daemon) daemon=yes ;;
    --stop) action=stop ;;
    --status) action=status ;;
    --stop-all) action=stop_all ;;
    --help | -h) action=help ;;
    --auto-start) set -- "$@" "$word" ;;
    --)
      # The command's own words.
      set -- "$@" --
      while [ "$left" -gt 0 ]; do
        word=$1
        shift
        left=$((left - 1))
        set -- "$@" "$word"
      done
      ;;
    --*)
      case $word in
        *=*) flag=${word%%=*} value=${word#*=} ;;
        *)
          if [ "$left" -eq 0 ]; then
            echo "start_worker.sh: $word needs a value, or is unknown (--help says what there is)" >&2
            exit 2
          fi
          flag=$word value=$1
          shift
          left=$((left - 1))
          ;;
      esac
      case $flag in
        --worker-id) worker_id=$value ;;
        --data-dir) data_dir=$value ;;
        --working-dir) working_dir=$value ;;
        --processes) set -- "$@" "$flag" "$(absolute "$value")" ;;
        *) set -- "$@" "$flag" "$value" ;;
      esac
      ;;
    *) set -- "$@" "$word" ;;
  esac
done
[ -n "$worker_id" ] || worker_id=$(uname -n)
if [ -n "$data_dir" ]; then data_dir=$(absolute "$data_dir"); else data_dir=data/workers/$worker_id; fi
working_dir=$(absolute "${working_dir:-.}")
pid_file=$data_dir/worker.pid output=$data_dir/worker.out

worker() {
  node dist/procguard.js worker --worker-id "$worker_id" --data-dir "$data_dir" "$@"
}

start() {
  mkdir -p "$data_dir"
  exec 9>"$data_dir/start.lock"
  if command -v flock >/dev/null; then flock 9; fi
  if pid=$(running_pid "$pid_file"); then
    echo "the launcher of worker $worker_id is running already (pid $pid)" >&2
    [ -n "$daemon" ] && exit 0
    exit 1
  fi
  # Before the user's own words: behind a `--` they would be the command's.
  set -- worker --worker-id "$worker_id" --data-dir "$data_dir" --working-dir "$working_dir" "$@"
  if [ -z "$daemon" ]; then
    write_pid "$pid_file" $$
    exec 9>&-
    exec node $LAUNCHER_OPTIONS dist/procguard.js "$@"
  fi
  detach "$output" node $LAUNCHER_OPTIONS dist/procguard.js "$@"
  write_pid "$pid_file" "$detached"
  until_within 5 connected_or_gone || reached=no
  if gone "$pid_file"; then
    echo "the launcher ended; the end of $output:" >&2
    last_words "$output" >&2
    exit 1
  fi
  # Its first line says who it is and whether it is connected.
  worker --status | head -n 1
  [ -z "${reached:-}" ] || echo 'it is waiting for the manager and connects as soon as that answers'
}

connected_or_gone() {
  gone "$pid_file" || worker --status 2>/dev/null | grep -q ', connected to '
}

stop() {
  stop_by_pid_file "$pid_file" "launcher of worker $worker_id" 30
  worker --status | sed -n 's/^  \(.*: running, pid .*\)$/still running: \1/p'
}

stop_all() {
  worker --stop-all
}

status() {
  said=$(worker --status)
  echo "$said"
  case $said in 'no launcher'*) exit 3 ;; esac
}

[ "$action" != start ] && [ -f dist/procguard.js ] || prepare
case $action in
  help) usage ;;
  start) start "$@" ;;
  *) "$action" ;;
esac
