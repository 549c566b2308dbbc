"""evaluations.txt and alerts.txt of tests/data/promql against promtool: the unit tests hold the evaluator of previews to
the same files.

With --write [NAME...], the values are written again from what promtool computes."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = {ROOT / "tests/data/promql/evaluations.txt": 150, ROOT / "tests/data/promql/alerts.txt": 60}  # at least so many evaluations
TOLERANCE = 1e-9
ALERT = re.compile(r"(\w+)(\{.*?\}) for=(\w+) keep=(\w+) (.*)")
GAP = re.compile(r"_x(\d+)")
SAMPLE = re.compile(r'(\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}) ([^\s,]+)')


def rule_of(text):
    """Of `NAME{LABELS} EXPR`, the braces only where there are labels."""
    name, expr = text.split("} ", 1) if "{" in text.split(" ", 1)[0] else text.split(" ", 1)
    metric, _, labels = name.partition("{")
    return {"record": metric, "expr": expr, "labels": dict(re.findall(r'(\w+)="([^"]*)"', labels))}


def alert_of(text):
    name, labels, hold, keep, expr = ALERT.fullmatch(text).groups()
    return {"alert": name, "expr": expr, "for": hold, "keep_firing_for": keep,
            "labels": dict(re.findall(r'(\w+)="([^"]*)"', labels))}


def read_file(path):
    """The interval, series, rules, and evaluations as (time, expression, values)."""
    interval, series, rules, evaluations = "", [], [], []
    for line in path.read_text().splitlines():
        word, _, rest = line.strip().partition(" ")
        if not line or word == "#":
            continue
        if word == "load":
            interval = rest
        elif word == "series":
            series.append(re.fullmatch(r"(.*}) (.*)", rest).groups())
        elif word == "record":
            rules.append(rule_of(rest))
        elif word == "alert":
            rules.append(alert_of(rest))
        elif word == "eval":
            evaluations.append((*rest.split(" ", 1), {}))
        else:
            labels, value = SAMPLE.fullmatch(line.strip()).groups()
            evaluations[-1][2][labels] = float(value)
    return interval, series, rules, evaluations


def prometheus_values(interval, series, rules, evaluations):
    """What promtool says it got, where nothing was expected, by (time, expression)."""
    # Where a series has no sample, a scrape leaves the marker that it has gone.
    inputs = [{"series": name, "values": GAP.sub(lambda gap: "stale " * int(gap[1]), values)} for name, values in series]
    impossible = [{"labels": "{none=\"of this\"}", "value": 1}]
    tests = [{"expr": expr, "eval_time": at, "exp_samples": impossible} for at, expr, _ in evaluations]
    with tempfile.TemporaryDirectory() as directory:
        rule_file, test_file = pathlib.Path(directory) / "rules.yml", pathlib.Path(directory) / "test.yml"
        rule_file.write_text(yaml.safe_dump({"groups": [{"name": "g", "interval": "1m", "rules": rules}]}))
        test = {"interval": interval, "input_series": inputs, "promql_expr_test": tests}
        test_file.write_text(yaml.safe_dump({"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test]}))
        done = subprocess.run(["promtool", "test", "rules", test_file], capture_output=True, text=True, timeout=120)
    failures = re.findall(r"expr: (\".*\"), time: .*,\n\s*exp: ?.*\n\s*got: ?(.*)", done.stderr + done.stdout)
    if len(failures) != len(evaluations):
        raise AssertionError(f"{len(failures)} of {len(evaluations)} expressions:\n{done.stderr[-3000:]}{done.stdout[-3000:]}")
    return [{labels: float(value) for labels, value in SAMPLE.findall(got)} for _, got in failures]


def differs(ours, theirs):
    if ours != ours or theirs != theirs:
        return (ours != ours) != (theirs != theirs)
    return ours != theirs and not abs(ours - theirs) <= TOLERANCE * max(abs(ours), abs(theirs))


class EvaluationTest(unittest.TestCase):
    def test_has_the_values_of_prometheus(self):
        for path, least in FILES.items():
            interval, series, rules, evaluations = read_file(path)
            self.assertGreater(len(evaluations), least)
            got = prometheus_values(interval, series, rules, evaluations)
            for (at, expr, ours), theirs in zip(evaluations, got):
                with self.subTest(expr=expr, at=at):
                    self.assertEqual(sorted(ours), sorted(theirs))
                    self.assertEqual([], [name for name in ours if differs(ours[name], theirs[name])])


def write(path):
    interval, series, rules, evaluations = read_file(path)
    got = prometheus_values(interval, series, rules, evaluations)
    kept = [line for line in path.read_text().splitlines() if not line.startswith(("eval ", "  "))]
    for (at, expr, _), values in zip(evaluations, got):
        kept.append(f"eval {at} {expr}")
        kept += [f"  {labels} {value!r}" for labels, value in sorted(values.items())]
    path.write_text("\n".join(kept) + "\n")


if __name__ == "__main__":
    if "--write" in sys.argv:
        for name in FILES:
            if not sys.argv[2:] or name.name in sys.argv[2:]:
                write(name)
    else:
        unittest.main()
