#!/usr/bin/env bash
# From a bare Debian 12 to metrics: installs the packages, builds the release, replays a sample log with its pack and
# prints the metrics and what they mean. No server, no state, no network except for apt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pack=deploy/packs/echo-ridge.toml
sample=deploy/packs/echo-ridge/sample.log
leeway=build/release/leeway
page=build/quickstart/metrics.txt

step() { printf '\n== %s\n' "$*"; }
# show PATTERN: the samples of the page that match, indented.
show() { grep -E "^($1)" "$page" | sed 's/^/  /'; }

step "Packages"
deploy/install-packages.sh build

step "Build"
cmake --preset release >/dev/null
cmake --build --preset release
mkdir -p "$(dirname "$page")"

step "What the pack watches:  $leeway check --config.file $pack --source.path app=$sample"
"$leeway" check --config.file "$pack" --source.path "app=$sample"

step "The sample log as metrics:  $leeway replay --config.file $pack --source.path app=$sample --internal-metrics"
"$leeway" replay --config.file "$pack" --source.path "app=$sample" --internal-metrics >"$page"
cat "$page"

step "What they mean"
echo "The service answered these requests with a server error (the runbook's HighErrorRate):"
show 'http_requests_total\{.*status="5'
echo "Requests that took at most 150 ms, and all requests (HighLatency: the 99th percentile must be below 150 ms):"
show 'http_request_duration_seconds_bucket\{.*le="(0.15|\+Inf)"'
echo "How fast the error budget burns (1 is the rate that spends it in exactly 30 days), and what is left of it:"
show 'leeway_slo_(burn_rate\{slo="availability",window="(5m|1h|1d)"|error_budget_remaining_ratio)'
echo "Drift alerts that the service raised (DriftDetected), and its errors by type:"
show '(drift_alerts|echo_errors)_total\{'
echo "Lines that are not records, by reason; they affect nothing else:"
show 'leeway_source_rejected_lines_total\{'

cat <<END

== Next
Point it at your own log and start it as a sidecar:
  $leeway run --config.file $pack --source.path 'app=/var/log/echo_ridge.log' --state.dir ./leeway-state
Then add to Prometheus, under scrape_configs:
  - job_name: echo-ridge
    static_configs:
      - targets: ["localhost:9464"]
The page printed above is in $page; README.md continues from here.
END
