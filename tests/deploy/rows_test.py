"""deploy/packs/ROWS.md, what the packs cover, row by row: complete, and only what exists. Uses the real binary (LEEWAY_BIN)."""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exposition  # noqa: E402
import pack_samples  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
PAGE = ROOT / "deploy/packs/ROWS.md"
COUNTS = {"D": 46, "P": 25, "E": 62, "R": 60, "B": 38}
Row = collections.namedtuple("Row", "identifier what pack metrics alerts reason")


def rows():
    for line in PAGE.read_text().splitlines():
        if re.match(r"\| [A-Z]\d", line):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            identifier, what, pack, metrics, alerts, reason = cells
            yield Row(identifier, what, pack.strip("`"), re.findall("`([^`]+)`", metrics), re.findall("`([^`]+)`", alerts), reason)


def exported(pack):
    """Names of the metrics, with the types and without, that a replay of the pack's sample exports."""
    names = set()
    with tempfile.TemporaryDirectory() as directory:
        for words, place in pack_samples.replays(ROOT / f"deploy/packs/{pack}.toml", directory):
            done = subprocess.run([LEEWAY, *map(str, words)], cwd=place, capture_output=True, text=True, timeout=60)
            if done.returncode != 0:
                raise AssertionError(done.stderr)
            names |= set(re.findall(r"(?m)^# TYPE (\S+)", done.stdout))
            names |= {name for name, _ in exposition.parse_samples(done.stdout)}
    # Some metrics of the agent are exported only by `run`.
    for source in (ROOT / "exporters/prometheus").glob("*_metrics.cpp"):
        names |= set(re.findall(r'"((?:leeway|process)_\w+)"', source.read_text()))
    return names


class RowsTest(unittest.TestCase):
    maxDiff = None

    def test_every_row_is_there_once_and_in_order(self):
        self.assertEqual([f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)],
                         [row.identifier for row in rows()])

    def test_a_row_is_covered_or_has_a_reason(self):
        for row in rows():
            with self.subTest(row=row.identifier):
                covered = bool(row.metrics or row.alerts)
                self.assertEqual(covered, bool(row.pack))
                self.assertTrue(row.what)
                self.assertRegex(row.reason, r"^(partly: .+)?$" if covered else r"^(not yet|never): .+")

    def test_a_reason_that_refers_to_a_row_has_one_there(self):
        reasons = {row.identifier: row.reason for row in rows()}
        for identifier, reason in reasons.items():
            for other in re.findall(r"\bas ([A-Z]\d+)", reason):
                self.assertTrue(reasons[other], f"{identifier}: {reason}")

    def test_metrics_are_exported(self):
        named = collections.defaultdict(set)
        for row in rows():
            named[row.pack] |= set(row.metrics)
        for pack, metrics in named.items():
            if pack:
                self.assertEqual(set(), metrics - exported(pack), pack)

    def test_alerts_are_in_the_rendered_rules(self):
        alerts = {}
        for path in (ROOT / "rules/rendered").glob("*/rules.yml"):
            groups = yaml.safe_load(path.read_text())["groups"]
            alerts[path.parent.name] = {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}
        for row in rows():
            with self.subTest(row=row.identifier):
                self.assertEqual(set(), set(row.alerts) - alerts.get(row.pack, set()))


if __name__ == "__main__":
    unittest.main()
