#!/usr/bin/env bash
# Runs each fuzz target for SECONDS on a copy of its corpus and prints how much it did. Stops at the first crash; the
# input that caused it is left in build/reports/fuzz.
# Usage: tests/fuzz/run.sh SECONDS [BUILD_DIRECTORY]    (default: build/fuzz, made by `cmake --build --preset fuzz`)
set -euo pipefail
seconds=${1:?usage: tests/fuzz/run.sh SECONDS [BUILD_DIRECTORY]}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${2:-build/fuzz}
artifacts=build/reports/fuzz
mkdir -p "$artifacts"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

shopt -s nullglob
targets=("$build"/tests/fuzz/*_fuzzer)
if ((${#targets[@]} == 0)); then
  echo "no fuzz targets in $build/tests/fuzz" >&2
  exit 1
fi
for target in "${targets[@]}"; do
  name=$(basename "$target" _fuzzer)
  corpus=tests/fuzz/corpus/$name
  if [[ ! -d $corpus ]]; then
    echo "$name: no corpus in $corpus" >&2
    exit 1
  fi
  cp -r "$corpus" "$work/$name"
  if ! "$target" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$artifacts/$name-" "$work/$name" \
    >"$work/$name.log" 2>&1; then
    tail -n 60 "$work/$name.log" >&2
    echo "$name: failed; see $artifacts" >&2
    exit 1
  fi
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")
  coverage=$(grep -o 'cov: [0-9]*' "$work/$name.log" | tail -n 1)
  echo "$name: $executions executions, $coverage"
done
