#!/usr/bin/env bash
# Installs the Debian packages that Leeway needs: `build` to build it, `test` to run every test as well.
# Only what is missing is installed, so a second run needs no network.
set -euo pipefail

build=(g++ cmake ninja-build pkg-config ccache libsimdjson-dev libtomlplusplus-dev libboost-dev libre2-dev
  libhowardhinnant-date-dev tzdata libcli11-dev libfmt-dev libspdlog-dev nlohmann-json3-dev libxxhash-dev zlib1g-dev
  prometheus-cpp-dev)
test=(libgtest-dev libgmock-dev libcpp-httplib-dev libssl-dev libbrotli-dev clang-14 clang-format-14 clang-tidy-14
  libclang-rt-14-dev python3 prometheus curl)

packages=("${build[@]}")
if [[ "${1:-build}" == test ]]; then
  packages+=("${test[@]}")
fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

as_root=()
[[ $EUID -eq 0 ]] || as_root=(sudo)
echo "installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
