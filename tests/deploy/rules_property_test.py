"""Rules of random configurations, rendered by the real binary (LEEWAY_BIN): valid, lint-free, passing their own tests,
with all texts unchanged.

LEEWAY_PROPERTY_RUNS: the number of configurations; LEEWAY_PROPERTY_SEED: the seed of the first. To repeat a failure, run
with its seed: rules_property_test.py SEED...
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import rule_tests  # noqa: E402
from random_configuration import RandomConfiguration  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
RUNS = int(os.environ.get("LEEWAY_PROPERTY_RUNS", "1"))
FIRST_SEED = int(os.environ.get("LEEWAY_PROPERTY_SEED", "1"))
# The promise is 100 ms; the machine of a test may be busy and the binary may have sanitizers.
SLOWEST_RENDERING = 2.0
_TEMPLATED_BRACES = re.compile(r'\{\{ "(\{+)" \}\}')
_LONG_NUMBER = re.compile(r"(?<![\w.])\d[\d.]*(?:e[+-]?\d+)?")


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300)


def read_back(template):
    """The text of a template that has no actions other than quoted braces."""
    return _TEMPLATED_BRACES.sub(r"\1", template)


def significant_digits(number):
    return len(number.split("e")[0].replace(".", "").strip("0"))


class Rendered:
    """A configuration, rendered twice; `problems` lists what is wrong."""

    def __init__(self, seed, directory):
        self.seed = seed
        self.configuration = RandomConfiguration(seed)
        self.folder = pathlib.Path(directory)
        self.problems = []
        self.seconds = 0
        self.tests = 0
        self.alerts = 0
        (self.folder / "c.toml").write_text(self.configuration.text)
        if self.render("a"):
            self.check_same_bytes()
            self.check_prometheus()
            self.check_alertmanager()
            self.check_texts()

    def problem(self, text):
        self.problems.append(f"seed {self.seed}: {text}")

    def render(self, name):
        start = time.monotonic()
        done = run(LEEWAY, "rules", "--config.file", self.folder / "c.toml", "--output-dir", self.folder / name)
        self.seconds = time.monotonic() - start
        if done.returncode != 0:
            self.problem(f"not rendered: {done.stderr}")
        return done.returncode == 0

    def check_same_bytes(self):
        self.render("b")
        for file in (self.folder / "a").iterdir():
            if file.read_bytes() != (self.folder / "b" / file.name).read_bytes():
                self.problem(f"{file.name} differs the second time")

    def check_prometheus(self):
        rules = self.folder / "a/rules.yml"
        checked = run("promtool", "check", "rules", "--lint=all", "--lint-fatal", rules)
        if checked.returncode != 0 or checked.stderr or "SUCCESS" not in checked.stdout:
            self.problem(f"promtool check: {checked.stdout}{checked.stderr}")
            return
        for name, output in rule_tests.failures(self.folder / "a")[0]:
            self.problem(f"promtool test, {name}: {output}")

    def check_alertmanager(self):
        done = run("amtool", "check-config", self.folder / "a/alertmanager.yml")
        if done.returncode != 0:
            self.problem(f"amtool: {done.stdout}{done.stderr}")

    def check_texts(self):
        files = {path.name: yaml.safe_load(path.read_text()) for path in (self.folder / "a").glob("*.yml")}
        self.tests = sum(len(content["tests"]) for name, content in files.items() if name.startswith("rules_test"))
        rules = [rule for group in files["rules.yml"]["groups"] for rule in group["rules"]]
        alerts = {rule["alert"]: rule for rule in rules if "alert" in rule}
        self.alerts = sum("alert" in rule for rule in rules)
        for name, keys in self.configuration.alerts.items():
            self.check_alert(name, keys, alerts.get(name))
        for name, keys in self.configuration.slos.items():
            own = [rule for rule in rules if read_back(rule.get("labels", {}).get("slo", "")) == name]
            recorded = sum("record" in rule for rule in own)
            if recorded != 2 or (len(own) == 2) != (keys.get("enabled") is False):
                self.problem(f"SLO {name!r} has {recorded} records and {len(own) - recorded} alerts")
        for rule in rules:
            for number in _LONG_NUMBER.findall(re.sub(r'"(\\.|[^"\\])*"', "", rule["expr"])):
                # A number from the configuration itself is written unchanged.
                if significant_digits(number) > 12 and number not in self.configuration.text:
                    self.problem(f"noise: {number} in {rule['expr']}")

    def check_alert(self, name, keys, rule):
        if rule is None:
            self.problem(f"no alert {name}")
            return
        team = keys["team"] or self.configuration.rules["team"]
        expected = {"severity": keys["severity"] or "warning"}
        if team:
            expected["team"] = team
        actual = {label: read_back(text) for label, text in rule["labels"].items()}
        if "job" in actual:  # where the expression may drop it
            expected["job"] = self.configuration.rules["name"] or "c"
        if actual != expected:
            self.problem(f"{name}: labels {actual!r} instead of {expected!r}")
        summary = read_back(rule["annotations"]["summary"])
        # Behind the title of the service, and before the value; as it was written, unless it names values.
        written = keys["summary"] if not re.search(r"\$(value|labels)", keys["summary"] or "") else None
        if written is not None and ": " + written.removesuffix(".") not in summary:
            self.problem(f"{name}: summary {summary!r} without {written!r}")


def render_seed(seed):
    with tempfile.TemporaryDirectory() as directory:
        return Rendered(seed, directory)


def render_seeds(seeds):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(render_seed, seeds))


class RulesPropertyTest(unittest.TestCase):
    def test_rules_of_random_configurations_are_valid_and_pass_their_tests(self):
        rendered = render_seeds(range(FIRST_SEED, FIRST_SEED + RUNS))
        slowest = max(one.seconds for one in rendered)
        print(f"{RUNS} configurations, {sum(one.alerts for one in rendered)} alerts, "
              f"{sum(one.tests for one in rendered)} rule tests; slowest rendering {slowest * 1000:.0f} ms")
        self.assertEqual([], [problem for one in rendered for problem in one.problems])
        self.assertGreater(sum(one.tests for one in rendered), 10 * RUNS)
        self.assertLess(slowest, SLOWEST_RENDERING)


def main():
    rendered = render_seeds(map(int, sys.argv[1:]))
    for one in rendered:
        print("\n".join(one.problems))
    print(f"{len(rendered)} configurations, {sum(one.alerts for one in rendered)} alerts, "
          f"{sum(one.tests for one in rendered)} rule tests; "
          f"slowest rendering {max(one.seconds for one in rendered) * 1000:.0f} ms")


if __name__ == "__main__":
    main() if len(sys.argv) > 1 else unittest.main()
