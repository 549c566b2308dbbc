#!/usr/bin/env bash
# Packs the root file system of the image: the agent, what it loads, time zones, licences and an SBOM. Used by build.sh,
# for a binary that was built here, and by the Containerfile in the stage that compiles. Needs Debian's package database
# and no root: the archive says who owns what. The same binary and SOURCE_DATE_EPOCH give the same bytes.
# Usage: SOURCE_DATE_EPOCH=SECONDS stage.sh [--parquet] BINARY ARCHIVE.tar
#   --parquet    with libleeway_parquet.so and Apache Arrow, which are next to the binary in a build folder
set -euo pipefail
shopt -s inherit_errexit
umask 022
unset LD_LIBRARY_PATH LD_PRELOAD
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$here/../..
# Headers that are compiled into the agent and have no library in the image. The tests compare them with what the compiler read.
compiled=(libboost1.74-dev libcli11-dev nlohmann-json3-dev)

parquet=
if [[ ${1:-} == --parquet ]]; then
  parquet=yes
  shift
fi
if (($# != 2)) || [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
  echo "usage: SOURCE_DATE_EPOCH=SECONDS $0 [--parquet] BINARY ARCHIVE.tar" >&2
  exit 2
fi
binary=$1
archive=$2
folder=$(dirname "$binary")
module=$folder/libleeway_parquet.so
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

fail() {
  echo "$0: $*" >&2
  exit 1
}

# package_of PATH: the Debian package of a file; its path may be known as it was before /lib became a link to /usr/lib.
package_of() {
  local found
  found=$(dpkg-query --search "$1" 2>/dev/null || dpkg-query --search "/usr$1" 2>/dev/null) ||
    fail "no Debian package has $1, so neither its version nor its licence is known: build on Debian 12 with its packages"
  sed -n '/^diversion /!{s/[:,].*//p;q}' <<<"$found"
}

# libraries_of FILE...: the libraries that they load, and the loader.
libraries_of() {
  local found
  found=$(ldd "$@") || fail "not dynamic binaries of this machine: $*"
  if grep 'not found' <<<"$found" >&2; then
    fail "libraries are missing, see above: install them (deploy/install-packages.sh build) or build on this machine"
  fi
  sed -nE 's/^\t(.* => )?(\/[^ ]+) \(0x[0-9a-f]+\)$/\2/p' <<<"$found" | sort -u
}

# stage_libraries: those of Debian where the loader looks for them, others next to the module. Prints lines for sbom.sh.
stage_libraries() {
  local libraries path package
  libraries=$(libraries_of "$@")
  while read -r path; do
    if [[ $(dirname "$path") -ef $folder ]]; then
      install -D --mode=0644 "$path" "$root/usr/lib/leeway/$(basename "$path")"
      continue
    fi
    package=$(package_of "$path")
    install -D --mode=0755 "$path" "$root$path"
    echo "linked $package"
  done <<<"$libraries"
}

# embedded FILE...: what Arrow's wheel links statically, as far as its texts tell, as lines for sbom.sh.
embedded() {
  strings --bytes=5 "$@" | sed -nE \
    -e 's|.*/vcpkg/buildtrees/([^/]+)/src/v?([0-9]+(\.[0-9]+)+)-[0-9a-f]+\.clean/.*|\1 \2|p' \
    -e 's|^CLIENT libcurl ([0-9.]+)$|curl \1|p' \
    -e 's|^OpenSSL ([0-9.]+) [0-9].*|openssl \1|p' \
    -e 's|^ deflate ([0-9.]+) Copyright.*|zlib \1|p' \
    -e 's|^(1\.0\.[0-9]+), [0-9]+-[A-Z][a-z]+-[0-9]{4}$|bzip2 \1|p' \
    -e 's|^N5Azure4Core.*|azure-sdk-for-cpp|p' \
    -e 's|^N6apache6thrift.*|thrift|p' \
    -e 's|^<jemalloc>.*|jemalloc|p' \
    -e 's|.*arrow_mi_malloc.*|mimalloc|p' \
    -e 's|.*internal12_GLOBAL__N_1.*(Brotli\|Lz4\|Snappy\|ZSTD)Codec.*|\L\1|p' |
    sort -u | sed 's/^/embedded /'
}

# stage_arrow: licences and contents of the bundled Arrow, if there is one.
stage_arrow() {
  local wheel notes=("$source"/build/arrow/pyarrow-*.dist-info) libraries=("$root"/usr/lib/leeway/lib{arrow,parquet}.so.*)
  [[ -e ${libraries[0]} ]] || return 0
  [[ -e ${notes[0]}/licenses/LICENSE.txt ]] || fail "no licence of Arrow in build/arrow: run deploy/install-arrow.sh"
  wheel=$(basename "${notes[0]}" .dist-info)
  install -D --mode=0644 --target-directory="$root/usr/share/doc/pyarrow" "${notes[0]}"/licenses/*
  echo "bundled pyarrow ${wheel#pyarrow-} pkg:pypi/pyarrow@${wheel#pyarrow-}"
  embedded "${libraries[@]}"
}

stage_system_files() {
  mkdir -p "$root/etc/leeway" "$root/usr/share/zoneinfo" "$root/var/lib/leeway"
  cp --recursive --no-dereference --preserve=links /usr/share/zoneinfo/. "$root/usr/share/zoneinfo"
  # Zones with leap seconds, copies of the others, links out of the image, and tables that only other programs read.
  (cd "$root/usr/share/zoneinfo" && rm -rf right posix localtime posixrules tzdata.zi iso3166.tab zone.tab zone1970.tab)
  install --mode=0644 /etc/os-release "$root/etc/os-release"
  echo 'leeway:x:65532:65532:Leeway:/var/lib/leeway:/usr/sbin/nologin' >"$root/etc/passwd"
  printf 'root:x:0:\nleeway:x:65532:\n' >"$root/etc/group"
  echo "linked tzdata"
  echo "linked base-files"
}

# stage_licences PACKAGE...: with the licences to which they refer. Boost's does not ask for a copy next to binaries, and
# Debian's file of it has 2 MB.
stage_licences() {
  local package path
  for package in "$@"; do
    [[ $package != libboost* ]] || continue
    [[ -e /usr/share/doc/$package/copyright ]] || fail "no /usr/share/doc/$package/copyright: install $package"
    install -D --mode=0644 "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
  done
  grep --no-filename --only-matching --recursive '/usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]' "$root/usr/share/doc" |
    sort -u | while read -r path; do
    [[ ! -e $path ]] || install -D --mode=0644 "$path" "$root$path"
  done
  install -D --mode=0644 "$source/LICENSE" "$root/usr/share/doc/leeway/copyright"
}

install -D --mode=0755 "$binary" "$root/usr/bin/leeway"
programs=("$binary")
if [[ -n $parquet ]]; then
  [[ -e $module ]] || fail "there is no $module: run deploy/install-arrow.sh, then build again"
  install -D --mode=0644 "$module" "$root/usr/lib/leeway/libleeway_parquet.so"
  programs+=("$module")
fi
contents=$(
  stage_libraries "${programs[@]}"
  stage_system_files
  printf 'compiled %s\n' "${compiled[@]}"
)
contents=$(sort -u <<<"$contents")
mapfile -t packages < <(cut -d ' ' -f 2 <<<"$contents")
stage_licences "${packages[@]}"
contents+=$'\n'$(stage_arrow)
shopt -s nullglob
strip --strip-unneeded "$root/usr/bin/leeway" "$root"/usr/lib/leeway/*

version=$("$binary" version | sed -n '1s/^leeway \([^ ]*\).*/\1/p')
digest=$(cd "$root" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
"$here/sbom.sh" "$version" "$digest" <<<"${contents%$'\n'}" >"$root/usr/share/doc/leeway/sbom.spdx.json"

# The state directory belongs to the user of the image, and to group 0 for platforms that run containers as any user of it.
reproducible=(--sort=name --mtime="@$SOURCE_DATE_EPOCH" --format=gnu --numeric-owner --group=0)
archive=$(realpath "$archive")
cd "$root"
tar --create --file="$archive" "${reproducible[@]}" --owner=0 --exclude=var/lib/leeway -- *
tar --append --file="$archive" "${reproducible[@]}" --owner=65532 --mode=0770 var/lib/leeway
