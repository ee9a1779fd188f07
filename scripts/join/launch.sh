# Part of what /join serves: the launcher of this worker started, ended and asked, in the background or under systemd.
# shellcheck shell=sh disable=SC2154
#
# What was joined stands in $place, one directory for each worker id:
#   run        becomes the launcher
#   words      the launcher's flags of the last line that gave any, quoted for a shell
#   token.env  WORKER_TOKEN, readable by its owner alone; it is in no command line that lives on
#   data-dir   where its data are

# quoted WORD: one word of a shell, whatever is in it.
quoted() {
  printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

quoted_all() {
  for word in "$@"; do printf ' %s' "$(quoted "$word")"; done
}

# write_run WORDS...: with the words behind these that were kept.
write_run() {
  {
    printf '#!/bin/sh\n# The launcher of worker %s. The join line writes this anew.\n' "$worker_id"
    printf 'cd %s || exit\nexec' "$(quoted "$home")"
    quoted_all "$node" --max-semi-space-size=1 "$bundle" "$@"
    cat "$place/words"
    printf '\n'
  } >"$place/run.new"
  mv "$place/run.new" "$place/run"
}

# write_token TOKEN
write_token() {
  (umask 077 && printf 'WORKER_TOKEN=%s\n' "$1" >"$place/token.env.new")
  mv "$place/token.env.new" "$place/token.env"
}

# ask_launcher FLAG: the launcher's own answer about itself.
ask_launcher() {
  "$node" "$bundle" --worker-id "$worker_id" --data-dir "$data_dir" "$1" </dev/null
}

# Connected, waiting for an operator, or ended.
is_settled() {
  ! is_up || [ -n "$(waits)" ] || ask_launcher --status 2>/dev/null | head -n 1 | grep -q ', connected to '
}

# What the launcher said since it was started here; the file is the same in the background and under systemd.
said_since() {
  tail -c "+$((log_bytes + 1))" "$log" 2>/dev/null
}

# The sentence of a launcher that nobody vouches for yet, with its fingerprint.
waits() {
  said_since | sed -n 's/^.* - \(worker .* waits for approval.*\)$/\1/p' | tail -n 1
}

is_up() {
  if [ -f "$unit_file" ]; then control is-active --quiet "$unit"; else running_pid "$data_dir/worker.pid" >/dev/null; fi
}

start_launcher() {
  log=$home/logs/worker-$worker_id.log log_bytes=0
  [ ! -f "$log" ] || log_bytes=$(wc -c <"$log")
  if [ -f "$unit_file" ]; then
    control daemon-reload
    control enable --quiet "$unit"
    control restart "$unit"
    return
  fi
  WORKER_TOKEN=
  [ ! -f "$place/token.env" ] || . "$place/token.env"
  export WORKER_TOKEN
  detach "$data_dir/worker.out" /bin/sh "$place/run"
  unset WORKER_TOKEN
  write_pid "$data_dir/worker.pid" "$detached"
}

# Children are not touched: the next launcher adopts them.
end_launcher() {
  if [ -f "$unit_file" ] && control is-active --quiet "$unit"; then control stop "$unit"; fi
  stop_by_pid_file "$data_dir/worker.pid" "launcher of worker $worker_id" 30
}
