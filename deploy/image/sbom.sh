#!/usr/bin/env bash
# Writes which software is in the image, with versions, as an SPDX 2.3 document, for scanners and auditors. Used by
# stage.sh. Versions of Debian packages are those that are installed here.
# Usage: sbom.sh VERSION DIGEST <<< "$LINES"     (SOURCE_DATE_EPOCH: when the document was created)
#   VERSION, DIGEST              of the agent; SHA-256 of all files of the image
#   linked PACKAGE               a Debian package with files in the image
#   compiled PACKAGE             a Debian package of headers, compiled into the agent
#   bundled NAME VERSION PURL    a library that is not from Debian
#   embedded NAME [VERSION]      a library linked statically into the bundled one
set -euo pipefail

version=$1
digest=$2
created=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
# shellcheck source=/dev/null
distribution=$(. /etc/os-release && echo "$ID-$VERSION_ID")
packages=()
relationships=()
bundled=

# id NAME: an identifier in SPDX, which allows letters, digits, "." and "-".
id() { echo "SPDXRef-${1//[^A-Za-z0-9.]/-}"; }

# package NAME VERSION PURL LICENCE: VERSION may be empty if it is unknown.
package() {
  packages+=("$(printf '    {"name": "%s", "SPDXID": "%s",%s "downloadLocation": "NOASSERTION", "filesAnalyzed": false,
     "licenseConcluded": "NOASSERTION", "licenseDeclared": "%s", "copyrightText": "NOASSERTION",
     "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "%s"}]}' \
    "$1" "$(id "$1")" "${2:+ \"versionInfo\": \"$2\",}" "$4" "$3")")
}

# relationship NAME TYPE NAME
relationship() {
  relationships+=("$(printf '    {"spdxElementId": "%s", "relationshipType": "%s", "relatedSpdxElement": "%s"}' \
    "$(id "$1")" "$2" "$(id "$3")")")
}

# debian_package PACKAGE
debian_package() {
  local release architecture upstream encoded
  IFS=' ' read -r release architecture upstream < <(
    dpkg-query --show --showformat='${Version} ${Architecture} ${source:Package}\n' "$1")
  encoded=${release//+/%2B}
  encoded=${encoded//:/%3A}
  package "$1" "$release" \
    "pkg:deb/debian/${1//+/%2B}@$encoded?arch=$architecture&upstream=${upstream//+/%2B}&distro=$distribution" NOASSERTION
}

join() {
  local IFS=
  printf '%s' "$1"
  shift
  printf ',\n%s' "$@"
}

package leeway "$version" "pkg:generic/leeway@$version" Apache-2.0
relationship DOCUMENT DESCRIBES leeway
while read -r kind name release purl; do
  case $kind in
    linked)
      debian_package "$name"
      relationship leeway DEPENDS_ON "$name"
      ;;
    compiled)
      debian_package "$name"
      relationship leeway STATIC_LINK "$name"
      ;;
    bundled)
      bundled=$name
      package "$name" "$release" "$purl" NOASSERTION
      relationship leeway DEPENDS_ON "$name"
      ;;
    embedded)
      package "$name" "$release" "pkg:generic/$name${release:+@$release}" NOASSERTION
      relationship "$bundled" CONTAINS "$name"
      ;;
    *)
      echo "$0: unknown kind '$kind'" >&2
      exit 2
      ;;
  esac
done

cat <<JSON
{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "leeway-$version",
  "documentNamespace": "https://spdx.org/spdxdocs/leeway-$version-$digest",
  "creationInfo": {"created": "$created", "creators": ["Tool: leeway-image-sbom-$version"]},
  "packages": [
$(join "${packages[@]}")
  ],
  "relationships": [
$(join "${relationships[@]}")
  ]
}
JSON
