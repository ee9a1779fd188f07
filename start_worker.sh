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
       ./start_worker.sh --reload [flags]   read the files of --config and --security again: only what changed is touched
       ./start_worker.sh --check [flags]    say what is wrong with the file of --config, or what it means

--stop, --stop-all, --status and --reload find the launcher by its --worker-id, --data-dir or --config.
The first three do so also where something else in the file of --config is wrong, and say what.
Paths are relative to where this script is called, and so is the command: it runs there, unless --working-dir says else.
Paths in a file of --config are relative to that file, and its processes run beside it unless they say else.
All other flags are the launcher's:

END
  node dist/procguard.js worker --help | sed '1,/^$/d'
}

# Every word is looked at once and put behind the others, so that "$@" ends as the launcher's own words.
action=start daemon='' config=${WORKER_CONFIG:-} security=${WORKER_SECURITY:-}
worker_id=${WORKER_ID:-${SIMPLETUNER_WORKER_NAME:-}} data_dir=${WORKER_DATA_DIR:-} working_dir=${WORKING_DIR:-}
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
    --reload) action=reload ;;
    --check) action=check ;;
    --help | -h) action=help ;;
    --auto-start | --ssl-no-verify | --persistent | --verbose | -v) set -- "$@" "$word" ;;
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
        --config) config=$value ;;
        --security) security=$value ;;
        --worker-id | --name) worker_id=$value ;;
        --data-dir) data_dir=$value ;;
        --working-dir) working_dir=$value ;;
        --processes | --ca | --client-cert | --client-key) set -- "$@" "$flag" "$(absolute "$value")" ;;
        *) set -- "$@" "$flag" "$value" ;;
      esac
      ;;
    *) set -- "$@" "$word" ;;
  esac
done
[ -z "$config" ] || config=$(absolute "$config")
[ -z "$security" ] || security=$(absolute "$security")
[ -z "$data_dir" ] || data_dir=$(absolute "$data_dir")
[ -z "$working_dir" ] || working_dir=$(absolute "$working_dir")
# What the launcher reads itself, as seen from here.
[ -z "${WORKER_CA:-}" ] || export WORKER_CA="$(absolute "$WORKER_CA")"
[ -z "${WORKER_CLIENT_CERT:-}" ] || export WORKER_CLIENT_CERT="$(absolute "$WORKER_CLIENT_CERT")"
[ -z "${WORKER_CLIENT_KEY:-}" ] || export WORKER_CLIENT_KEY="$(absolute "$WORKER_CLIENT_KEY")"
[ -z "${AGENT_DB_PATH:-}" ] || export AGENT_DB_PATH="$(absolute "$AGENT_DB_PATH")"
unset WORKER_CONFIG WORKER_SECURITY WORKER_ID WORKER_DATA_DIR WORKING_DIR

# with_place RUNNER [WORDS...]: the words of a launcher, after the flags that say which one is meant: behind a `--` they
# would be the command's.
with_place() {
  runner=$1
  shift
  [ -z "$working_dir" ] || set -- --working-dir "$working_dir" "$@"
  [ -z "$data_dir" ] || set -- --data-dir "$data_dir" "$@"
  [ -z "$worker_id" ] || set -- --worker-id "$worker_id" "$@"
  [ -z "$security" ] || set -- --security "$security" "$@"
  [ -z "$config" ] || set -- --config "$config" "$@"
  "$runner" dist/procguard.js worker "$@"
}
ask() {
  node "$@"
}
become() {
  exec node $LAUNCHER_OPTIONS "$@"
}
run_on() {
  detach "$output" node $LAUNCHER_OPTIONS "$@"
}
worker() {
  with_place ask "$@"
}

# Who it is, where its data are and where it runs: as flags and variables say, as the file says, or by default.
locate() {
  if [ -n "$config${AGENT_PORT:-}" ]; then
    case $action in
      # What runs is found, asked and ended also where its file has a mistake now.
      stop | stop_all | status) located=$(worker --locate --leniently) || exit $? ;;
      *) located=$(worker --locate) || exit $? ;;
    esac
    worker_id=$(echo "$located" | sed -n 1p) data_dir=$(echo "$located" | sed -n 2p)
    working_dir=$(echo "$located" | sed -n 3p)
  fi
  [ -n "$worker_id" ] || worker_id=$(uname -n)
  [ -n "$data_dir" ] || data_dir=data/workers/$worker_id
  [ -n "$working_dir" ] || working_dir=$CALLED_FROM
  pid_file=$data_dir/worker.pid output=$data_dir/worker.out
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
  if [ -z "$daemon" ]; then
    write_pid "$pid_file" $$
    exec 9>&-
    with_place become "$@"
  fi
  with_place run_on "$@"
  write_pid "$pid_file" "$detached"
  begun=$(date +%s)
  until_within 60 settled_or_gone || true
  if gone "$pid_file"; then
    echo "the launcher ended; the end of $output:" >&2
    last_words "$output" >&2
    exit 1
  fi
  # Its first line says who it is and whether it is connected.
  said=$(worker --status | head -n 1)
  echo "$said"
  case $said in *', connected to '* | *', works alone') return ;; esac
  waits=$(waits)
  echo "${waits:-it is waiting for the manager and connects as soon as that answers}"
}

# Connected, waiting for an operator, or ended. A manager that may be starting too has a few seconds, counted by what the
# launcher has tried: on a busy machine it is not slower than its manager, it has not begun.
settled_or_gone() {
  if gone "$pid_file" || [ -n "$(waits)" ]; then return 0; fi
  case $(worker --status 2>/dev/null | head -n 1) in
    *', connected to '* | *', works alone') return 0 ;;
    *', no connection to '*) grep -q -e WARNING -e ERROR "$output" && [ $(($(date +%s) - begun)) -ge 5 ] ;;
    *) return 1 ;;
  esac
}

# The sentence of a launcher that nobody vouches for yet, with its fingerprint.
waits() {
  sed -n 's/^.* - \(worker .* waits for approval.*\)$/\1/p' "$output" | tail -n 1
}

stop() {
  stop_by_pid_file "$pid_file" "launcher of worker $worker_id" 30
  worker --status | sed -n 's/^  \(.*: running, pid .*\)$/still running: \1/p'
}

stop_all() {
  worker --stop-all
}

# What became of it stands in its log, as everything that it does.
reload() {
  if [ -z "$config$security" ]; then
    echo 'start_worker.sh: --reload needs the --config or --security that the launcher was started with' >&2
    exit 2
  fi
  if ! pid=$(running_pid "$pid_file"); then
    echo "the launcher of worker $worker_id is not running" >&2
    exit 1
  fi
  checked=0
  worker --check >/dev/null || checked=$?
  # 3: nothing is mistaken, and the rules refuse some of it. Stricter rules must come into force all the same.
  case $checked in
    0 | 3) kill -HUP "$pid" ;;
    *) exit "$checked" ;;
  esac
  echo "the launcher of worker $worker_id (pid $pid) reads $config${config:+${security:+ and }}$security again"
  [ "$checked" -eq 0 ] || echo 'what the rules refuse of it (above) runs on where it runs, and cannot be started' >&2
}

status() {
  said=$(worker --status)
  echo "$said"
  case $said in 'no launcher'*) exit 3 ;; esac
}

[ "$action" != start ] && [ -f dist/procguard.js ] || prepare
case $action in
  help) usage && exit ;;
  check)
    worker --check "$@"
    exit
    ;;
esac
locate
case $action in
  start) start "$@" ;;
  *) "$action" ;;
esac
