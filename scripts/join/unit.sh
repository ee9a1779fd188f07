# Part of what /join serves: the launcher as a systemd unit; the system's for root, the user's own for others.
# shellcheck shell=sh disable=SC2154

# Sets `unit`, `unit_file` and `target`. A worker id may hold characters that mean something in a unit's name.
name_unit() {
  unit=procguard-$(printf '%s' "$worker_id" | tr '@:' '__').service
  if [ "$(id -u)" -eq 0 ]; then
    unit_file=/etc/systemd/system/$unit target=multi-user.target
  else
    unit_file=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user/$unit target=default.target
  fi
}

# control WORDS...: systemctl, of the system or of the user.
control() {
  if [ "$(id -u)" -eq 0 ]; then systemctl "$@"; else systemctl --user "$@"; fi
}

require_systemd() {
  [ "$(uname -s)" = Linux ] && control show-environment >/dev/null 2>&1 ||
    refuse '--systemd: no systemd answers here (systemctl show-environment). Leave the flag away to run in the background'
  # Others mean something in a unit.
  case $home in *[!A-Za-z0-9/._@+-]*) refuse "--systemd needs a PROCGUARD_HOME of letters, digits and / . _ @ + -; it is $home" ;; esac
}

# KillMode=process keeps the children: the default would end them with the launcher. Delegate lets it give each run a
# cgroup of its own.
unit_text() {
  cat <<END
[Unit]
Description=ProcGuard launcher of worker $worker_id
Documentation=$manager/api/docs
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
WorkingDirectory=$home
EnvironmentFile=-$place/token.env
ExecStart=/bin/sh $place/run
KillMode=process
Delegate=yes
Restart=always
RestartSec=5

[Install]
WantedBy=$target
END
}

write_unit() {
  mkdir -p "$(dirname "$unit_file")"
  unit_text >"$unit_file.new"
  mv "$unit_file.new" "$unit_file"
  if command -v systemd-analyze >/dev/null; then
    # Its complaints about other units of this machine are not ours.
    systemd-analyze verify "$unit_file" 2>&1 | grep -F "$unit" >&2 || true
  fi
}

remove_unit() {
  [ -f "$unit_file" ] || return 0
  control disable --now --quiet "$unit" || true
  rm -f "$unit_file"
  control daemon-reload || true
}
