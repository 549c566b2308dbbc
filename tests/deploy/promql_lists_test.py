"""Checks the lists for our parser with Prometheus' own: tests/data/promql/{valid,invalid}.txt, one expression per line."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

LISTS = pathlib.Path(__file__).resolve().parents[1] / "data/promql"
_REFUSED = re.compile(r'group "lists", rule (\d+), "list:entry:sum": could not parse expression')


def refused(expressions):
    """Those that promtool cannot parse; it reports every rule of a file, so one run is enough."""
    rules = [f"  - record: list:entry:sum\n    expr: {json.dumps(text)}\n" for text in expressions]
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "rules.yml"
        path.write_text("groups:\n- name: lists\n  rules:\n" + "".join(rules))
        done = subprocess.run(["promtool", "check", "rules", path], capture_output=True, text=True, timeout=60)
    return [expressions[int(number) - 1] for number in _REFUSED.findall(done.stderr)]


class PromqlListsTest(unittest.TestCase):
    def test_prometheus_takes_what_we_call_valid(self):
        expressions = (LISTS / "valid.txt").read_text().splitlines()
        self.assertGreater(len(expressions), 100)
        self.assertEqual([], refused(expressions))

    def test_prometheus_refuses_what_we_call_invalid(self):
        expressions = (LISTS / "invalid.txt").read_text().splitlines()
        self.assertGreater(len(expressions), 100)
        self.assertEqual(expressions, refused(expressions))


if __name__ == "__main__":
    unittest.main()
