#!/usr/bin/env bash
# Everything that must hold before a change is merged: installs what the tests need, builds with sanitizers and warnings
# as errors, passes all tests. Stops at the first failure. Continuous integration runs this and nothing else.
# Usage: tests/run.sh [STAGE]...    (default: all stages in order; their names are listed at the end of this file)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fuzz_seconds=5
reports=build/reports
passed=0
failed=0
current=""

finish() {
  local code=$?
  if ((code != 0)); then
    failed=$((failed + 1))
    echo "== FAILED: $current"
  fi
  echo "$passed passed, $failed failed"
  exit "$code"
}
trap finish EXIT

# stage NAME COMMAND...: runs it, tells the time; counts as one passed check where the command counts no tests itself.
stage() {
  current=$1
  shift
  local start=$SECONDS before=$passed
  echo "== $current"
  "$@"
  ((passed > before)) || passed=$((passed + 1))
  echo "== $current: passed in $((SECONDS - start)) s"
}

# build PRESET [TARGET]...
build() {
  local preset=$1
  shift
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset" ${1:+--target "$@"}
}

# As users build it, each file by itself and by gcc, but with warnings as errors.
release() {
  cmake --preset release -DLEEWAY_WERROR=ON >/dev/null
  cmake --build --preset release
}

# unit_tests PRESET [CTEST ARGUMENT]...: the tests inside the executables, not the executables, are what is counted.
unit_tests() {
  local preset=$1
  shift
  rm -rf "${reports:?}/$preset"
  GTEST_OUTPUT="xml:$PWD/$reports/$preset/" ctest --preset "$preset" --parallel "$(nproc)" --no-tests=error "$@"
  local tests
  tests=$(grep -ho '<testsuites tests="[0-9]*"' "$reports/$preset"/*.xml | grep -o '[0-9]*' | paste -sd+)
  passed=$((passed + $((tests))))
}

# unittest DIRECTORY: the Python tests in it, against the release binary.
python_tests() {
  local log tests
  log=$reports/$(basename "$1").log
  mkdir -p "$reports"
  LEEWAY_BIN="$PWD/build/release/leeway" python3 -m unittest discover -s "$1" -p '*test*.py' 2>&1 | tee "$log"
  tests=$(grep -oP '^Ran \K[0-9]+' "$log")
  if ((tests == 0)); then
    echo "no tests in $1" >&2
    return 1
  fi
  passed=$((passed + tests))
}

format() {
  find agent collectors dashboards exporters rules tests \( -name '*.h' -o -name '*.cpp' \) -print0 |
    xargs -0 clang-format-14 --dry-run --Werror
}
shell_scripts() { find deploy tests .ci \( -name '*.sh' -o -path .ci/run \) -print0 | xargs -0 shellcheck; }
# Each room as the one file that the preset "ci" compiles, without clang's analyzer.
tidy() {
  run-clang-tidy-14 -quiet -p build/ci '-checks=-bugprone-suspicious-include,-clang-analyzer-*' \
    "^$PWD/build/ci/(agent|collectors|dashboards|exporters|rules)/" 2>/dev/null
}
# By hand, for it takes many times as long: each file by itself, with the analyzer and with the few checks that look at
# nothing that is included.
analyzer() {
  cmake --preset dev >/dev/null
  run-clang-tidy-14 -quiet -p build/dev "^$PWD/(agent|collectors|dashboards|exporters|rules)/" 2>/dev/null
}
flags() { python3 tests/flags_test.py build/ci build/release; }

fuzz() {
  build fuzz fuzzers
  tests/fuzz/run.sh "$fuzz_seconds"
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
    packages) stage packages deploy/install-packages.sh test ;;
    format) stage format format ;;
    shell) stage shell shell_scripts ;;
    ci)
      stage "build with ASan, UBSan and -Werror" build ci
      stage "unit tests with ASan and UBSan" unit_tests ci
      ;;
    tsan)
      # The rooms with more than one thread; not parquet_test, since Arrow is not built with TSan, which therefore cannot
      # see how Arrow's threads and the module's wait for each other.
      stage "build with TSan" build tsan files_test http_test pipeline_test prometheus_test
      stage "unit tests with TSan" unit_tests tsan -R '^(files|http|pipeline|prometheus)_test$'
      ;;
    release) stage "build release" release ;;
    flags) stage flags flags ;;
    deploy) stage "packs and documents" python_tests tests/deploy ;;
    quickstart) stage quickstart quickstart ;;
    promtool) stage promtool exposition_lint ;;
    integration) stage "integration tests" python_tests tests/integration ;;
    fuzz) stage "fuzz targets, $fuzz_seconds s each" fuzz ;;
    tidy) stage clang-tidy tidy ;;
    analyzer) stage "clang-tidy with the analyzer" analyzer ;;
    *)
      current=$1
      echo "unknown stage '$1'" >&2
      return 2
      ;;
  esac
}

stages=("$@")
if ((${#stages[@]} == 0)); then
  stages=(packages format shell ci tsan release flags deploy quickstart promtool integration fuzz tidy)
fi
for name in "${stages[@]}"; do
  run_stage "$name"
done
