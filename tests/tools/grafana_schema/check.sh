#!/usr/bin/env bash
# Type-checks each dashboard of a folder against Grafana's own schema, as a TypeScript literal of type Dashboard: a
# misspelt key or a value of a wrong type is an error. Installs the schema and the compiler into build/tools the first
# time. Keys that data sources and plugins add, which the schema does not list, are removed by literal.mjs.
# Usage: tests/tools/grafana_schema/check.sh DIRECTORY
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
directory=$(cd "${1:?usage: check.sh DIRECTORY}" && pwd)
modules=$here/../../../build/tools/grafana_schema

mkdir -p "$modules"
if [[ ! -d $modules/node_modules ]] || ! cmp -s "$here/package.json" "$modules/package.json"; then
  cp "$here/package.json" "$modules/"
  npm --prefix "$modules" install --no-audit --no-fund --ignore-scripts --loglevel=error
fi

work=$(mktemp -d "$modules/check.XXXXXX")
trap 'rm -rf "$work"' EXIT
node "$here/literal.mjs" "$work" "$directory"
"$modules/node_modules/.bin/tsc" --noEmit --strict --skipLibCheck --module nodenext --moduleResolution nodenext \
  --target es2022 "$work"/*.ts
