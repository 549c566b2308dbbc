#!/usr/bin/env python3
"""Compares leeway with mtail, a plain simdjson loop and `wc -l` on one log, and measures the cost of a running agent.

Run it through run.sh, which builds what is measured. All numbers of one call are from one machine and one run; every
program must have counted the same, or nothing is printed.
"""

import argparse
import itertools
import os
import pathlib
import platform
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/deploy"))
import exposition  # noqa: E402
import gen_requests  # noqa: E402
import process  # noqa: E402

COUNTER = "http_requests_total"
HISTOGRAM = "http_request_duration_seconds"
SERIES = 10_000
SCRAPES = 200
VISIBLE_LINES = 400
IDLE_SECONDS = 30


def counts(page):
    """The counter's series and the histogram's buckets, without what only one of the programs exports."""
    result = {}
    for (name, labels), value in exposition.parse_samples(page).items():
        kept = tuple((key, text) for key, text in labels if key != "prog")
        if name in (COUNTER, HISTOGRAM + "_bucket", HISTOGRAM + "_count"):
            result[(name, kept)] = value
    return result


def floor_counts(output):
    """The same from the simdjson loop's lines: `endpoint method status N`, and `endpoint sum S` with its buckets."""
    bounds = tomllib.loads((HERE / "requests.toml").read_text())["metric"][1]["buckets"] + [float("inf")]
    result = {}
    for words in map(str.split, output.splitlines()):
        if words[1] == "sum":
            below = itertools.accumulate(map(int, words[3:]))
            for bound, count in zip(bounds, below, strict=True):
                result[(HISTOGRAM + "_bucket", (("endpoint", words[0]), ("le", bound)))] = count
            result[(HISTOGRAM + "_count", (("endpoint", words[0]),))] = count
        elif words[0] != "lines":
            labels = tuple(zip(("endpoint", "method", "status_code"), words))
            result[(COUNTER, labels)] = int(words[3])
    return result


def summary(milliseconds):
    p99 = sorted(milliseconds)[int(0.99 * len(milliseconds))]
    return f"median {statistics.median(milliseconds):.1f} ms, p99 {p99:.1f} ms"


def fill_page_cache(log):
    with open(log, "rb", buffering=0) as file:
        while file.read(1 << 20):
            pass


def machine():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    yield f"machine: {cpu[1] if cpu else platform.machine()}, {os.cpu_count()} processors, {platform.release()}"
    yield f"load before: {os.getloadavg()[0]:.2f}"
    for package in ("g++", "libsimdjson-dev", "mtail"):
        version = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True)
        yield f"{package} {version.stdout}"


class Throughput:
    """CPU time and peak memory for one pass over the log, by each program."""

    def __init__(self, bin_dir, log, lines, repeats):
        self.log, self.lines, self.repeats = log, lines, repeats
        self.programs = {
            "leeway replay": [f"{bin_dir}/leeway", "replay", "--config.file", "tests/bench/requests.toml",
                              "--source.path", f"requests={log}"],
            "mtail": ["mtail", "-one_shot", "-one_shot_format", "prometheus", "-progs", "tests/bench/peers",
                      "-logs", log],
            "simdjson floor": [f"{bin_dir}/tests/bench/simdjson_floor", log],
            "wc -l": ["wc", "-l", log],
        }

    def measure(self, name):
        runs = [process.run(self.programs[name]) for _ in range(1 if name == "mtail" else self.repeats)]
        return statistics.median(run.cpu_seconds for run in runs), max(run.peak_rss for run in runs), runs[-1].output

    def table(self):
        results = {name: self.measure(name) for name in self.programs}
        self.check({name: output for name, (_, _, output) in results.items()})
        base = results["mtail"][0]
        size = os.path.getsize(self.log)
        yield "| program | lines per CPU second | MB/s of CPU time | peak RSS | times mtail |"
        yield "|---|---:|---:|---:|---:|"
        for name, (cpu, rss, _) in results.items():
            yield (f"| {name} | {self.lines / cpu:,.0f} | {size / cpu / 1e6:,.0f} | {rss / 2**20:.1f} MiB |"
                   f" {base / cpu:.1f} |")
        yield ""
        for command in self.programs.values():
            yield "    " + " ".join(command)

    def check(self, outputs):
        expected = counts(outputs["leeway replay"])
        total = sum(value for (name, _), value in expected.items() if name == COUNTER)
        if total != self.lines or int(outputs["wc -l"].split()[0]) != self.lines:
            sys.exit(f"leeway counted {total} of {self.lines} lines")
        if counts(outputs["mtail"]) != expected or floor_counts(outputs["simdjson floor"]) != expected:
            sys.exit("the programs did not count the same")


def running(leeway, log, lines, work):
    with process.agent(leeway, "tests/bench/requests.toml", "requests", log, work / "run-state") as agent:
        total = sum(v for (name, _), v in counts(agent.scrape()).items() if name == COUNTER)
        if total != lines:
            sys.exit(f"leeway run counted {total} of {lines} lines")
        yield f"peak RSS of `leeway run` after {lines:,} lines: {agent.peak_rss() / 2**20:.1f} MiB"
        before, start = agent.cpu_seconds(), time.monotonic()
        time.sleep(IDLE_SECONDS)
        share = (agent.cpu_seconds() - before) / (time.monotonic() - start)
        yield f"CPU while idle: {100 * share:.3f} % of one processor, over {IDLE_SECONDS} s"


def scrapes(leeway, work):
    """Each scrape follows a new line, so none is answered from the page rendered before."""
    log = work / "series.log"
    log.write_text("".join(f'{{"id": "series-{i:06d}"}}\n' for i in range(SERIES)))
    with process.agent(leeway, "tests/bench/series.toml", "series", log, work / "series-state") as agent:
        found = agent.scrape().count("\nbench_events_total{")
        if found != SERIES:
            sys.exit(f"{found} of {SERIES} series exported")
        times = []
        with log.open("a", buffering=1) as out:
            for i in range(SCRAPES):
                out.write(f'{{"id": "series-{i:06d}"}}\n')
                time.sleep(0.02)
                start = time.perf_counter()
                agent.scrape()
                times.append(1000 * (time.perf_counter() - start))
        yield f"scrape of {SERIES:,} series: {summary(times)}"


def visibility(leeway, work):
    """From a line's write() to the end of the first scrape that counts it, scraping without pause."""
    log = work / "visible.log"
    line = next(gen_requests.lines(1))
    log.write_text(line)
    pause = random.Random(1)
    times = []
    with process.agent(leeway, "tests/bench/requests.toml", "requests", log, work / "visible-state") as agent, \
            log.open("a", buffering=1) as out:
        for written in range(2, VISIBLE_LINES + 2):
            time.sleep(pause.uniform(0, 0.03))
            start = time.perf_counter()
            out.write(line)
            while sum(v for (name, _), v in counts(agent.scrape()).items() if name == COUNTER) < written:
                pass
            times.append(1000 * (time.perf_counter() - start))
    yield f"from a line's write to a scrape that counts it: {summary(times)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="build/bench")
    parser.add_argument("--log", default="build/bench/requests.log")
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    leeway = f"{options.bin}/leeway"
    fill_page_cache(options.log)
    with tempfile.TemporaryDirectory(dir="build") as directory:
        work = pathlib.Path(directory)
        throughput = Throughput(options.bin, options.log, options.lines, options.repeats)
        for part in (machine(), [""], throughput.table(), [""], running(leeway, options.log, options.lines, work),
                     scrapes(leeway, work), visibility(leeway, work)):
            for line in part:
                print(line, flush=True)


if __name__ == "__main__":
    main()
