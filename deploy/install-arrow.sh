#!/usr/bin/env bash
# Installs the headers and libraries of Apache Arrow for the module that reads Parquet files, from the pyarrow wheel:
# Debian 12 has no package of them. The tests also write files with it (Python 3.11). Nothing else in Leeway needs it. A
# second run with the same folder needs no network.
# Usage: install-arrow.sh [FOLDER]    (default: build/arrow, where CMake looks)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=26.0.1
folder=${1:-build/arrow}
done_mark=$folder/pyarrow/.leeway-$version

if [[ -e $done_mark ]]; then
  exit 0
fi

case $(uname -m) in
  x86_64)
    platform=manylinux_2_28_x86_64
    hash=39cb0f2418282c24bea6ceda77b03e5a8f0a5766b63a8bf194d4e2a2c423548c
    ;;
  aarch64)
    platform=manylinux_2_28_aarch64
    hash=22a96a225de107eb9acd1ad9a818198ca832df2a4c0952412f754a7ed2105a98
    ;;
  *)
    echo "No known wheel for $(uname -m): install Arrow C++ 21 or newer with Parquet, and CMake will find it." >&2
    exit 1
    ;;
esac

if ! python3 -m pip --version >/dev/null 2>&1; then
  if ! command -v apt-get >/dev/null; then
    echo "This needs pip for Python 3." >&2
    exit 1
  fi
  as_root=()
  if ((EUID != 0)); then
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-pip \
    >/dev/null
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo "Downloading pyarrow $version"
# The same wheel for every version of Python: the module needs only its libraries and headers.
python3 -m pip download --quiet --no-deps --disable-pip-version-check --only-binary=:all: --python-version 3.11 \
  --implementation cp --abi cp311 --platform "$platform" --dest "$scratch" "pyarrow==$version"
echo "$hash  $(echo "$scratch"/pyarrow-*.whl)" | sha256sum --check --quiet

mkdir -p "$folder"
rm -rf "$folder/pyarrow"
python3 - "$scratch" "$folder" <<'PYTHON'
import pathlib
import sys
import zipfile

scratch, folder = map(pathlib.Path, sys.argv[1:])
with zipfile.ZipFile(next(scratch.glob("*.whl"))) as wheel:
    wheel.extractall(folder, [name for name in wheel.namelist() if not name.startswith("pyarrow/tests/")])
PYTHON
touch "$done_mark"
