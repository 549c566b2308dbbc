#!/usr/bin/env bash
# Holds `bins = "evidently"` and `"nannyml"` of [[drift]] to the numbers that Evidently and NannyML themselves report. They
# are installed from PyPI into a virtual environment under build/, 1.5 GB.
# Usage: tests/agent/sketches/compare_with_libraries.sh           compares with new random columns
#        tests/agent/sketches/compare_with_libraries.sh --check   whether bin_definition_vectors.txt is what they report now
#        tests/agent/sketches/compare_with_libraries.sh --write   writes it again
# SKETCHES_TEST names the test program if it is not that of the dev preset.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

folder=build/definitions
python=$folder/venv/bin/python
vectors=tests/agent/sketches/bin_definition_vectors.txt
seed=20261129
if [[ ! -e $folder/installed ]]; then
  mkdir -p "$folder"
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    evidently==0.7.23 nannyml==0.13.1 numpy==2.4.6 "pandas==2.3.3" scipy==1.17.1
  touch "$folder/installed"
fi
generate() { "$python" tests/agent/sketches/make_bin_definition_vectors.py "$@"; }

case ${1:-} in
  --write) generate "$seed" "$vectors" ;;
  --check)
    generate "$seed" "$folder/vectors.txt"
    # The last digit depends on the processor.
    "$python" - "$vectors" "$folder/vectors.txt" <<'PYTHON'
import sys

import numpy as np

old, new = ([line.strip().split(";") for line in open(path)] for path in sys.argv[1:])
assert len(old) == len(new) and len(old) > 50, (len(old), len(new))
for number, (before, now) in enumerate(zip(old, new), 1):
    assert before[:3] == now[:3], f"line {number}: other columns"
    np.testing.assert_allclose(np.array(now[3].split(), float), np.array(before[3].split(), float), rtol=1e-9, atol=1e-11,
                               err_msg=f"line {number}")
PYTHON
    ;;
  *)
    generate "$RANDOM" "$folder/vectors.txt"
    LEEWAY_BIN_DEFINITION_VECTORS=$PWD/$folder/vectors.txt \
      exec "${SKETCHES_TEST:-build/dev/tests/agent/sketches/sketches_test}" --gtest_filter='BinDefinition.Reproduces*'
    ;;
esac
