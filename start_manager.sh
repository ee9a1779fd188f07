#!/bin/sh
# Starts, stops and shows the manager of this machine, and beside it the launcher that runs the configuration's workers.
# The two are processes of their own: no end of the manager, wanted or not, touches anything that runs.
set -eu
CALLED_FROM=$PWD
cd "$(dirname "$(readlink -f "$0")")"
. scripts/prepare.sh
. scripts/daemon.sh

usage() {
  cat <<'END'
usage: ./start_manager.sh [flags]            run the manager here; Ctrl-C ends it
       ./start_manager.sh --daemon [flags]   run it in the background; returns when it answers
       ./start_manager.sh --status [flags]   exit code 0: running, 3: not running
       ./start_manager.sh --setup-link       print a link, good once, that makes an admin or gives one a new password
       ./start_manager.sh --stop [--all]     end it; --all: also the local launcher and all that it runs

  --config FILE     configuration (default: configs/procguard_config.yaml)
  --host, -H ADDRESS  address to listen on (web.host)
  --port, -p N      port to listen on, 0 = any free one (web.port)
  --data-dir DIR    where everything durable lives (state.data_dir)
  --ssl             serve HTTPS; without the two files with certificates of its own (web.tls.enabled; docs/tls.md)
  --ssl-key FILE    the server's private key, PEM (web.tls.key_file)
  --ssl-cert FILE   its certificate and those above it, PEM (web.tls.cert_file)
  --ssl-no-verify   taken and without effect: launchers and the command line verify, a manager does not
  --log-level L     DEBUG, INFO, WARNING, ERROR or CRITICAL (logging.level)

--stop and --status find the manager by its data directory: give them the --config or --data-dir it was started with.
END
}

refuse() {
  echo "start_manager.sh: $1 (--help says what there is)" >&2
  exit 2
}

action=start daemon='' all='' config='' host='' port='' data_dir_flag='' log_level='' ssl='' ssl_key='' ssl_cert=''
while [ $# -gt 0 ]; do
  case $1 in
    --config=* | --host=* | --port=* | --data-dir=* | --log-level=* | --ssl-key=* | --ssl-cert=*)
      set -- "${1%%=*}" "${1#*=}" "$@"
      # The words are now: flag, value, flag=value; the last of them goes.
      flag=$1 value=$2
      shift 3
      set -- "$flag" "$value" "$@"
      ;;
  esac
  case $1 in
    --config | --host | -H | --port | -p | --data-dir | --log-level | --ssl-key | --ssl-cert) [ $# -ge 2 ] || refuse "$1 needs a value" ;;
  esac
  case $1 in
    --config) config=$2 && shift ;;
    --host | -H) host=$2 && shift ;;
    --port | -p) port=$2 && shift ;;
    --data-dir) data_dir_flag=$(absolute "$2") && shift ;;
    --log-level) log_level=$2 && shift ;;
    --ssl) ssl=yes ;;
    --ssl-key) ssl_key=$(absolute "$2") && shift ;;
    --ssl-cert) ssl_cert=$(absolute "$2") && shift ;;
    --ssl-no-verify) echo 'start_manager.sh: --ssl-no-verify has no effect here; launchers and the command line verify' >&2 ;;
    --daemon) daemon=yes ;;
    --stop) action=stop ;;
    --all) all=yes ;;
    --status) action=status ;;
    --setup-link) action=setup_link ;;
    --help | -h) usage && exit 0 ;;
    *) refuse "unknown flag $1" ;;
  esac
  shift
done
[ -z "$all" ] || [ "$action" = stop ] || refuse '--all belongs to --stop'

# A configuration is looked for where the user stands, then in the repository.
if [ -z "$config" ]; then
  config=configs/procguard_config.yaml
elif [ -f "$(absolute "$config")" ]; then
  config=$(absolute "$config")
fi

# with_flags COMMAND...: with the flags that the user gave behind it.
with_flags() {
  set -- "$@" --config "$config"
  [ -z "$host" ] || set -- "$@" --host "$host"
  [ -z "$port" ] || set -- "$@" --port "$port"
  [ -z "$data_dir_flag" ] || set -- "$@" --data-dir "$data_dir_flag"
  [ -z "$ssl" ] || set -- "$@" --ssl
  [ -z "$ssl_key" ] || set -- "$@" --ssl-key "$ssl_key"
  [ -z "$ssl_cert" ] || set -- "$@" --ssl-cert "$ssl_cert"
  [ -z "$log_level" ] || set -- "$@" --log-level "$log_level"
  "$@"
}

start() {
  mkdir -p "$data_dir"
  # Two starts at once: the second finds the first running. Nothing that lives on may inherit descriptor 9.
  exec 9>"$data_dir/start.lock"
  if command -v flock >/dev/null; then flock 9; fi
  if pid=$(running_pid "$pid_file"); then
    echo "the manager is running already (pid $pid)" >&2
    echo "dashboard: $(cat "$url_file" 2>/dev/null || echo 'not yet answering')"
    [ -n "$daemon" ] && exit 0
    exit 1
  fi
  rm -f "$url_file"
  if [ -n "$daemon" ]; then start_daemon; else start_foreground; fi
}

start_daemon() {
  with_flags detach "$output" node dist/procguard.js manager
  write_pid "$pid_file" "$detached"
  until_within 60 up_or_gone || true
  if ! answers; then
    gone "$pid_file" && why='ended' || why='does not answer'
    echo "the manager $why; the end of $output:" >&2
    last_words "$output" >&2
    exit 1
  fi
  start_local_launcher
  echo "dashboard: $(cat "$url_file")"
  # Who is the first to log in is told by whoever starts it, and not kept in the file of its output.
  grep -F 'no user is defined' "$output" || true
}

setup_link() {
  with_flags exec node dist/procguard.js manager --setup-link
}

# The manager takes over this very process, so its pid is ours.
start_foreground() {
  write_pid "$pid_file" $$
  (until_within 60 up_or_gone && answers && start_local_launcher) 9>&- &
  exec 9>&-
  with_flags exec node dist/procguard.js manager
}

# The manager writes the URL when it listens. Nothing is told to it here, so its certificate does not matter: one that has
# ended is a warning in its log, and not a manager that does not answer.
answers() {
  [ -s "$url_file" ] && node -e '
    const url = process.argv[1];
    require(url.startsWith("https:") ? "node:https" : "node:http")
      .get(url + "healthz", { rejectUnauthorized: false, agent: false }, (reply) => process.exit(reply.statusCode === 200 ? 0 : 1))
      .on("error", () => process.exit(1));
  ' "$(cat "$url_file")"
}

# trust_line N: with TLS, whom a program on this machine trusts: 1, a file of authorities; 2, the name in the certificate
# where that is not the address.
trust_line() {
  sed -n "$1p" "$trust_file" 2>/dev/null || true
}

up_or_gone() {
  answers || gone "$pid_file"
}

# One that runs is left alone, unless it was started with something else than is configured now. Ending a launcher
# touches none of its processes: the next one adopts them.
start_local_launcher() {
  [ "$local_workers" -gt 0 ] || return 0
  mkdir -p "$local_dir"
  # In no file: secrets are among them.
  local_specs=$(node dist/procguard.js config workers "$config") || return 1
  rm -f "$data_dir/local-processes.json" # of an earlier version
  local_url=$(sed 's|//localhost:|//127.0.0.1:|; s|/$||' "$url_file")
  started_with="$local_url $(trust_line 1) $(trust_line 2) $local_labels $(printf '%s\n' "$local_specs" | cksum)"
  if running_pid "$local_pid_file" >/dev/null; then
    [ "$(cat "$local_dir/started-with" 2>/dev/null)" != "$started_with" ] || return 0
    stop_by_pid_file "$local_pid_file" 'local launcher' 30 >/dev/null || return 1
  fi
  set -- --worker-id local --kind local --processes - --manager-url "$local_url" --data-dir "$local_dir"
  [ -z "$(trust_line 1)" ] || set -- "$@" --ca "$(trust_line 1)"
  [ -z "$(trust_line 2)" ] || set -- "$@" --tls-server-name "$(trust_line 2)"
  [ -z "$local_labels" ] || set -- "$@" --labels "$local_labels"
  # A here-document would be a file for a moment; and a command in the background has no stdin but the one it is given.
  detach_stdin=$local_dir/specs
  rm -f "$detach_stdin" && mkfifo -m 600 "$detach_stdin"
  printf '%s\n' "$local_specs" >"$detach_stdin" 9>&- &
  detach "$local_dir/launcher.out" node $LAUNCHER_OPTIONS dist/procguard.js worker "$@"
  write_pid "$local_pid_file" "$detached"
  echo "$started_with" >"$local_dir/started-with"
}

stop() {
  if [ -n "$all" ] && [ -d "$local_dir" ]; then
    # First, while the manager is there to see how it went.
    node dist/procguard.js worker --worker-id local --data-dir "$local_dir" --stop-all || failed=$?
    stop_by_pid_file "$local_pid_file" 'local launcher' 30 || failed=$?
  fi
  stop_by_pid_file "$pid_file" 'manager' 60 || failed=$?
  # In the foreground the manager says by itself what it leaves running.
  [ -n "$all" ] || grep -E '^(manager stopped; left running|to stop )' "$output" 2>/dev/null | tail -n 2 || true
  exit "${failed:-0}"
}

status() {
  if pid=$(running_pid "$local_pid_file"); then echo "local launcher: running (pid $pid)"; fi
  if ! pid=$(running_pid "$pid_file"); then
    echo 'manager: not running'
    exit 3
  fi
  echo "manager: running (pid $pid), $(cat "$url_file" 2>/dev/null || echo 'not yet answering')"
}

# To end or show a manager, the programs that are there do; a build that fails must not stand in the way.
[ "$action" != start ] && [ -f dist/procguard.js ] || prepare
settings=$(with_flags node dist/procguard.js config get state.data_dir local.workers local.labels) || exit $?
{
  read -r data_dir
  read -r local_workers
  read -r local_labels || local_labels=''
} <<END
$settings
END
pid_file=$data_dir/manager.pid url_file=$data_dir/manager.url trust_file=$data_dir/manager.trust output=$data_dir/manager.out
local_dir=$data_dir/workers/local local_pid_file=$data_dir/workers/local.pid
"$action"
