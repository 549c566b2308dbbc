"""Healthy days of the packs' services, in event time: no alert fires. The agent reads them hour by hour, each time as a new
process, and its pages are what promtool evaluates the pack's rules on; two packs go by chunks of days (healthy_chunks.py).
LEEWAY_BIN.

In CI a day of three packs. As a program: LEEWAY_HEALTHY_DAYS=30 healthy_days_test.py PACK, of any of them, prints which
alerts fired in which hours of a month, and whether it would have noticed one. LEEWAY_HEALTHY_FROM=18 begins with that day, for
the packs that go by chunks.
"""

import concurrent.futures
import datetime
import importlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import days  # noqa: E402
import healthy_chunks  # noqa: E402

sys.path.insert(0, str(days.ROOT / "tests/deploy"))
import exposition  # noqa: E402

PACKS = ("enterprise-rag", "ai-playbook", "brand-metadata")
MORE = ("echo-ridge-files", *healthy_chunks.KINDS)  # not in CI
DAYS = int(os.environ.get("LEEWAY_HEALTHY_DAYS", "1"))
FIRST = int(os.environ.get("LEEWAY_HEALTHY_FROM", "0"))
# A query may take 10,000 samples of promtool: six days of one series at one a minute. A day is evaluated twice, because
# expressions that look back see nothing before the begin.
CHUNK, STRIDE = 6 * 24, 5 * 24
# What is wrong in an hour that is no longer healthy, and the alert that tells.
SPOILED = {"enterprise-rag": ("embedding_drift_detected", 1, "EmbeddingDriftDetected"), "ai-playbook": ("model_drift_score", 0.5, "ModelDrift"),
           "brand-metadata": ("brand_escalation_ratio", 0.5, "BrandEscalationRateHigh"),
           "echo-ridge-files": ("echo_weight_ratio", 0.5, "EchoWeightsSum")}
CUMULATIVE = re.compile(r"_(total|bucket|count|sum)$")


def healthy_days(pack):
    """The generator, which imports its own modules by their bare names: so each pack needs a process of its own."""
    folder = days.ROOT / "deploy/packs" / pack
    sys.path[:0] = [str(folder), str(folder.parent)]
    return importlib.import_module("healthy_days")


def rules_of(pack, directory):
    subprocess.run([days.LEEWAY, "rules", "--config.file", days.ROOT / f"deploy/packs/{pack}.toml", "--output-dir", directory],
                   check=True, capture_output=True)
    return directory / "rules.yml"


def pages(pack, count, directory, names):
    """By hour since the begin, what the agent exports at its end, of the metrics that rules read."""
    generator, result = healthy_days(pack), {}
    from sample_steps import unpack_entries
    begin = generator.BEGIN.replace(tzinfo=datetime.timezone.utc).timestamp()
    work, state = directory / "work", directory / "state"
    for end, entries in generator.steps(count):
        unpack_entries(entries, work)
        done = subprocess.run([days.LEEWAY, "replay", "--config.file", days.ROOT / f"deploy/packs/{pack}.toml", "--internal-metrics",
                               "--state.dir", state], cwd=work, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        hour = round((end - begin) / 3600)
        if hour >= 0:
            found = exposition.parse_samples(done.stdout)
            result[hour] = {key: value for key, value in found.items() if key[0] in names}
    return begin, result


def written(key, pack):
    labels = ",".join(f'{name}="{"+Inf" if str(value) == "inf" else value}"' for name, value in
                      {**dict(key[1]), "job": pack, "instance": "agent:9464"}.items())
    return f"{key[0]}{{{labels}}}"


def notation(key, found, hours, zero):
    """Values of a series by minute as promtool reads them. What grows, and times, move on between the pages of two hours."""
    words = []
    timestamp = key[0].endswith("_timestamp_seconds")
    for hour, after in zip(hours, [*hours[1:], hours[-1]]):
        if key not in found[hour]:
            words.append("stale _x58")
            continue
        value = found[hour][key] - (zero if timestamp else 0)
        slope = 0
        if (timestamp or CUMULATIVE.search(key[0])) and key in found[after]:
            slope = max(0, found[after][key] - found[hour][key]) / 60
        words.append(f"{value!r}+{slope!r}x59")
    return " ".join(words)


def firing(pack, rules, begin, found, directory):
    """Hours in which each alert fired, on the pages of these hours."""
    hours, zero = sorted(found), begin + min(found) * 3600
    keys = sorted({key for page in found.values() for key in page}, key=str)
    series = [{"series": f'up{{job="{pack}",instance="agent:9464"}}', "values": f"1x{len(hours) * 60}"}]
    series += [{"series": written(key, pack), "values": notation(key, found, hours, zero)} for key in keys]
    return days.firing([rules], series, len(hours), directory, "5m")


def fired(pack, count):
    """Hours in which each alert fired, and whether the one of a spoiled hour did."""
    result = {}
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        rules = rules_of(pack, directory / "rules")
        begin, found = pages(pack, count, directory, set(re.findall(r"[a-zA-Z_]\w+", rules.read_text())))
        for first in range(0, max(found), STRIDE):
            chunk = {hour: page for hour, page in found.items() if first <= hour < first + CHUNK}
            for key, at in firing(pack, rules, begin, chunk, directory).items():
                result.setdefault(key[1:], set()).update(first + hour for hour in at)
            if first + CHUNK > max(found):
                break
        name, value, alert = SPOILED[pack]
        spoiled = {hour: {key: value if key[0] == name and hour == 4 else number for key, number in found[hour].items()} for hour in range(1, 9)}
        return result, alert in {key[1] for key in firing(pack, rules, begin, spoiled, directory)}


class HealthyDaysTest(unittest.TestCase):
    def test_no_alert_fires(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            runs = {pack: pool.submit(subprocess.run, [sys.executable, __file__, pack], capture_output=True, text=True) for pack in PACKS}
            for pack, run in runs.items():
                with self.subTest(pack=pack):
                    self.assertEqual((0, ""), (run.result().returncode, run.result().stdout + run.result().stderr))


def main(pack):
    result, noticed = healthy_chunks.fired(pack, DAYS, FIRST) if pack in healthy_chunks.KINDS else fired(pack, DAYS)
    for alert, hours in sorted(result.items()):
        print(pack, *alert, days.spans(hours))
    if not noticed:
        print(pack, "is healthy even in an hour that is not")


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in PACKS + MORE:
        main(sys.argv[1])
    else:
        unittest.main()
