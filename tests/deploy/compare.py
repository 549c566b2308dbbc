#!/usr/bin/env python3
"""Compares printed metrics with known totals. Usage: compare.py TRUTH.json OUTPUT.txt (exit 1 if they differ)."""

import json
import pathlib
import sys

import exposition


def main():
    truth = json.loads(pathlib.Path(sys.argv[1]).read_text())
    wrong = exposition.differences(truth, exposition.parse_samples(pathlib.Path(sys.argv[2]).read_text()))
    for line in wrong:
        print(line)
    print(f"{len(truth['values'])} series compared, {len(wrong)} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
