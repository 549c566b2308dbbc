#!/usr/bin/env bash
# Installs the Debian packages that Leeway needs, and for tests and benchmarks also Apache Arrow (install-arrow.sh).
# Installs only what is missing, so a second run needs no network.
# Usage: install-packages.sh build|package|test|bench
set -euo pipefail

build_packages=(
  g++ cmake ninja-build pkg-config
  libboost-dev libcli11-dev libcrypt-dev libfmt-dev libhowardhinnant-date-dev libre2-dev libsimdjson-dev libspdlog-dev
  libsodium-dev libsqlite3-dev libssl-dev libtomlplusplus-dev libxxhash-dev libyaml-cpp-dev nlohmann-json3-dev prometheus-cpp-dev tzdata
  libzstd-dev zlib1g-dev
)
package_packages=("${build_packages[@]}" debhelper dpkg-dev)
test_packages=(
  "${package_packages[@]}"
  buildah debootstrap fish lintian man-db podman python3-venv runc zsh
  clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev libbrotli-dev libcpp-httplib-dev libgmock-dev libgtest-dev
  logrotate openssl prometheus prometheus-alertmanager python3 python3-jsonschema python3-prometheus-client python3-yaml shellcheck
  apache2-bin chromium gunicorn haproxy mtail nginx-light node-bunyan node-winston nodejs postgresql-15 python3-loguru python3-structlog
  python3-uvicorn redis-server systemd systemd-journal-remote
)
command -v go >/dev/null || test_packages+=(golang-go)
bench_packages=("${build_packages[@]}" libbenchmark-dev mtail python3 time)

case "${1:-}" in
  build) wanted=("${build_packages[@]}") ;;
  package) wanted=("${package_packages[@]}") ;;
  test) wanted=("${test_packages[@]}") ;;
  bench) wanted=("${bench_packages[@]}") ;;
  *)
    echo "usage: $0 build|package|test|bench" >&2
    exit 2
    ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "This needs Debian 12 or a similar system (apt-get). On other systems, install by hand: ${wanted[*]}" >&2
  exit 1
fi

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed ]] || missing+=("$package")
done
install_missing() {
  local as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "Run as root, or install sudo: these packages are missing: ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    >/dev/null
}
if ((${#missing[@]} > 0)); then
  install_missing
fi

# The agent is complete without the module that reads Parquet files; the tests and the benchmarks are not.
if [[ $1 != build && $1 != package ]]; then
  "$(dirname "${BASH_SOURCE[0]}")/install-arrow.sh"
fi
