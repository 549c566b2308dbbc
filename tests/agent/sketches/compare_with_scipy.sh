#!/usr/bin/env bash
# Compares every two-sample statistic with SciPy's on thousands of random inputs, to 1e-9. Run by hand because it
# installs SciPy from PyPI into a virtual environment under build/.
# Usage: tests/agent/sketches/compare_with_scipy.sh [FACTOR [SEED]], FACTOR times 700 inputs. SKETCHES_TEST names the
# test program if it is not that of the dev preset.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

peers=build/drift-bench
if [[ ! -x $peers/venv/bin/python ]]; then
  mkdir -p "$peers"
  python3 -m venv "$peers/venv"
  "$peers/venv/bin/pip" install --quiet numpy scipy
fi
"$peers/venv/bin/python" tests/agent/sketches/make_two_sample_vectors.py "${1:-20}" "${2:-$RANDOM}" "$peers/vectors.txt"
wc -l "$peers/vectors.txt"
LEEWAY_TWO_SAMPLE_VECTORS=$PWD/$peers/vectors.txt \
  exec "${SKETCHES_TEST:-build/dev/tests/agent/sketches/sketches_test}" --gtest_filter=TwoSample.AgreesWithSciPy
