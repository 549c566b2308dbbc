"""same_yaml.py EXPECTED.json ACTUAL.yaml: whether both files have the same content for an independent YAML parser."""

import json
import sys

import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    expected = json.load(file)
with open(sys.argv[2], encoding="utf-8") as file:
    actual = yaml.safe_load(file)
if expected != actual:
    for key in expected:
        if expected[key] != actual.get(key):
            sys.exit(f"{key}: expected {expected[key]!r}, read {actual.get(key)!r}")
    sys.exit("more keys than expected")
