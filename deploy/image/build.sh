#!/usr/bin/env bash
# Builds the image with docker, podman or buildah. The same sources give the same image: its id is printed last.
# Usage: build.sh [--parquet] [--binary FILE] [--tool NAME] [IMAGE]
#   IMAGE            name and tag (default leeway:VERSION); with --parquet, "-parquet" is appended
#   --parquet        with the module that reads Parquet files
#   --binary FILE    packs this binary, built here on Debian 12, instead of compiling in a container
#   --tool NAME      docker, podman or buildah (default: the first of them that works)
# Environment: SOURCE_DATE_EPOCH (default: the time of the commit), SOURCE_URL (default: the remote "origin", if it is
# https), BASE (the image that compiles, Debian 12)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$(cd "$here/../.." && pwd)
version=$(sed -nE 's/^project\(leeway VERSION ([0-9.]+).*/\1/p' "$source/CMakeLists.txt")
parquet=
binary=
tool=
image=leeway:$version

usage() {
  sed -n '/^# Usage/,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
  exit 2
}

while (($# > 0)); do
  case $1 in
    --parquet) parquet=yes ;;
    --binary | --tool)
      (($# > 1)) || usage
      declare "${1#--}=$2"
      shift
      ;;
    -*) usage ;; # also --help
    *) image=$1 ;;
  esac
  shift
done
[[ ${image##*/} == *:* ]] || image+=:$version
image+=${parquet:+-parquet}

# The client of docker may be installed without its daemon.
if [[ -z $tool ]]; then
  for tool in docker podman buildah none; do
    ! "$tool" info >/dev/null 2>&1 || break
  done
fi
if ! command -v "$tool" >/dev/null; then
  echo "This needs docker, podman or buildah: none of them works here. 'docker info' and 'podman info' say why." >&2
  exit 1
fi

git_of_source() { git -C "$source" "$@" 2>/dev/null; }
revision=$(git_of_source rev-parse HEAD || echo unknown)
[[ -z $(git_of_source status --porcelain --untracked-files=no) ]] || revision+=-dirty
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git_of_source log -1 --format=%ct || true)}
if [[ -z $SOURCE_DATE_EPOCH ]]; then
  echo "$source is not a git repository: set SOURCE_DATE_EPOCH, the time of the release in seconds" >&2
  exit 2
fi
export SOURCE_DATE_EPOCH
url=${SOURCE_URL:-$(git_of_source remote get-url origin | grep '^https://' || true)}

labels=(
  --label "org.opencontainers.image.version=$version"
  --label "org.opencontainers.image.revision=$revision"
  --label "org.opencontainers.image.created=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)"
)
if [[ -n $url ]]; then
  url=${url%.git}
  labels+=(--label "org.opencontainers.image.source=$url"
    --label "org.opencontainers.image.documentation=$url/blob/${revision%-dirty}/deploy/image/README.md")
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
context=$source
arguments=(--iidfile "$scratch/id" --build-arg "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH")
# Without layers for each line of the Containerfile, podman and buildah build the same image.
[[ $tool == docker ]] || arguments+=(--timestamp "$SOURCE_DATE_EPOCH" --layers=false)
if [[ -n $binary ]]; then
  mkdir "$scratch/context"
  context=$scratch/context
  "$here/stage.sh" ${parquet:+--parquet} "$binary" "$context/root.tar"
  arguments+=(--target staged)
else
  arguments+=(--build-arg "REVISION=$revision" --build-arg "PARQUET=$parquet" ${BASE:+--build-arg "BASE=$BASE"})
fi
"$tool" build "${arguments[@]}" "${labels[@]}" --tag "$image" --file "$here/Containerfile" "$context" >&2
echo "$image $(cat "$scratch/id")"
