"""What fired when in the sample of a pack, as `leeway dashboards --preview` lists it, against promtool, which gets the same
samples (`leeway replay --format backfill`) and the pack's rules. The binary is LEEWAY_BIN; LEEWAY_ALERT_PACKS names more
packs than the quickest one, separated by commas, or is `all`."""

import collections
import datetime
import html
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import pack_samples  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
PACKS = os.environ.get("LEEWAY_ALERT_PACKS", "echo-ridge")
LINE = re.compile(r"(.*) (\S+) (\d+)(?:\.\d+)?")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
MINUTE = 60


def leeway(*arguments, cwd=None):
    done = subprocess.run([LEEWAY, *map(str, arguments)], capture_output=True, text=True, timeout=600, cwd=cwd)
    if done.returncode != 0:
        raise AssertionError(done.stderr[-3000:])
    return done.stdout


def seconds(text):
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc).timestamp())


def listed(page):
    """The alerts of a preview: (name, severity, labels) -> [(from, to)], and the end of the replay."""
    text = page.read_text()
    section = text[text.index('id="alerts"'):]
    section = section[:section.index("<h2")]
    if "more alerts not drawn" in section[section.index("<tbody>"):]:  # before it are bars, of fewer
        raise AssertionError("more alerts than a preview lists")
    fired = collections.defaultdict(list)
    for row in re.findall("<tr>(.*?)</tr>", section, re.DOTALL)[1:]:
        name, severity, since, until, labels, _ = (html.unescape(cell) for cell in re.findall("<td[^>]*>(.*?)</td>", row, re.DOTALL))
        key = (name, severity, tuple(sorted(LABEL.findall(labels))))
        fired[key].append((seconds(since), None if until == "still fires" else seconds(until)))
    return dict(fired)


def samples(text):
    """Series -> {time: value}, and the interval."""
    series = collections.defaultdict(dict)
    for line in text.splitlines():
        if not line.startswith("#"):
            name, value, time = LINE.fullmatch(line).groups()
            series[name.replace('instance="leeway"', 'instance="preview"')][int(time)] = float(value)
    times = sorted({time for values in series.values() for time in values})
    return series, times


def input_of(values, times, zero, interval, is_time):
    """In promtool's notation, from `zero` on; where a series has gone, the marker of that."""
    written = [f"_x{(times[0] - zero) // interval}"] if times[0] > zero else []
    began = False
    for time in times:
        value = values.get(time)
        began = began or value is not None
        written.append(("stale" if began else "_") if value is None else repr(value - zero if is_time and value else value))
    return " ".join(written)


def fired_in_prometheus(rules, backfill):
    series, times = samples(backfill)
    interval = times[1] - times[0]
    zero = times[0] // 3600 * 3600  # steps of subqueries are multiples of their width since the epoch
    inputs = [{"series": name, "values": input_of(values, times, zero, interval, "_timestamp_seconds{" in name)}
              for name, values in series.items()]
    minutes = range((times[0] - zero + MINUTE - 1) // MINUTE, (times[-1] - zero) // MINUTE + 1)
    impossible = [{"labels": '{none="of this"}', "value": 1}]
    tests = [{"expr": 'ALERTS{alertstate="firing"}', "eval_time": f"{at}m", "exp_samples": impossible} for at in minutes]
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "test.yml"
        # Without the order of the groups, one may see what another records only a step later.
        groups = [group["name"] for group in yaml.safe_load(rules.read_text())["groups"]]
        file.write_text(yaml.safe_dump({"rule_files": [str(rules)], "group_eval_order": groups, "evaluation_interval": "1m", "tests": [
            {"interval": f"{interval}s", "input_series": inputs, "promql_expr_test": tests}]}))
        done = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, timeout=600)
    failures = re.findall(r"expr: \"ALERTS.*\", time: .*,\n\s*exp: ?.*\n\s*got: ?(.*)", done.stderr + done.stdout)
    if len(failures) != len(minutes):
        raise AssertionError(done.stderr[-3000:] + done.stdout[-3000:])
    fired = collections.defaultdict(list)
    for minute, got in zip(minutes, failures):
        at = zero + minute * MINUTE
        for text in re.findall(r"\{(.*?)\} 1", got):
            labels = dict(LABEL.findall(text))
            name, severity = labels.pop("alertname"), labels.pop("severity")
            for common in ("__name__", "alertstate", "job"):
                labels.pop(common, None)
            spans = fired[(name, severity, tuple(sorted(labels.items())))]
            if spans and spans[-1][1] == at:
                spans[-1] = (spans[-1][0], at + MINUTE)
            else:
                spans.append((at, at + MINUTE))
    end = zero + minutes[-1] * MINUTE + MINUTE
    return {key: [(since, None if until == end else until) for since, until in spans] for key, spans in fired.items()}


class AlertHistoryTest(unittest.TestCase):
    def test_is_that_of_prometheus(self):
        packs = sorted(ROOT.glob("deploy/packs/*.toml"))
        for pack in packs if PACKS == "all" else [pack for pack in packs if pack.stem in PACKS.split(",")]:
            with self.subTest(pack=pack.stem), tempfile.TemporaryDirectory() as directory:
                words, cwd = list(pack_samples.replays(pack, directory))[-1]
                if "--state.dir" in words:
                    del words[words.index("--state.dir"):]
                leeway("rules", "--config.file", pack, "--output-dir", directory)
                page = pathlib.Path(directory) / "page.html"
                leeway("dashboards", *[word for word in words[1:] if word != "--internal-metrics"], "--preview", page, cwd=cwd)
                ours = listed(page)
                theirs = fired_in_prometheus(pathlib.Path(directory) / "rules.yml", leeway(*words, "--format", "backfill", cwd=cwd))
                self.maxDiff = None
                self.assertEqual(theirs, ours)
                self.assertGreater(len(ours), 5)


if __name__ == "__main__":
    unittest.main()
