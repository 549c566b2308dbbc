#!/usr/bin/env bash
# Compares the speed and the false alarms of [[drift]] with widely used libraries: prints its tables. The libraries are
# installed from PyPI into a virtual environment under build/.
# Usage: tests/bench/drift.sh [REFERENCES [WINDOWS]]; takes about an hour, most of it for the libraries. Or:
# tests/bench/drift.sh speed, only the nanoseconds a value, of processor time: a few minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

build=${LEEWAY_BENCH_DIR:-build/bench}
peers=build/drift-bench
table=$peers/table.f64

cmake --preset bench -B "$build" >/dev/null
cmake --build "$build" --target drift_speed drift_false_alarms drift_tails >/dev/null
mkdir -p "$peers"
if [[ ! -x $peers/venv/bin/python ]]; then
  python3 -m venv "$peers/venv"
  "$peers/venv/bin/pip" install --quiet numpy scipy "pandas<3" whylogs nannyml evidently
fi
"$peers/venv/bin/python" -c "import numpy; numpy.random.default_rng(1).normal(size=(10, 100_000)).tofile('$table')"

echo "$(nproc) processors, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1); $(c++ --version | head -n 1);" \
  "$("$peers/venv/bin/python" --version); load $(cut -d ' ' -f 1 /proc/loadavg); tests/bench/drift.sh $*"
echo
echo "| 10 columns x 100,000 rows | ns per value |"
echo "|---|---|"
"$build/tests/bench/drift_speed" "$table" 100000 10
DO_NOT_TRACK=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 "$peers/venv/bin/python" tests/bench/drift_peers.py "$table"
if [[ ${1:-} == speed ]]; then
  exit
fi
echo
"$build/tests/bench/drift_false_alarms" "${1:-400}" "${2:-50}"
echo
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 "$peers/venv/bin/python" tests/bench/drift_tails.py \
  "$build/tests/bench/drift_tails"
echo
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 "$peers/venv/bin/python" tests/bench/drift_alarm_peers.py
