#!/usr/bin/env bash
# The cost of file sources: Parquet compared with Arrow's own scan of the same columns, CSV and JSON Lines; memory, and
# how fast a scrape is answered while a file is read. Builds, writes the files once, prints (about two minutes).
# Usage: tests/bench/files.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

deploy/install-packages.sh bench
cmake --preset bench >/dev/null
cmake --build --preset bench --target leeway leeway_parquet parquet_scan parquet_read
PYTHONPATH=build/arrow exec python3 tests/bench/files.py "$@"
