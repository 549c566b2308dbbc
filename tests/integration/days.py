#!/usr/bin/env python3
"""Days of a service, or of two, as the real agent exports them, through the rules of a pack in the real promtool: which alerts
fired in which hour, and which should have. Prints a table; exits with 1 if an alert is false or missed.

promtool allows a query 10,000 samples, at one a minute a week of one series: the rules of echo-ridge, which look back over a
week, are evaluated over three days.

Usage: days.py [--days N] [SCENARIO]...    (default: 3 days of all scenarios; LEEWAY_BIN names the binary)
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import datetime
import json
import math
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
PACK = ROOT / "deploy/packs/echo-ridge.toml"
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc).timestamp()  # a Thursday, as 1970-01-01 is
MINUTE, HOUR, DAY = 60, 3600, 86400
EVALUATION = "2m"
ENDPOINTS = ["/score"] * 16 + ["/score/batch"] * 3 + ["/stats"]


@dataclasses.dataclass
class Trouble:
    """Requests between two hours of the time fail, or take as long as `slow` says, with these shares."""
    begin: float
    end: float
    failing: float = 0
    slow: float = 1


@dataclasses.dataclass
class Service:
    """One instance of a service with its agent. Times in hours since the begin."""
    seed: int
    rate: float  # requests a second, at noon
    job: str = "echo-ridge"
    instance: str = "a"
    begin: float = 0
    end: float = math.inf
    weekdays: bool = False  # whether it is quiet at night and at weekends
    failing: float = 0.0002
    troubles: tuple = ()
    agent_begin: float = 0
    agent_end: float = math.inf
    removed: bool = False  # whether Prometheus no longer scrapes the agent at its end; otherwise `up` is 0
    settings: str = ""


@dataclasses.dataclass
class Expected:
    """One of these alerts of the job has to begin within these hours, and the others may, with any of their tiers; they may fire
    for `more` hours after that. Without `needed`, none has to."""
    alerts: tuple
    begin: float
    end: float
    more: float = 0
    job: str = "echo-ridge"
    needed: bool = True


@dataclasses.dataclass
class Scenario:
    services: list
    expected: list = dataclasses.field(default_factory=list)


def traffic(service, days):
    """Times of requests."""
    choose = random.Random(service.seed)
    now, last = max(service.begin, 0) * HOUR, min(service.end, days * 24) * HOUR
    while True:
        now += choose.expovariate(service.rate)
        if now >= last:
            return
        hour, day = now % DAY / HOUR, int(now // DAY)
        if service.weekdays:  # the first day is a Thursday
            share = 1 if 8 <= hour < 18 and day % 7 not in (2, 3) else 0
        else:
            share = 0.55 - 0.45 * math.cos((hour - 1) / 24 * 2 * math.pi)
        if choose.random() < share:
            yield now, choose


def stamp(now):
    return datetime.datetime.fromtimestamp(START + now, datetime.timezone.utc).isoformat(timespec="microseconds")


def write_log(service, days, path):
    common = {"logger": "echo_ridge_scoring.monitoring", "service": "echo-ridge-scoring", "version": "1.0.0"}
    health = max(service.begin, 0) * HOUR
    with open(path, "w") as log:
        def record(now, **fields):
            log.write(json.dumps({**fields, **common, "timestamp": stamp(now)}) + "\n")

        def accessed(now):
            record(now, event_type="audit", level="info", component="audit", audit_action="read", audit_resource="company")

        def healthy(now):
            accessed(now)
            parts = {name: {"status": "healthy", "response_time_ms": 4.0} for name in ("database", "scoring_engine")}
            record(now, event_type="system_health", level="info", component="api", overall_status="healthy", components=parts)
        for now, choose in traffic(service, days):
            while health <= now:
                if not service.weekdays:
                    healthy(health)
                health += 10 * MINUTE
            trouble = next((t for t in service.troubles if t.begin * HOUR <= now < t.end * HOUR), Trouble(0, 0))
            failed = choose.random() < max(service.failing, trouble.failing)
            status = 500 if failed else choose.choices([200, 401, 422], [970, 5, 20])[0]
            milliseconds = round(choose.lognormvariate(math.log(45), 0.35) * trouble.slow, 3)
            record(now, event_type="request_end", level="error" if status >= 400 else "info", component="api",
                   endpoint=choose.choice(ENDPOINTS), method="POST", status_code=status, duration_ms=milliseconds)
            if status == 200:
                accessed(now)


def configuration(service, directory):
    path = directory / f"{service.job}.toml"
    path.write_text(f'include = ["{PACK}"]\n[rules]\nname = "{service.job}"\nscrape_interval = "1m"\n'
                    f'evaluation_interval = "{EVALUATION}"\n{service.settings}')
    return path


def parse(text):
    """Values of a text in OpenMetrics with time stamps, by series and minute since the begin."""
    series = collections.defaultdict(dict)
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, value, time = line.rsplit(" ", 2)
        moved = START if re.match(r"\w+_(timestamp_seconds|created)\b", name) else 0
        series[name][round((float(time) - START) / MINUTE)] = float(value) - (moved if float(value) > 0 else 0)
    return series


def instance_of(series, service):
    return re.sub(r'\binstance="leeway"', f'instance="{service.instance}"', series)


def samples(service, days, directory):
    """What Prometheus has of the service and of its agent: values by series and minute."""
    log = directory / f"{service.job}-{service.instance}.log"
    write_log(service, days, log)
    config = configuration(service, directory)
    done = subprocess.run([LEEWAY, "replay", "--config.file", config, "--source.path", f"app={log}", "--format", "backfill",
                           "--internal-metrics"], capture_output=True, text=True, check=True)
    log.unlink()
    result = parse(done.stdout)
    last = min(service.agent_end, days * 24) * 60
    begin = min(min(values) for values in result.values())
    for name, values in result.items():
        if re.match(r"(up|leeway_)", name):
            own = re.match(r"up|leeway_(source|slo)_\w*(total|files|records)\b|leeway_ready", name)
            there = name.startswith(("up", "leeway_source_matching_files")) and (service.begin == 0 or name.startswith("up"))
            for minute in range(round(service.agent_begin * 60), begin if own else 0):  # without a record of the service
                values[minute] = 1 if there else 0
        end = max(values)
        for minute in range(end + 1, round(last)):  # an agent keeps what it has of a log that grows no further
            values[minute] = values[end]
        for minute in [minute for minute in values if minute >= last or minute < service.agent_begin * 60]:
            del values[minute]
        if name.startswith("up{") and not service.removed:
            values.update(dict.fromkeys(range(round(last), days * 24 * 60), 0))
    return {instance_of(name, service): values for name, values in result.items() if values}


def notation(values, minutes):
    """Values as promtool reads them; what is constant is one word."""
    words, minute = [], 0
    missing = 0
    was_there = False

    def flush():
        nonlocal missing, was_there
        if missing:
            if was_there:
                words.append("stale")
                missing -= 1
            if missing:
                words.append(f"_x{missing}")
        missing, was_there = 0, False
    while minute < minutes:
        if minute not in values:
            missing += 1
            minute += 1
            continue
        flush()
        value, count = values[minute], 1
        while minute + count < minutes and values.get(minute + count) == value:
            count += 1
        words.append(f"{value!r}+0x{count - 1}" if count > 1 else repr(value))
        was_there = True
        minute += count
    return " ".join(words)


def fired(rules, series, days, directory):
    """Hours in which each alert fired, of series by minute."""
    minutes = days * 24 * 60
    written = [{"series": name, "values": notation(values, minutes)} for name, values in series.items()]
    return firing(rules, written, days * 24, directory, EVALUATION)


def firing(rules, series, hours, directory, evaluation):
    """Hours in which each alert fired, by its job, name and further labels; promtool says them as the difference from none."""
    test = {"rule_files": [str(path) for path in rules], "evaluation_interval": evaluation, "tests": [{
        "interval": "1m", "input_series": series,
        "promql_expr_test": [{"expr": 'count_over_time(ALERTS{alertstate="firing"}[1h])', "eval_time": f"{hour}h",
                              "exp_samples": []} for hour in range(1, hours)]}]}
    path = directory / "days.yml"
    path.write_text(json.dumps(test))
    done = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True)
    text = done.stdout + done.stderr
    found = collections.defaultdict(set)
    for hour, got in re.findall(r"time: (\S+),\s*exp: ?\S*\s*got: ?(.*)", text):
        length = sum(int(n) * {"d": 24, "h": 1, "m": 0, "s": 0}[u] for n, u in re.findall(r"(\d+)([dhms])", hour))
        for labels in re.findall(r"\{([^{}]*)\}", got):
            pairs = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels))
            key = (pairs.get("job", "?"), pairs["alertname"], pairs.get("severity", "?"),
                   pairs.get("slo") or pairs.get("source") or "")
            found[key].add(length - 1)
    if done.returncode != 0 and not found:
        raise AssertionError(text[:3000])
    return found


def spans(hours):
    result = []
    for hour in sorted(hours):
        if result and result[-1][1] == hour:
            result[-1][1] = hour + 1
        else:
            result.append([hour, hour + 1])
    return result


BURN = ("ErrorBudgetFastBurn", "ErrorBudgetSlowBurn", "ErrorBudgetBurnPageFast", "ErrorBudgetBurnPageSlow",
        "ErrorBudgetBurnTicketFast", "ErrorBudgetBurnTicketSlow", "ErrorBudgetExhausted")
ERRORS = ("HighErrorRate", "EchoErrorRateNotice", *BURN)
SILENCE = ("LeewaySourceSilent", "LeewaySourceEmpty", "LeewayNoMatchingFile", "SloInputAbsent", "SloInputStopped")


def scenarios(days):
    one = Service(seed=1, rate=0.4)
    quiet = '[[source]]\nname = "app"\ntype = "log"\nsilent_after = "4d"\n'
    # Its nights are longer than the half day that the pack takes for a gap of the audit log.
    gap = Expected(("EchoAuditLogGap",), 0, days * 24, needed=False)
    middle, late, end = days // 2 * 24, days // 2 * 24 + 24, days * 24
    bad_day = min(20, days - 2) * 24 + 24 * (-(min(20, days - 2) + 3) % 7 in (5, 6)) * 2
    return {
        "healthy": Scenario([one]),
        "quiet": Scenario([Service(seed=2, rate=0.002, weekdays=True, settings=quiet, failing=0.001)], [gap]),
        "quiet, a bad day": Scenario(
            [Service(seed=3, rate=0.002, weekdays=True, settings=quiet, failing=0,
                     troubles=(Trouble(bad_day, bad_day + 24, failing=0.7),))],
            [Expected(ERRORS, bad_day + 8, bad_day + 18, 14 * 24), gap]),
        "new": Scenario([Service(seed=4, rate=0.4, begin=30)], [Expected(SILENCE, 0, 30, 1)]),
        "dead": Scenario([Service(seed=5, rate=0.4, end=middle, agent_end=late)],
                         [Expected(("LeewaySourceSilent",), middle, middle + 2, end),
                          Expected(SILENCE, middle, middle + 24, end, needed=False),
                          Expected(("LeewayDown",), late, late + 1, end)]),
        "doubled": Scenario([Service(seed=6, rate=0.2), Service(seed=7, rate=0.2, instance="b", troubles=(
            Trouble(middle + 12, middle + 15, failing=0.1),)), Service(seed=8, rate=0.2, job="echo-fjord")],
            [Expected(("HighErrorRate",), middle + 12, middle + 13, 4), Expected(ERRORS, middle + 12, middle + 15, 7 * 24)]),
        "moved": Scenario([Service(seed=9, rate=0.4, end=middle, agent_end=middle, removed=True),
                           Service(seed=10, rate=0.4, instance="b", begin=middle, agent_begin=middle)]),
    }


def judge(scenario, hours):
    """What is false and what was missed, as text."""
    problems = []
    for (job, alert, *rest), at in sorted(hours.items()):
        for begin, last in spans(at):
            if not any(alert in one.alerts and job == one.job and one.begin <= begin + 1 and begin <= one.end
                       and last <= one.end + one.more + 1 for one in scenario.expected):
                problems.append(f"false: {job} {alert} {' '.join(rest)} in the hours {begin} to {last}")
    for one in scenario.expected:
        if one.needed and not any(alert in one.alerts and job == one.job and any(one.begin <= hour + 1 <= one.end + 1 for hour in at)
                                  for (job, alert, *_), at in hours.items()):
            problems.append(f"missed: {one.job} one of {', '.join(one.alerts)} in the hours {one.begin} to {one.end}")
    return problems


def run(name, scenario, days):
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        series, rules = {}, []
        for service in scenario.services:
            series.update(samples(service, days, directory))
        for job in sorted({service.job for service in scenario.services}):
            folder = directory / f"rules-{job}"
            subprocess.run([LEEWAY, "rules", "--config.file", directory / f"{job}.toml", "--output-dir", folder], check=True,
                           capture_output=True)
            rules.append(folder / "rules.yml")
        return name, fired(rules, series, days, directory)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("scenario", nargs="*")
    options = parser.parse_args()
    chosen = {name: scenario for name, scenario in scenarios(options.days).items()
              if not options.scenario or name in options.scenario}
    problems = []
    pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
    runs = [pool.submit(run, name, scenario, options.days) for name, scenario in chosen.items()]
    for done in concurrent.futures.as_completed(runs):
        name, hours = done.result()
        print(f"== {name}")
        for key, at in sorted(hours.items()):
            print("  ", *key, spans(at))
        found = judge(chosen[name], hours)
        print("   " + ("\n   ".join(found) if found else "as expected"), flush=True)
        problems += found
    print(f"{len(problems)} alerts are false or missed in {len(chosen)} scenarios of {options.days} days")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
