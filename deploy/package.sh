#!/usr/bin/env bash
# Builds the Debian packages leeway and leeway-parquet (Debian 12) from deploy/debian, in a copy of the sources, so the
# folder of the sources stays as it is. The same sources give the same packages, bit by bit.
# Usage: deploy/package.sh [--build FOLDER] [OUTPUT]    (default: build/package)
#   --build FOLDER: packs what `cmake --build --preset release` has built in FOLDER, instead of building again
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ${1:-} == --build ]]; then
  LEEWAY_BUILD=$(realpath -e "${2:?--build needs the folder of a build, such as build/release}")
  export LEEWAY_BUILD
  shift 2
fi
output=${1:-build/package}
if (($# > 1)) || [[ $output == -* ]]; then
  echo "usage: $0 [--build FOLDER] [OUTPUT]" >&2
  exit 2
fi

deploy/install-packages.sh package
if [[ ${DEB_BUILD_PROFILES:-} != *pkg.leeway.noparquet* ]]; then
  deploy/install-arrow.sh
fi
LEEWAY_PYARROW_DIR=$PWD/build/arrow/pyarrow
LEEWAY_REVISION=${LEEWAY_REVISION-$(git rev-parse --short HEAD 2>/dev/null || true)}
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l deploy/debian/changelog -S Timestamp)
export LEEWAY_PYARROW_DIR LEEWAY_REVISION SOURCE_DATE_EPOCH

mkdir -p "$output"
output=$(realpath "$output")
tree=$output/source
rm -rf "$tree" "$output"/*.deb
mkdir "$tree"
# With one time for all files, whenever they were checked out.
tar -c --exclude=./build --exclude=./.git --exclude=__pycache__ --mtime="@$SOURCE_DATE_EPOCH" . | tar -x -C "$tree"
cp -a "$tree/deploy/debian" "$tree/debian"
(cd "$tree" && dpkg-buildpackage --build=binary --unsigned-changes --no-sign)
rm -rf "$tree"
ls "$output"/*.deb
