#!/usr/bin/env bash
# Writes what is generated below deploy/kubernetes and deploy/charts: rules and dashboards of the configurations there, with
# the binary; the objects that Kustomize and Helm make of them, which the tests check without either.
# Usage: deploy/render.sh    (needs build/release/leeway or LEEWAY_BIN; kustomize and helm, which tests/lint.sh installs)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

leeway=${LEEWAY_BIN:-$PWD/build/release/leeway}
kubernetes=deploy/kubernetes
charts=deploy/charts

# program NAME: as tests/lint.sh has built it, or the system's.
program() {
  local built
  built=$(find build/tools/bin/ -name "$1-v*" 2>/dev/null | sort | tail -n 1)
  if [[ -n $built ]]; then
    echo "$PWD/$built"
  else
    command -v "$1" || { echo "$1 is not installed; tests/lint.sh builds it" >&2 && return 1; }
  fi
}
kustomize=$(program kustomize)
helm=$(program helm)

# generate CONFIGURATION FOLDER: a PrometheusRule and dashboards as a kustomization. Alertmanager's configuration and the
# runbook belong elsewhere.
generate() {
  rm -rf "$2"
  "$leeway" rules --config.file "$1" --output-dir "$2" --format kubernetes >/dev/null
  "$leeway" dashboards --config.file "$1" --output-dir "$2" --format kubernetes >/dev/null
  rm "$2/alertmanagerconfig.yaml" "$2/runbook.md"
  {
    echo "# Written by deploy/render.sh from $(basename "$1")."
    echo "apiVersion: kustomize.config.k8s.io/v1beta1"
    echo "kind: Kustomization"
    echo "resources:"
    (cd "$2" && printf '  - %s\n' configmap-*.yaml prometheusrule.yaml)
  } >"$2/kustomization.yaml"
}

for config in "$kubernetes"/daemonset/leeway.toml "$kubernetes"/examples/*/leeway.toml; do
  generate "$config" "$(dirname "$config")/generated"
done
mkdir -p "$kubernetes/rendered"
for folder in "$kubernetes"/daemonset "$kubernetes"/examples/{deployment,job,statefulset}; do
  "$kustomize" build "$folder" >"$kubernetes/rendered/$(basename "$folder").yaml"
done
# digest FOLDER: of the present sources, as the tests compute it.
digest() {
  python3 -c 'import pathlib, sys
sys.path.insert(0, "tests/deploy")
import kubernetes_objects
print(kubernetes_objects.digest(pathlib.Path(sys.argv[1])))' "$1"
}
digest "$kubernetes" >"$kubernetes/rendered/SOURCES"

# The packs in the chart are copies: Helm warns about links each time.
packs=$charts/leeway/packs
rm -rf "$packs"
# pack NAME CONFIGURATION
pack() {
  mkdir -p "$packs/$1/dashboards"
  cp "$2" "$packs/$1/leeway.toml"
  "$leeway" rules --config.file "$2" --output-dir "$scratch/$1" >/dev/null
  "$leeway" dashboards --config.file "$2" --output-dir "$scratch/$1" >/dev/null
  cp "$scratch/$1/rules.yml" "$packs/$1/"
  # Without the indentation, as in `--format kubernetes`: `kubectl apply` takes at most 256 KiB of an object.
  for dashboard in "$scratch/$1"/*.json; do
    sed 's/^ *//' "$dashboard" >"$packs/$1/dashboards/$(basename "$dashboard")"
  done
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for config in deploy/packs/*.toml; do
  pack "$(basename "$config" .toml)" "$config"
done
pack node-logs "$kubernetes/daemonset/leeway.toml"

# As `helm dependency build` would pack it.
cp -r "$charts/example-service" "$scratch/"
mkdir -p "$scratch/example-service/charts"
cp -r "$charts/leeway-sidecar" "$scratch/example-service/charts/"
for values in "$charts"/golden/*.values.yaml; do
  name=$(basename "$values" .values.yaml)
  case $name in
    leeway-*) chart=$charts/leeway release=leeway ;;
    *) chart=$scratch/example-service release=orders ;;
  esac
  "$helm" template "$release" "$chart" --namespace demo --kube-version 1.37 --values "$values" >"$charts/golden/$name.yaml"
done
digest "$charts" >"$charts/golden/SOURCES"
