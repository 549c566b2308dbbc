"""Burn-rate alerts on any traffic, from one event a day to 10,000 a second: none changes its state more than four times
within a day, on a bad day and after it. Rules as the real binary renders them (LEEWAY_BIN), read by a model of their
expressions, which is compared with promtool, minute by minute, on some of the services.

LEEWAY_QUIET_RUNS: the number of random services; LEEWAY_QUIET_SEED: the seed of the first. To repeat a failure, run with
its seed: quiet_services_test.py SEED...
"""

import concurrent.futures
import itertools
import json
import math
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
RUNS = int(os.environ.get("LEEWAY_QUIET_RUNS", "60"))
FIRST_SEED = int(os.environ.get("LEEWAY_QUIET_SEED", "1"))
MOST_CHANGES = 4
DAY = 1440  # minutes
SLOS = [(objective, period) for objective in (0.9, 0.99, 0.999, 0.9999) for period in (7, 30)]
CONFIG = """
[rules]
agent_alerts = false
retention = "31d"
[[source]]
name = "app"
type = "log"
path = "/var/log/app.log"
format = "json"
time = "ts"
""" + "".join(f"""
[[slo]]
name = "s{number}"
good = "ok"
objective = {objective}
period = "{period}d"
""" for number, (objective, period) in enumerate(SLOS)) + """
[[slo]]
name = "routes"
good = "ok"
objective = 0.999
by = ["route"]
"""
MINUTES = {"m": 1, "h": 60, "d": DAY}


def minutes(text):
    return sum(int(number) * MINUTES[unit] for number, unit in re.findall(r"(\d+)([mhd])", text or ""))


def number(pattern, text, default=None):
    found = re.search(pattern, text)
    return default if found is None else math.prod(float(group) for group in found.groups())


class Counts:
    """Events, or bad ones, since the start, minute by minute."""

    def __init__(self, values):
        self.total = values

    def within(self, minute, window):
        return self.total[minute] - self.total[max(0, minute - window)]


class Tier:
    """A burn-rate alert, as its expression says."""

    def __init__(self, rule):
        expr = re.sub(r"\{[^{}]*\}", "", rule["expr"])
        fires, goes_on = expr.split("\nor\n")
        self.name = rule["alert"]
        self.long, self.short = (minutes(window) for window in re.findall(r"ratio_increase(\w+) > ", fires))
        self.limit = number(r"> (\S+) \* (\S+)", fires)
        self.bad = number(r"bad_events:increase\w+ >= (\S+)", fires, 0)
        self.events = number(r":leeway_slo_events:increase\w+ >= (\S+)", fires, 0)
        self.half = number(r"> (\S+) \* (\S+)\nand ignoring", goes_on)
        self.longer = [minutes(window) for window in re.findall(r"ratio_increase(\w+)", goes_on.split("\nand ignoring")[0])]
        self.over = number(r"<= (\S+) \* (\S+)", goes_on)
        self.telling = number(r">= (\S+)\n\)", goes_on)
        self.keep = minutes(rule.get("keep_firing_for"))
        assert "for" not in rule and len(self.longer) > 0 and None not in (self.limit, self.half, self.over, self.telling)

    def holds(self, events, bad, now, firing):
        def ratio(window):
            count = events.within(now, window)
            return bad.within(now, window) / count if count > 0 else None
        long, short = ratio(self.long), ratio(self.short)
        if long is not None and short is not None and long > self.limit and short > self.limit and \
                bad.within(now, self.long) >= self.bad and events.within(now, self.long) >= self.events:
            return True
        if not firing:
            return False
        known = next((value for value in map(ratio, self.longer) if value is not None), None)
        over = short is not None and short <= self.over and long * events.within(now, self.short) >= self.telling
        return known is not None and known > self.half and not over


class Exhausted:
    def __init__(self, rule):
        expr = re.sub(r"\{[^{}]*\}", "", rule["expr"])
        self.name = rule["alert"]
        self.period = minutes(re.search(r"ratio_increase(\w+)", expr)[1])
        self.limit = number(r"ratio_increase\w+ >= (\S+)", expr)
        self.bad = number(r"bad_events:increase\w+ >= (\S+)", expr)
        self.age = minutes(re.search(r"_offset(\w+)", expr)[1])
        self.events = number(r"_offset\w+ >= (\S+)", expr)
        self.late = minutes(re.search(r"bad_events:increase(\w+) > 0", expr)[1])
        self.keep = minutes(rule.get("keep_firing_for"))

    def holds(self, events, bad, now, _):
        count = events.within(now, self.period)
        return count > 0 and bad.within(now, self.period) / count >= self.limit and \
            bad.within(now, self.period) >= self.bad and bad.within(now, self.late) > 0 and \
            now >= self.age and events.within(now - self.age, self.period) >= self.events


def states(alert, events, bad, first):
    """Whether it fires, for each minute from the first on."""
    firing, last, result = False, -math.inf, []
    for now in range(first, len(events.total)):
        if alert.holds(events, bad, now, firing):
            last = now
        firing = now - last <= alert.keep
        result.append(firing)
    return result


def most_changes(result):
    """The largest number of changes within a day."""
    at = [i for i in range(1, len(result)) if result[i] != result[i - 1]]
    return max((sum(1 for other in at if i <= other < i + DAY) for i in at), default=0)


class Service:
    """Random traffic: healthy days, a bad one, and two healthy ones."""

    def __init__(self, seed, before=4, after=2):
        self.random = random.Random(seed)
        pick, uniform = self.random.choice, self.random.uniform
        self.slo = self.random.randrange(len(SLOS))
        budget = 1 - SLOS[self.slo][0]
        self.shape = pick(["random", "random", "regular", "daily", "batch"])
        self.rate = 10 ** uniform(0, math.log10(10_000 * 86400))
        # All, any share, or one near the limit of a tier.
        self.share = pick([1, 10 ** uniform(-4, 0), min(1, pick([14.4, 6, 3, 1.4, 1]) * budget * uniform(0.7, 1.3))])
        self.every = pick([10, 30, 60, 120, 240, 480, 1440])
        self.before = before * DAY
        events, bad = [0], [0]
        for minute in range((before + 1 + after) * DAY):
            count = self.count(minute)
            share = self.share if self.before <= minute < self.before + DAY else 0
            events.append(events[-1] + count)
            bad.append(bad[-1] + self.part(count, share))
        self.events, self.bad = Counts(events), Counts(bad)

    def __str__(self):
        return f"SLO {SLOS[self.slo]}, {self.shape} every {self.every}m, {self.rate:.1f} a day, bad {self.share:.5f}"

    def count(self, minute):
        mean = self.rate / DAY
        if self.shape == "regular":
            return int((minute + 1) * mean) - int(minute * mean)
        if self.shape == "batch":
            return max(1, int(mean * self.every)) if minute % self.every == 7 else 0
        return self.poisson(mean * (1 + math.sin(minute / DAY * math.tau)) if self.shape == "daily" else mean)

    def poisson(self, mean):
        if mean > 100:
            return max(0, round(self.random.gauss(mean, math.sqrt(mean))))
        limit, count, product = math.exp(-mean), 0, self.random.random()
        while product >= limit:
            count, product = count + 1, product * self.random.random()
        return count

    def part(self, count, share):
        if count == 0 or share in (0, 1):
            return int(count * share)
        if count < 50:
            return sum(self.random.random() < share for _ in range(count))
        mean = count * share
        if mean < 50:
            return min(count, self.poisson(mean))
        return min(count, max(0, round(self.random.gauss(mean, math.sqrt(mean * (1 - share))))))


def render(directory):
    (pathlib.Path(directory) / "c.toml").write_text(CONFIG)
    done = subprocess.run([LEEWAY, "rules", "--config.file", f"{directory}/c.toml", "--output-dir", f"{directory}/rules"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return yaml.safe_load((pathlib.Path(directory) / "rules/rules.yml").read_text())["groups"]


def alerts_of(groups, name):
    for group in groups:
        for rule in group["rules"]:
            labels = rule.get("labels", {})
            if "alert" in rule and labels.get("slo") == name and "tier" in labels:
                yield Exhausted(rule) if labels["tier"] == "exhausted" else Tier(rule)


def restless(groups, seed):
    """A line for each alert that changes too often, and the number of alerts that fire at all."""
    service, lines, fired = Service(seed), [], 0
    for alert in alerts_of(groups, f"s{service.slo}"):
        result = states(alert, service.events, service.bad, service.before - 60)
        fired += any(result)
        if most_changes(result) > MOST_CHANGES:
            lines.append(f"seed {seed}: {service}: {alert.name} changes {most_changes(result)} times")
    return lines, fired


def restless_of(arguments):
    return restless(*arguments)


def all_restless(groups, seeds):
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(restless_of, [(groups, seed) for seed in seeds]))
    return [line for lines, _ in results for line in lines], sum(fired for _, fired in results)


def bad_hours(rate, share):
    """Events and bad ones of 26 hours, of which ten are bad."""
    service = Service(rate, 1, 0)
    total = [[0], [0]]
    for minute in range(26 * 60):
        count = service.poisson(rate / DAY) if minute > 0 else 0
        wrong = service.part(count, share if 6 * 60 <= minute < 16 * 60 else 0)
        for values, more in zip(total, (count, wrong)):
            values.append(values[-1] + more)
    return tuple(map(Counts, total))


class QuietServicesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.directory = pathlib.Path(temporary.name)
        cls.groups = render(temporary.name)

    def test_no_alert_changes_often_on_a_bad_day(self):
        lines, fired = all_restless(self.groups, range(FIRST_SEED, FIRST_SEED + RUNS))
        print(f"{RUNS} services, {fired} alerts fire")
        self.assertEqual([], lines)
        self.assertGreater(fired, RUNS)

    def check_with_promtool(self, slo, routes):
        """promtool, with samples and evaluations each minute, agrees with the model on the state of each tier. `routes`
        has (events, bad events) of each route, or of ""."""
        names = {alert.name: alert for alert in alerts_of(self.groups, slo) if isinstance(alert, Tier)}
        groups = []
        for group in self.groups:
            rules = [rule for rule in group["rules"] if "[7d:" not in rule["expr"] and "[30d:" not in rule["expr"] and
                     (rule.get("alert") in names and rule["labels"]["slo"] == slo or
                      "record" in rule and "slo" not in rule.get("labels", {}))]
            groups.append({**group, "rules": [rule for rule in rules if "_offset" not in rule.get("record", "")]})
        (self.directory / "rules.yml").write_text(json.dumps({"groups": groups}))
        series = [{"series": f'leeway_slo_{name}_total{{instance="a", job="c", route="{route}", slo="{slo}"}}',
                   "values": " ".join(map(str, counts.total))}
                  for route, pair in routes.items() for name, counts in zip(("events", "bad_events"), pair)]
        expected, fired = [], {route: 0 for route in routes}
        for (name, alert), (route, pair) in itertools.product(names.items(), routes.items()):
            matchers = f'alertname="{name}", alertstate="firing", route="{route}"'
            for minute, firing in enumerate(states(alert, *pair, 0)):
                fired[route] += firing
                if minute % 7 == 0:
                    expected.append({"expr": f"count(ALERTS{{{matchers}}}) or vector(0)", "eval_time": f"{minute}m",
                                     "exp_samples": [{"labels": "{}", "value": int(firing)}]})
        test = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "group_eval_order": [g["name"] for g in groups],
                "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": expected}]}
        (self.directory / "test.yml").write_text(json.dumps(test))
        done = subprocess.run(["promtool", "test", "rules", self.directory / "test.yml"], capture_output=True, text=True)
        self.assertEqual(0, done.returncode, (done.stdout + done.stderr)[:2000])
        return fired

    def test_the_model_agrees_with_promtool(self):
        version = subprocess.run(["promtool", "--version"], capture_output=True, text=True).stdout
        self.assertIn("version 2.", version, "the model counts the first sample of a range, as Prometheus 2 does")
        fired = 0
        for rate, share, slo in ((144, 1, 5), (37, 1, 5), (20_000, 0.02, 5), (3_000, 0.4, 3)):
            with self.subTest(rate=rate, share=share):
                fired += self.check_with_promtool(f"s{slo}", {"": bad_hours(rate, share)})[""] > 0
        self.assertEqual(4, fired)

    def test_a_value_of_by_is_a_service_of_its_own(self):
        """Neither the few bad events of a quiet route nor the many good ones of a busy one have a part in the other."""
        fired = self.check_with_promtool("routes", {"/quiet": bad_hours(144, 1), "/busy": bad_hours(20_000, 0),
                                                    "/bad": bad_hours(20_000, 0.02)})
        self.assertEqual({"/quiet": True, "/busy": False, "/bad": True}, {route: count > 0 for route, count in fired.items()})

    def test_what_was_seen_before(self):
        """All of one request in ten minutes bad; 37 a day."""
        for every in (10, 39):
            events = Counts([minute // every for minute in range(5 * DAY)])
            bad = Counts([max(0, minute - 3 * DAY) // every if minute < 4 * DAY else DAY // every for minute in range(5 * DAY)])
            for alert in alerts_of(self.groups, f"s{SLOS.index((0.999, 30))}"):
                self.assertLessEqual(most_changes(states(alert, events, bad, 0)), 2, (every, alert.name))


def main():
    with tempfile.TemporaryDirectory() as directory:
        lines, fired = all_restless(render(directory), map(int, sys.argv[1:]))
    print("\n".join(lines))
    print(f"{len(sys.argv) - 1} services, {fired} alerts fire")


if __name__ == "__main__":
    main() if len(sys.argv) > 1 and sys.argv[1].isdigit() else unittest.main()
