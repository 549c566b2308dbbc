#!/usr/bin/env bash
# Installs what the tests need, builds with sanitizers and warnings as errors, and passes all tests.
set -euo pipefail
cd "$(dirname "$0")/.."

stage() {
  local name=$1
  shift
  local start=$SECONDS
  echo "== $name"
  "$@"
  echo "== $name: done in $((SECONDS - start)) s"
}

check_format() {
  git ls-files '*.h' '*.cpp' | xargs clang-format-14 --dry-run --Werror
}

build() {
  cmake --preset "$1" >/dev/null
  cmake --build --preset "$1"
}

stage "install packages" deploy/install-packages.sh test
stage "format" check_format
stage "build with ASan and UBSan" build ci
stage "unit tests" ctest --preset ci
