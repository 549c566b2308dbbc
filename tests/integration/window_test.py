"""Each aggregate of [[window]] against pandas, on random streams: late records, gaps, times that occur twice, records
that are too late. And windows after `kill -9` at random moments against one replay. LEEWAY_WINDOW_STREAMS=500 for more
streams than tests/run.sh has, LEEWAY_WINDOW_SEED for others."""

import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest

import harness

# tests/run.sh installs pandas there (`tools`).
sys.path[:0] = map(str, (harness.ROOT / "build/tools/venv/lib").glob("python3*/site-packages"))
import numpy  # noqa: E402
import pandas  # noqa: E402

STREAMS = int(os.environ.get("LEEWAY_WINDOW_STREAMS", "30"))
SEED = int(os.environ.get("LEEWAY_WINDOW_SEED", "17"))
STREAMS_OF_A_RUN = 15
KILLS = 7
BEGIN = 1_700_000_000
DAY = 86400
LENGTHS = {"5m": 300, "15m": 900, "1h": 3600, "7h": 7 * 3600, "2d": 2 * DAY}
Q = 0.9

SOURCE = """
[[source]]
name = "{name}"
type = "log"
path = "{path}"
format = "json"
time = "t"
"""
INPUTS = {"count": "", "rate": "", "age": "", "gap": "", "ratio": "good = 'v > 3'\n", "share": "value = 'v'\nabove = 1\n",
          "quantile": f"value = 'v'\nq = {Q}\n", "distinct": "value = 'k'\n",
          "top": "value = 'k'\n"}
AGGREGATES = ("count", "rate", "sum", "mean", "min", "max", "stddev", "quantile", "share", "ratio", "distinct", "top", "age",
              "gap", "slope", "declines")
UNITS = {"ratio": "_ratio", "top": "_ratio", "share": "_ratio", "age": "_seconds", "gap": "_seconds"}


def metric_of(source, aggregate):
    return f"{source}_{aggregate}_now{UNITS.get(aggregate, '')}"


def window(source, aggregate, over, rest=""):
    inputs = INPUTS.get(aggregate, "value = 'v'\n")
    length = "" if aggregate == "age" else f"over = '{over}'\n"
    return (f"[[window]]\nname = '{metric_of(source, aggregate)}'\nsource = '{source}'\n"
            f"aggregate = '{aggregate}'\nlabels = ['zone']\n{inputs}{length}{rest}")


def stream(choose, over):
    """Records in the order of their times, from two zones, over about ten windows."""
    shape = choose.choice(("lognormal", "large", "whole"))
    value = {"lognormal": lambda: choose.lognormvariate(1, 0.8), "large": lambda: choose.gauss(1e9, 3),
             "whole": lambda: choose.randint(-3, 9)}[shape]
    records, now = [], 0.0
    for _ in range(choose.choice((1, 2, 30, 1500))):
        step = choose.choice((0, 0, 1, 1, 1, 20)) * choose.random() * over / 100
        now += step if choose.random() > 0.01 else over * choose.random()
        records.append({"t": round(BEGIN + now, 3), "v": value(), "k": choose.randrange(150), "zone": choose.choice("ab")})
    return records


def arrived(choose, records, delay):
    """In the order in which they arrive, each up to `delay` late."""
    return sorted(records, key=lambda record: record["t"] + choose.uniform(0, delay))


def write(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def replay(config):
    done = subprocess.run([harness.LEEWAY, "replay", "--config.file", config], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return harness.exposition.parse_samples(done.stdout)


def accepted(records, lateness):
    newest, kept = -math.inf, []
    for record in records:
        newest = max(newest, record["t"])
        if record["t"] >= newest - lateness:
            kept.append(record)
    return kept


# --- what pandas says of the records of a window; None where it is not defined

def decline_count(rows):
    fell = rows.sort_values(["t", "v"]).v.tail(32).diff().lt(0)
    return float(fell[::-1].cumprod().sum())


def slope(rows):
    hours = (rows.t - rows.t.iloc[0]) / 3600
    if hours.nunique() < 2:
        return None
    return float(numpy.cov(hours, rows.v - rows.v.iloc[0])[0, 1] / hours.var())


def gaps(rows, begin, now):
    return float(pandas.Series([begin, *sorted(rows.t), now]).diff().max())


STATISTICS = {
    "sum": lambda v: math.fsum(v), "mean": lambda v: math.fsum(v) / len(v), "min": pandas.Series.min, "max": pandas.Series.max,
    "stddev": lambda v: float(numpy.std(v - v.iloc[0], ddof=1)) if len(v) > 1 else None,
    "quantile": lambda v: float(numpy.quantile(v, Q, method="inverted_cdf")), "share": lambda v: float((v > 1).mean()),
    "ratio": lambda v: float((v > 3).mean())}


def expected(aggregate, rows, begin, now, step):
    """`begin` is that of the window, or of the source."""
    if aggregate == "count":
        return len(rows)
    if aggregate == "rate":
        return None if now - begin < step else len(rows) / (now - begin)
    if aggregate == "gap":
        return gaps(rows, begin, now)
    if len(rows) == 0:
        return None
    if aggregate == "distinct":
        return rows.k.nunique()
    if aggregate == "top":
        return float(rows.k.value_counts(normalize=True).iloc[0])
    if aggregate == "slope":
        return slope(rows)
    if aggregate == "declines":
        return decline_count(rows)
    return STATISTICS[aggregate](rows.v)


TOLERANCES = {"quantile": 0.0100001, "slope": 1e-6, "stddev": 1e-7}


class WindowTest(unittest.TestCase):
    def assert_close(self, found, value, aggregate, what):
        if value is None:
            self.assertIsNone(found, what)
            return
        self.assertIsNotNone(found, what)
        if aggregate == "top":
            # Exact up to 64 values in a step, then too small by at most 1/64.
            self.assertLessEqual(found, value + 1e-12, what)
            self.assertGreaterEqual(found, value - 1 / 64, what)
            return
        tolerance = TOLERANCES.get(aggregate, 1e-12)
        # A gap that is shorter than a step may be missed: see compare().
        self.assertLessEqual(abs(found - value), tolerance * abs(value) + 1e-6 * (aggregate in TOLERANCES), what)

    def compare(self, samples, name, over, records, lateness):
        kept = accepted(records, lateness)
        frame = pandas.DataFrame(kept)
        now, first = max(record["t"] for record in records), min(record["t"] for record in kept)
        steps = {dict(labels)["aggregate"]: dict(labels).get("step") for (metric, labels) in samples
                 if metric == "leeway_window_info" and dict(labels)["window"].startswith(name + "_")}
        for aggregate in AGGREGATES:
            step = seconds(steps[aggregate]) if steps[aggregate] else 1
            begin = math.floor(now / step) * step - over + step
            metric = metric_of(name, aggregate)
            for zone, of_zone in frame.groupby("zone"):
                rows = of_zone[of_zone.t >= begin]
                found = samples.get((metric, (("zone", zone),)))
                what = f"{metric} of {zone}: {over} s, {len(rows)} records, seed {SEED}"
                # The age knows no lateness.
                value = (now - max(record["t"] for record in records if record["zone"] == zone) if aggregate == "age" else
                         expected(aggregate, rows, max(begin, first), now, step))
                if aggregate == "gap" and value < 2 * step:
                    self.assertLessEqual(found, value + 1e-6, what)
                    continue
                if aggregate in ("age", "gap", "rate") and value is not None:
                    self.assertAlmostEqual(found, value, 5, what)
                    continue
                self.assert_close(found, value, aggregate, what)
                if aggregate not in ("count", "age"):
                    most = 32 if aggregate == "declines" else len(rows)
                    self.assertEqual(min(len(rows), most), samples[(f"{name}_{aggregate}_now_samples", (("zone", zone),))], what)
        late = samples[("leeway_window_late_records_total", (("window", metric_of(name, "mean")),))]
        self.assertEqual(len(records) - len(kept), late, f"{name}: late records")

    def test_every_aggregate_is_that_of_pandas(self):
        choose = random.Random(SEED)
        for run in range(0, STREAMS, STREAMS_OF_A_RUN):
            with tempfile.TemporaryDirectory() as name:
                directory, config, truth = pathlib.Path(name), "", {}
                for index in range(run, min(run + STREAMS_OF_A_RUN, STREAMS)):
                    over = choose.choice(list(LENGTHS))
                    length = LENGTHS[over]
                    lateness = choose.choice((length, max(60, length // 10)))
                    records = arrived(choose, stream(choose, length), choose.choice((0, 0.5, 1)) * length)
                    path = directory / f"{index}.log"
                    write(path, records)
                    config += SOURCE.format(name=f"s{index}", path=path)
                    truth[f"s{index}"] = (length, records, lateness)
                    for aggregate in AGGREGATES:
                        limit = "" if aggregate == "age" else f"lateness = '{lateness}s'\n"
                        config += window(f"s{index}", aggregate, over, limit)
                file = directory / "window.toml"
                file.write_text(config)
                samples = replay(file)
                for source, (length, records, lateness) in truth.items():
                    self.compare(samples, source, length, records, lateness)

    def test_the_usual_value_is_that_of_pandas(self):
        choose = random.Random(SEED)
        for days in (0.5, 3, 12):
            records = [{"t": round(BEGIN + choose.uniform(0, days * DAY), 3), "v": choose.gauss(5, 1), "k": 0, "zone": "a"}
                       for _ in range(4000)]
            with tempfile.TemporaryDirectory() as name:
                directory = pathlib.Path(name)
                write(directory / "app.log", sorted(records, key=lambda record: record["t"]))
                config = SOURCE.format(name="s", path=directory / "app.log")
                for usual in ("previous", "yesterday", "7d"):
                    entry = window("s", "mean", "1h", f"usual = '{usual}'\n")
                    config += entry.replace("s_mean_now", f"s_{usual}")
                (directory / "window.toml").write_text(config)
                samples = replay(directory / "window.toml")
            frame = pandas.DataFrame(records)
            now, first, step, quarter, hour = frame.t.max(), frame.t.min(), 20, 900, 3600
            begin = math.floor(now / step) * step - hour + step
            yesterday = math.floor((now - DAY) / quarter) * quarter + quarter
            end = math.floor(begin / hour) * hour
            spans = {"previous": (begin - hour, begin, first <= begin - hour),
                     "yesterday": (yesterday - hour, yesterday, first <= yesterday - hour),
                     "7d": (end - 7 * DAY, end, end - max(first, end - 7 * DAY) >= DAY)}
            for usual, (since, until, known) in spans.items():
                rows = frame[(frame.t >= since) & (frame.t < until)]
                found = samples.get((f"s_{usual}_usual", (("zone", "a"),)))
                self.assert_close(found, rows.v.mean() if known else None, "stddev", f"{usual} after {days} days")
                value = frame[frame.t >= begin].v.mean()
                ratio = samples.get((f"s_{usual}_times_usual", (("zone", "a"),)))
                self.assert_close(ratio, value / rows.v.mean() if known else None, "stddev", usual)

    def test_windows_after_kills_are_those_of_one_replay(self):
        choose = random.Random(SEED)
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            # The last record begins a step of all windows: the clock that goes on does not move them within the test.
            end = math.floor(BEGIN / (12 * 3600)) * 12 * 3600 + 12 * 3600
            records = sorted(({"t": round(choose.uniform(end - 20 * DAY, end), 3), "v": round(choose.lognormvariate(1, 1), 3),
                               "k": choose.randrange(3000), "zone": choose.choice("ab")} for _ in range(60_000)),
                             key=lambda record: record["t"] + choose.uniform(0, 3600))
            records.append({"t": end + 1, "v": 1, "k": 1, "zone": "a"})
            log = directory / "app.log"
            write(log, records)
            config = (f'[agent]\nstate_dir = "{directory}/state"\ncommit_interval = "10ms"\npoll_interval = "10ms"\n'
                      + SOURCE.format(name="s", path=directory / "app.log"))
            still = [each for each in AGGREGATES if each not in ("rate", "age", "gap")]  # the clock moves these
            for aggregate in still:
                usual = "usual = 'previous'\n" if aggregate not in ("declines",) else ""
                config += window("s", aggregate, "7d", usual)
            config += window("s", "mean", "1d", "usual = 'yesterday'\n").replace("s_mean_now", "s_day")
            config += window("s", "quantile", "2d", "usual = '14d'\n").replace("s_quantile_now", "s_p90")
            agent = harness.Agent(directory, config)
            self.addCleanup(agent.close)
            truth = ours(replay(agent.config))
            self.assertGreater(len(truth), 100)
            # The log grows between the starts, so that some of it is always there to be read.
            text, stops = log.read_bytes(), set()
            for kill in range(1, KILLS + 1):
                log.write_bytes(text[:len(text) * kill // KILLS])
                agent.start_and_wait_for_port()
                time.sleep(choose.uniform(0, 0.03))
                stops.add(records_of(agent.scrape()))
                agent.kill()
            self.assertGreater(len([stop for stop in stops if 0 < stop < len(records)]), 3, stops)
            agent.start_and_wait()
            found = ours(harness.wait_until(lambda: records_of(page := agent.scrape()) == len(records) and page, "all records"))
            self.assertEqual({}, {key: (value, found.get(key)) for key, value in truth.items() if found.get(key) != value})
            self.assertEqual(truth.keys(), found.keys())


def ours(samples):
    return {key: repr(value) for key, value in samples.items() if key[0].startswith(("s_", "leeway_window"))}


def records_of(samples):
    return samples.get(("leeway_source_records_total", (("source", "s"),)), 0)


def seconds(text):
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": DAY, "w": 7 * DAY}[text[-1]]


if __name__ == "__main__":
    unittest.main()
