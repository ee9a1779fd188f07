#!/bin/sh
# The test command: installs what is missing, then types, lint, arrows, build and every test. The last line counts them
# all, each gate as one: `N passed, N failed`. Arguments go to jest.
set -u
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/prepare.sh

passed=0 failed=0
finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}

# gate NAME COMMAND...
gate() {
  name=$1
  shift
  if "$@" >".cache/$name.log" 2>&1; then
    passed=$((passed + 1))
    echo "$name: ok"
  else
    failed=$((failed + 1))
    echo "$name: failed"
    cat ".cache/$name.log"
  fi
}

# The dashboard is tested in a real browser: Debian's, when it is there or may be installed.
find_browser() {
  for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && return 0
  done
  if command -v apt-get >/dev/null && as_root true; then
    echo 'installing chromium for the browser tests'
    { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends chromium; } >.cache/apt.log 2>&1
  fi
  command -v chromium >/dev/null || echo 'SKIPPED: the browser tests; there is no chromium and it cannot be installed here'
}

# Clocks that jump under a running program (tests/chaos).
find_fake_clock() {
  command -v faketime >/dev/null && return 0
  if command -v apt-get >/dev/null && as_root true; then
    { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends faketime; } >.cache/apt.log 2>&1
  fi
  command -v faketime >/dev/null || echo 'SKIPPED: chaos with jumping clocks; there is no faketime and it cannot be installed here'
}

# An engine of the tests' own (tests/launcher/container): Podman, what it runs containers by, and what their image is made of.
find_engine() {
  command -v podman >/dev/null && command -v busybox >/dev/null && return 0
  if command -v apt-get >/dev/null && as_root true; then
    { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends podman crun runc busybox-static; } >.cache/apt.log 2>&1
  fi
  command -v podman >/dev/null || echo 'SKIPPED: containers; there is no podman and it cannot be installed here'
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@" 2>/dev/null; fi
}

# Prints `passed failed skipped` of a jest report; a file that did not even run is one failure.
count() {
  node -e '
    const report = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    const broken = report.numRuntimeErrorTestSuites;
    console.log(report.numPassedTests, report.numFailedTests + broken, report.numPendingTests + report.numTodoTests);
  ' "$1"
}

mkdir -p .cache
require_node
if ! install_dependencies; then
  failed=1
  finish
fi
find_browser
find_fake_clock
find_engine
gate types npm run --silent types
gate lint npm run --silent lint
gate arrows npm run --silent arrows
gate build npm run --silent build

report=.cache/jest.json
rm -f "$report"
npx jest --json --outputFile="$report" "$@" >.cache/jest-stdout.log
jest_status=$?
if counts=$(count "$report"); then
  set -- $counts
  passed=$((passed + $1)) failed=$((failed + $2))
  [ "$3" -eq 0 ] || echo "$3 tests skipped"
  # A leak found after the last test, a threshold: jest fails with no test to blame.
  [ "$jest_status" -eq 0 ] || [ "$2" -gt 0 ] || failed=$((failed + 1))
else
  failed=$((failed + 1))
  echo 'jest ended without a report'
fi
finish
