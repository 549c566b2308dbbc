#!/usr/bin/env bash
# Runs each fuzz target for SECONDS on a copy of its corpus, as many in parallel as there are cores, and prints its
# progress. Fails if one crashes; the input that caused it is left in build/reports/fuzz.
# Usage: tests/fuzz/run.sh SECONDS [BUILD_DIRECTORY]    (default: build/fuzz, made by `cmake --build --preset fuzz`)
set -euo pipefail
seconds=${1:?usage: tests/fuzz/run.sh SECONDS [BUILD_DIRECTORY]}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${2:-build/fuzz}
artifacts=build/reports/fuzz
mkdir -p "$artifacts"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fuzz TARGET
fuzz() {
  local name corpus executions coverage
  name=$(basename "$1" _fuzzer)
  corpus=tests/fuzz/corpus/$name
  if [[ ! -d $corpus ]]; then
    echo "$name: no corpus in $corpus" >&2
    return 1
  fi
  cp -r "$corpus" "$work/$name"
  if ! "$1" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$artifacts/$name-" "$work/$name" \
    >"$work/$name.log" 2>&1; then
    tail -n 60 "$work/$name.log" >&2
    echo "$name: failed; see $artifacts" >&2
    return 1
  fi
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")
  coverage=$(grep -o 'cov: [0-9]*' "$work/$name.log" | tail -n 1)
  echo "$name: $executions executions, $coverage"
}
export -f fuzz
export seconds artifacts work

shopt -s nullglob
targets=("$build"/tests/fuzz/*_fuzzer)
if ((${#targets[@]} == 0)); then
  echo "no fuzz targets in $build/tests/fuzz" >&2
  exit 1
fi
# shellcheck disable=SC2016  # the inner shell expands it
printf '%s\0' "${targets[@]}" | xargs -0 -P "$(nproc)" -I{} bash -euo pipefail -c 'fuzz "$1"' fuzz {}
