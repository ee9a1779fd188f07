# Sourced by start_manager.sh, start_worker.sh and scripts/test.sh, in the repository root.
# shellcheck shell=sh
#
# Node is new enough, dependencies are installed and dist/ is built when `prepare` returns; else the script has ended
# with a sentence. Quiet, and nothing at all when there is nothing to do.

PREPARE_LOG=.cache/prepare.log

# A launcher is idle nearly always: its short-lived garbage is collected sooner instead of kept (6 of 74 MB with 50 children).
LAUNCHER_OPTIONS=--max-semi-space-size=1

prepare() {
  require_node
  mkdir -p .cache
  # Two scripts started at once: the second waits and then finds everything done. The lock is the kernel's and ends with
  # its holder. Where there is no flock there is no lock, and the two do the same work.
  (
    if command -v flock >/dev/null; then flock 9; fi
    install_dependencies && build_programs
  ) 9>.cache/prepare.lock || exit 1
}

require_node() {
  if ! command -v node >/dev/null; then
    echo 'Node is missing: install Node 20.19 or newer (https://nodejs.org)' >&2
    exit 1
  fi
  if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    echo "Node 20.19 or newer is needed; $(command -v node) is $(node --version)" >&2
    exit 1
  fi
}

# By content, not by age: a checkout gives files new times, and installing begins by deleting what is there.
# npm writes node_modules/.package-lock.json when it is done; what was installed by hand is taken as it is.
install_dependencies() {
  stamp=node_modules/.procguard-lock wanted=$(cksum <package-lock.json)
  if [ -f node_modules/.package-lock.json ]; then
    [ -f "$stamp" ] || echo "$wanted" >"$stamp"
    [ "$(cat "$stamp")" = "$wanted" ] && return 0
  fi
  quietly 'installing dependencies (once, a minute or so)' npm ci --no-audit --no-fund && echo "$wanted" >"$stamp"
}

build_programs() {
  [ -f dist/.built ] && [ -z "$(sources_newer_than dist/.built)" ] && return 0
  quietly 'building (a few seconds)' npm run --silent build
}

sources_newer_than() {
  find src launcher protocol web scripts/build.ts scripts/bundle.ts package.json -type f -newer "$1" \
    ! -name '*.test.ts' ! -name '*.test.tsx' ! -path '*/node_modules/*' | head -n 1
}

# quietly SENTENCE COMMAND...: the sentence now, the command's output only when it fails.
quietly() {
  echo "$1" >&2
  shift
  if ! "$@" >"$PREPARE_LOG" 2>&1 </dev/null 9>&-; then
    echo "failed: $*; the whole output is in $PWD/$PREPARE_LOG, its end:" >&2
    tail -n 15 "$PREPARE_LOG" >&2
    return 1
  fi
}
