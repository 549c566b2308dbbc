#!/usr/bin/env bash
# Checks the output of `leeway rules` and `leeway dashboards`, the manifests, the charts and the compose file with tools
# that are too slow to build or to fetch for each run of tests/run.sh: Prometheus 3, Alertmanager's latest amtool,
# kubeconform with the operator's schemas, Kustomize, Helm, kube-score, yamllint, check-jsonschema, Grafana's schema; what
# Evidently and NannyML report for the columns of tests/agent/sketches/bin_definition_vectors.txt; and that the Debian
# packages are the same, bit by bit, when they are built again. Installs what it needs into build/tools, with Go, Python
# and Node from the system, and keeps it there. Reports for each tool whether it ran and was silent, found something, or is
# not installed; exit code 1 if one found something.
# Usage: tests/lint.sh [TOOL...]    all of them by default (needs a network the first time, and build/release/leeway or LEEWAY_BIN)
# shellcheck disable=SC2317  # tool() calls the functions
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

tools=$PWD/build/tools
bin=$tools/bin
objects=$tools/objects
leeway=${LEEWAY_BIN:-$PWD/build/release/leeway}
operator_version=v0.85.0
kubeconform_version=v0.8.0
kustomize_version=v5.7.1
helm_version=v3.22.0
kubescore_version=v1.20.0
amtool_version=v0.34.2
yamllint_version=1.37.1
kubernetes_version=1.37.0
check_jsonschema_version=0.39.0
prometheus_version=3.15.0
found=0
# What Kustomize and Helm make of deploy/kubernetes and deploy/charts.
shopt -s nullglob extglob
manifests=(deploy/kubernetes/rendered/*.yaml deploy/charts/golden/!(*.values).yaml)
chosen=${*:+ $* }
run=0
mkdir -p "$bin"
export GOFLAGS=-mod=mod

# tool NAME VERSION INSTALL CHECK: both are functions; their output is shown only if they fail.
tool() {
  local log=$tools/$1.log
  [[ -z $chosen || $chosen == *" $1 "* ]] || return 0
  ((++run))
  if ! "$3" >"$log" 2>&1; then
    echo "$1 $2: not installed ($(tail -n 1 "$log"))"
  elif "$4" >"$log" 2>&1; then
    echo "$1 $2: ran and silent"
  else
    echo "$1 $2: found something"
    sed 's/^/    /' "$log"
    found=1
  fi
}

# go_install NAME MODULE@VERSION: as build/tools/bin/NAME-VERSION.
go_install() {
  local target=$bin/$1-${2##*@}
  [[ -x $target ]] && return
  GOBIN=$bin nice go install "$2" && mv "$bin/$1" "$target"
}

# Prometheus' module replaces others, which `go install` rejects, so it is a dependency of a module of our own.
go_build() {
  local target=$bin/$1-$prometheus_version
  [[ -x $target ]] && return
  nice go -C tests/tools/prometheus build -tags remove_all_sd,netgo -o "$target" \
    "github.com/prometheus/prometheus/cmd/$1"
}

# venv_install PACKAGE==VERSION...
venv_install() {
  [[ -x $tools/venv/bin/python ]] || python3 -m venv "$tools/venv" || return
  "$tools/venv/bin/pip" install --quiet --disable-pip-version-check "$@"
}

# Fails if there is nothing to check: a wrong path must not look like a clean result.
some() {
  (($# > 0)) || { echo "no files to check" && return 1; }
}

install_promtool() { go_build promtool; }
check_promtool() {
  local promtool=$bin/promtool-$prometheus_version
  local rules=(rules/rendered/*/rules.yml) tests=(rules/rendered/*/rules_test*.yml)
  some "${rules[@]}" && some "${tests[@]}" || return
  "$promtool" check rules --lint=all --lint-fatal "${rules[@]}" && "$promtool" test rules "${tests[@]}"
}

install_prometheus() { go_build prometheus; }
check_prometheus() {
  LEEWAY_BIN=$leeway LEEWAY_PROMETHEUS=$bin/prometheus-$prometheus_version \
    python3 tests/integration/queries_test.py
}

install_amtool() { go_install amtool "github.com/prometheus/alertmanager/cmd/amtool@$amtool_version"; }
check_amtool() {
  local files=(rules/rendered/*/alertmanager.yml)
  some "${files[@]}" && "$bin/amtool-$amtool_version" check-config --enable-feature=utf8-strict-mode "${files[@]}"
}

install_yamllint() { venv_install "yamllint==$yamllint_version"; }
check_yamllint() {
  render_objects || return
  local files=(rules/rendered/*/*.yml "$objects"/*/*.yaml deploy/kubernetes/{base,component,daemonset,examples/*}/*.yaml
    deploy/charts/*/{Chart,values}.yaml)
  some "${files[@]}" && "$tools/venv/bin/yamllint" --strict -c tests/tools/yamllint.yml "${files[@]}"
}

# The Kubernetes form of all packs, as build/tools/objects/PACK/*.yaml.
render_objects() {
  local config pack
  rm -rf "$objects"
  for config in deploy/packs/*.toml; do
    pack=$(basename "$config" .toml)
    "$leeway" rules --config.file "$config" --output-dir "$objects/$pack" --format kubernetes \
      --object.namespace monitoring --object.label release=kube-prometheus-stack || return
    "$leeway" dashboards --config.file "$config" --output-dir "$objects/$pack" --format kubernetes \
      --object.namespace monitoring --object.label release=kube-prometheus-stack || return
  done
}

install_kubeconform() {
  go_install kubeconform "github.com/yannh/kubeconform/cmd/kubeconform@$kubeconform_version" || return
  venv_install "kubernetes-validate==$kubernetes_version" || return
  local module
  module=$(cd "$tools" && go mod download -json "github.com/prometheus-operator/prometheus-operator@$operator_version" |
    sed -n 's/^\t"Dir": "\(.*\)",$/\1/p') || return
  "$tools/venv/bin/python" tests/tools/kubernetes_schemas.py "$tools/schemas" "$module/example/prometheus-operator-crd"
}
kubeconform() {
  "$bin/kubeconform-$kubeconform_version" -strict -summary \
    -schema-location "$tools/schemas/{{.ResourceKind}}{{.KindSuffix}}.json" "$@"
}
check_kubeconform() {
  render_objects || return
  local files=("$objects"/*/*.yaml "${manifests[@]}" deploy/kubernetes/daemonset/network-policy/networkpolicy.yaml)
  local summary misspelt=$tools/misspelt.yaml
  some "${files[@]}" || return
  summary=$(kubeconform "${files[@]}")
  echo "$summary"
  # Resources without a schema would be skipped silently.
  [[ $summary == *"Valid: $(cat "${files[@]}" | grep -c '^kind:'), Invalid: 0, Errors: 0, Skipped: 0"* ]] || return
  sed 's/^\( *\)restartPolicy: Always/\1restartPolicyy: Always/' deploy/kubernetes/rendered/job.yaml >"$misspelt"
  ! kubeconform "$misspelt" || { echo "restartPolicyy is not found" && return 1; }
}

install_kustomize() {
  go_install kustomize "sigs.k8s.io/kustomize/kustomize/v5@$kustomize_version"
}
check_kustomize() { LEEWAY_BIN=$leeway python3 tests/deploy/kubernetes_test.py; }

install_helm() { go_install helm "helm.sh/helm/v3/cmd/helm@$helm_version"; }
check_helm() { LEEWAY_BIN=$leeway python3 tests/deploy/helm_test.py; }

install_kubescore() { go_install kube-score "github.com/zegl/kube-score/cmd/kube-score@$kubescore_version"; }
check_kubescore() {
  some "${manifests[@]}" || return
  # Of the cluster or of the service, not of the agent: pull policy, spreading, disruption budgets, network policies.
  "$bin/kube-score-$kubescore_version" score --ignore-test container-image-pull-policy \
    --ignore-test deployment-has-host-podantiaffinity,statefulset-has-host-podantiaffinity \
    --ignore-test deployment-has-poddisruptionbudget,pod-networkpolicy "${manifests[@]}"
}

install_compose_schema() { venv_install "check-jsonschema==$check_jsonschema_version"; }
check_compose_schema() {
  "$tools/venv/bin/check-jsonschema" --builtin-schema vendor.compose-spec deploy/compose/compose.yaml
}

install_grafana_schema() { [[ -x tests/tools/grafana_schema/check.sh ]] && command -v npm; }
check_grafana_schema() {
  local folders=(dashboards/rendered/*/) folder
  some "${folders[@]}" || return
  for folder in "${folders[@]}"; do
    tests/tools/grafana_schema/check.sh "$folder" || return
  done
}

# Built twice from the sources, without ccache, in folders with names of different length.
install_packages() { deploy/install-packages.sh package && command -v lintian; }
check_packages() {
  local one=$tools/package two=$tools/package-again/and-in-another-folder package
  CCACHE_DISABLE=1 deploy/package.sh "$one" && CCACHE_DISABLE=1 deploy/package.sh "$two" || return
  some "$one"/*.deb || return
  for package in "$one"/*.deb; do
    cmp "$package" "$two/${package##*/}" || return
  done
  lintian --fail-on error,warning "$one"/*.changes
}

# The numbers of other libraries that bins = "evidently" and "nannyml" reproduce.
install_drift_libraries() { command -v python3; }
check_drift_libraries() { tests/agent/sketches/compare_with_libraries.sh --check; }

tool promtool $prometheus_version install_promtool check_promtool
tool prometheus $prometheus_version install_prometheus check_prometheus
tool amtool ${amtool_version#v} install_amtool check_amtool
tool kubeconform ${kubeconform_version#v} install_kubeconform check_kubeconform
tool kustomize ${kustomize_version#v} install_kustomize check_kustomize
tool helm ${helm_version#v} install_helm check_helm
tool kube-score ${kubescore_version#v} install_kubescore check_kubescore
tool yamllint $yamllint_version install_yamllint check_yamllint
tool check-jsonschema $check_jsonschema_version install_compose_schema check_compose_schema
tool grafana-schema "$(grep -oP '"@grafana/schema": "\K[0-9.]+' tests/tools/grafana_schema/package.json 2>/dev/null || echo '?')" \
  install_grafana_schema check_grafana_schema
tool debian-packages "$(dpkg-parsechangelog -l deploy/debian/changelog -S Version 2>/dev/null || echo '?')" \
  install_packages check_packages
tool evidently-nannyml "$(grep -oP '(evidently|nannyml)==\K[0-9.]+' tests/agent/sketches/compare_with_libraries.sh | paste -sd,)" \
  install_drift_libraries check_drift_libraries
((run >= $#)) || { echo "of the tools $*, only $run are known: see the last lines of $0" >&2 && exit 2; }
exit "$found"
