#!/usr/bin/env bash
# The benchmark in one command: builds, writes 2,000,000 log lines once, measures and prints (about three minutes).
# Usage: tests/bench/run.sh [LINES]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

lines=${1:-2000000}
log=build/bench/requests.log

deploy/install-packages.sh bench
cmake --preset bench >/dev/null
cmake --build --preset bench
if [[ ! -e $log ]] || (($(wc -l <"$log") != lines)); then
  python3 tests/bench/gen_requests.py "$lines" "$log"
fi
exec python3 tests/bench/bench.py --log "$log" --lines "$lines"
