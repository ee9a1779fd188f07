# Part of what /join serves, and its last: this machine becomes a worker, or is none any more.
# shellcheck shell=sh disable=SC2154
# Before it stand MANAGER, VERSION, BUNDLE_SHA256 and CONTAINER_RUN_SHA256, which the manager wrote, and the other parts.

usage() {
  cat <<END
usage: curl -fsSL $MANAGER/join | sh -s -- [flags] [-- command words...]

Makes this machine a worker of $MANAGER: fetches the launcher of its version, checks it, and keeps it running.
Run again: the newest launcher, with the flags given now, or those of the last time. What it keeps running is not touched.

  --token TOKEN         from procguard join-token, or of a worker that was minted; without one an operator approves
  --worker-id ID        default: the host name
  --labels K=V,...      labels of this worker
  --command LINE        what to keep running, as a shell line; it runs here, unless --working-dir says else
  --auto-start          and start it at once
  --data-dir DIR        what must outlive the launcher; default: \$PROCGUARD_HOME/workers/ID
  --node PATH           the Node to use, 20.19 or newer; default: the one in PATH
  --systemd             as a unit that starts with the machine, and not just in the background
  --ca-fingerprint F    sha256:...: of the certificate authority of a manager with --ssl
  --manager-url URL     under which this machine reaches the manager; default: $MANAGER
  --uninstall           end the launcher and remove it; what it keeps running goes on
  --stop-all            with --uninstall: stop everything that it keeps running first, and verify

All other flags are the launcher's. Everything is put below PROCGUARD_HOME: $home
END
}

refuse() {
  echo "procguard join: $1" >&2
  exit 1
}

main() {
  home=${PROCGUARD_HOME:-}
  if [ -z "$home" ]; then
    if [ "$(id -u)" -eq 0 ]; then home=/opt/procguard; else home=${HOME:?}/.procguard; fi
  fi
  CALLED_FROM=$PWD
  home=$(absolute "$home")
  manager=$MANAGER action=join token=${WORKER_TOKEN:-} worker_id=${WORKER_ID:-} data_dir='' working_dir=$PWD
  node_path='' systemd='' ca='' stop_all='' has_words='' has_command=''
  unset WORKER_TOKEN WORKER_ID
  read_words "$@"
}

# Every word is looked at once and put behind the others, so that "$@" ends as the launcher's own words.
read_words() {
  left=$#
  while [ "$left" -gt 0 ]; do
    word=$1
    shift
    left=$((left - 1))
    case $word in
      --systemd) systemd=yes ;;
      --uninstall) action=uninstall ;;
      --stop-all) stop_all=yes ;;
      --help | -h) usage && exit ;;
      --auto-start) has_words=yes && set -- "$@" "$word" ;;
      --)
        has_words=yes has_command=yes
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
            [ "$left" -gt 0 ] || refuse "$word needs a value, or is unknown (--help says what there is)"
            flag=$word value=$1
            shift
            left=$((left - 1))
            ;;
        esac
        case $flag in
          --token) token=$value ;;
          --worker-id) worker_id=$value ;;
          --data-dir) data_dir=$(absolute "$value") ;;
          --working-dir) working_dir=$(absolute "$value") ;;
          --node) node_path=$value ;;
          --ca-fingerprint) ca=$value ;;
          --manager-url) manager=${value%/} ;;
          *)
            has_words=yes
            [ "$flag" != --command ] || has_command=yes
            set -- "$@" "$flag" "$value"
            ;;
        esac
        ;;
      *) refuse "$word is no flag; the words of a command stand behind -- (--help says what there is)" ;;
    esac
  done
  [ -z "$stop_all" ] || [ "$action" = uninstall ] || refuse '--stop-all belongs to --uninstall'
  locate
  "$action" "$@"
}

locate() {
  [ -n "$worker_id" ] || worker_id=$(uname -n)
  case $worker_id in
    [!A-Za-z0-9_]* | *[!A-Za-z0-9_.:@-]*) refuse "the worker id $worker_id may hold letters, digits and _ . : @ - and starts with a letter, a digit or _" ;;
  esac
  case $token in *[!A-Za-z0-9_.-]*) refuse 'the token is none: it holds letters, digits and _ . - alone' ;; esac
  # The launcher looks for the other beside itself.
  place=$home/joined/$worker_id bundle=$home/launcher.js container_run=$home/container-run.js
  [ -n "$data_dir" ] || data_dir=$(cat "$place/data-dir" 2>/dev/null) || data_dir=$home/workers/$worker_id
  name_unit
  find_node "$node_path"
}

# join WORDS...: of the launcher.
join() {
  [ -z "$systemd" ] || require_systemd
  [ -z "$has_command" ] || set -- --working-dir "$working_dir" "$@"
  words=$(quoted_all "$@")
  set -- --worker-id "$worker_id" --data-dir "$data_dir" --manager-url "$manager"
  [ -z "$ca" ] || set -- "$@" --ca-fingerprint "$ca"
  install_bundle "$@"
  mkdir -p "$place" "$data_dir"
  printf '%s\n' "$data_dir" >"$place/data-dir"
  if [ -n "$has_words" ] || [ ! -f "$place/words" ]; then printf '%s' "$words" >"$place/words"; fi
  write_run "$@"
  [ -z "$token" ] || write_token "$token"
  end_launcher >/dev/null
  [ -z "$systemd" ] || write_unit
  start_launcher
  until_within 30 is_settled || true
  is_up || {
    echo 'procguard join: the launcher ended; its last words:' >&2
    said_since | last_words - >&2
    exit 1
  }
  report
}

# install_bundle WORDS...: they are tried, with $words behind them, before the new bundle takes the place of the old one.
install_bundle() {
  fresh=$home/.fresh-$$
  trap 'rm -rf "$fresh"; rmdir "$home" 2>/dev/null || true' EXIT
  fetch_bundle "$manager/join/launcher.js" "$BUNDLE_SHA256" "$fresh/launcher.js" "$ca" || exit 1
  fetch_bundle "$manager/join/container-run.js" "$CONTAINER_RUN_SHA256" "$fresh/container-run.js" "$ca" || exit 1
  eval '"$node" "$fresh/launcher.js" --check "$@"' "$words" </dev/null >/dev/null || exit 2
  # The launcher last: it is never there without what it needs.
  mv "$fresh/container-run.js" "$container_run"
  mv "$fresh/launcher.js" "$bundle"
  rmdir "$fresh"
  trap - EXIT
}

report() {
  said=$(ask_launcher --status | head -n 1)
  # It let this launcher in; from now on the launcher's own key does.
  case $said in *', connected to '*) case $token in jt_*) rm -f "$place/token.env" ;; esac ;; esac
  echo "$said"
  waits
  echo "  launcher  $bundle, version $VERSION"
  echo "  data      $data_dir"
  echo "  log       $log"
  if [ -f "$unit_file" ]; then echo "  unit      $unit_file"; else echo "  output    $data_dir/worker.out"; fi
  echo "  its end   curl -fsSL $manager/join | sh -s -- --uninstall --worker-id $worker_id"
}

uninstall() {
  [ -d "$place" ] || refuse "no worker $worker_id was joined below $home; joined: $(ls "$home/joined" 2>/dev/null | tr '\n' ' ')"
  if [ -n "$stop_all" ]; then
    # Under systemd a launcher that ends is started again.
    remove_unit
    ask_launcher --stop-all || refuse "not everything that worker $worker_id keeps is gone, see above; nothing was removed"
  fi
  remove_unit
  end_launcher
  ask_launcher --status | sed -n 's/^  \(.*: running, pid .*\)$/still running: \1/p'
  rm -rf "$place"
  rmdir "$home/joined" 2>/dev/null && rm -f "$bundle" "$container_run"
  echo "worker $worker_id is removed from this machine; its data, with the output of what it ran, stay in $data_dir"
}

# In one piece, so that a script that came by half does nothing.
{
  main "$@"
  exit
}
