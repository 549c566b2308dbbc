#!/usr/bin/env python3
"""What a fleet costs: one Prometheus scrapes many agents and evaluates the rules of `leeway rules`, which merge them.

One server plays all agents. What it serves are the pages of a real agent: two agents read a growing log, one of them a log
whose orders move away from the reference, and each page that Prometheus would have received is kept, as text of OpenMetrics
compressed with gzip. Each simulated agent shows them in their order, a step each scrape interval, so counters move; a
tenth are of the second kind. At the end they stand still: the sum of a counter over the fleet must equal the sum over the
pages, and the score of drift over the fleet that of the added bins, or nothing is printed.

The rules of objectives look back on three days of the counters of each agent, which is most of their cost: these counters are
written into the database beforehand.

Usage: LEEWAY_BIN=build/release/leeway tests/bench/fleet.py [--agents 100,1000] [--days 3] [--seconds 120] [--interval 15]
Needs Prometheus (LEEWAY_PROMETHEUS, default prometheus), promtool, 3 GB of memory. With the defaults it takes half an hour.
"""

import argparse
import asyncio
import datetime
import json
import math
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "deploy"))
import exposition  # noqa: E402
import fleet_history  # noqa: E402
import process  # noqa: E402

ROOT = HERE.parents[1]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
PROMETHEUS = os.environ.get("LEEWAY_PROMETHEUS", "prometheus")
# What Prometheus 2.42 sends; the page is therefore the one that it would receive.
HEADERS = {"Accept": "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                     "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "Accept-Encoding": "gzip"}
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
ROUTES = ["/", "/cart", "/checkout", "/items", "/login", "/orders", "/search", "/static"]
COUNTRIES = ["DE", "FR", "GB", "IT", "NL", "PL", "SE", "US"]
LINES = 150  # for each step
OTHERS = 10  # each tenth agent is of the second kind
SPREAD = 8  # agents start up to as many steps apart
FIRST_STEP = 14  # when the reference and two windows are complete, before any agent is scraped
EVALUATION = 60  # seconds between evaluations, as `leeway rules` writes
WARM_UP = 330  # seconds until the window of 5m that most alerts have is full


def get(url, headers=None):
    with OPENER.open(urllib.request.Request(url, headers=headers or {}), timeout=60) as response:
        return response.read(), response.headers


def record(chance, number, moved):
    failed = chance.random() < 0.0005
    return json.dumps({
        "time": (datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=number / 10)).isoformat(),
        "route": chance.choice(ROUTES), "status": 503 if failed else chance.choice([200, 200, 200, 200, 201, 304, 404]),
        "ms": round(chance.lognormvariate(3, 1), 3), "amount": round(chance.lognormvariate(3.4 if moved else 3, 0.8), 2),
        "country": chance.choice(COUNTRIES[4:] if moved and chance.random() < 0.5 else COUNTRIES)}) + "\n"


class Pages:
    """The pages of one real agent while its log grows: what Prometheus receives, and the samples."""

    def __init__(self, directory, moved, steps):
        self.bodies, self.samples = [], []
        directory.mkdir()
        chance, log = random.Random(1), directory / "app.log"
        log.touch()
        with process.agent(LEEWAY, str(HERE / "fleet.toml"), "app", log, directory / "state") as agent:
            url = f"http://127.0.0.1:{agent.connection.port}/metrics"
            for step in range(FIRST_STEP + steps):
                first = step * LINES
                with open(log, "a") as file:
                    # The reference is the same for both kinds: they differ after it.
                    file.writelines(record(chance, first + line, moved and first >= 1000) for line in range(LINES))
                samples = self.wait_for(url, first + LINES)
                if step >= FIRST_STEP:
                    body, headers = get(url, HEADERS)
                    if headers["Content-Encoding"] != "gzip" or "openmetrics" not in headers["Content-Type"]:
                        raise SystemExit(f"unexpected page: {headers}")
                    self.bodies.append(http(body, headers["Content-Type"]))
                    self.samples.append(samples)

    @staticmethod
    def wait_for(url, lines):
        """The samples once the agent has counted all lines and judged all complete windows."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            samples = exposition.parse_samples(get(url)[0].decode())
            if total(samples, "requests_total") == lines and total(samples, "leeway_drift_pending_windows") == 0:
                return samples
            time.sleep(0.02)
        raise SystemExit(f"the agent has not counted {lines} lines after 60 s")


def total(samples, name):
    return sum(value for (metric, _), value in samples.items() if metric == name)


def http(body, content_type):
    return (f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Encoding: gzip\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


class Fleet:
    """A server that answers /AGENT/metrics for all agents, on a thread of its own."""

    def __init__(self, agents, kinds, interval):
        self.agents, self.kinds, self.interval = agents, kinds, interval
        self.started = self.stopped = None
        self.loop = asyncio.new_event_loop()
        self.port = process.free_port()
        ready = threading.Event()
        threading.Thread(target=self.serve, args=(ready,), daemon=True).start()
        ready.wait()

    def serve(self, ready):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self.connection, "127.0.0.1", self.port, backlog=1024))
        ready.set()
        self.loop.run_forever()

    async def connection(self, reader, writer):
        try:
            while line := await reader.readline():
                while (await reader.readline()).strip():
                    pass
                kind, step = self.page(int(line.split(b"/")[1]))
                writer.write(kind.bodies[step])
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def page(self, agent):
        """The kind of the agent, and its step now."""
        kind = self.kinds[agent % OTHERS == 0]
        now = self.stopped or time.monotonic()
        step = agent % SPREAD + int((now - self.started) / self.interval + agent / self.agents) if self.started else 0
        return kind, min(step, len(kind.bodies) - 1)

    def samples(self):
        """The samples of each agent, as they are at the end."""
        for agent in range(self.agents):
            kind, step = self.page(agent)
            yield kind.samples[step]

    def targets(self):
        return [{"targets": [f"127.0.0.1:{self.port}"],
                 "labels": {"__metrics_path__": f"/{agent}/metrics", "instance": f"agent-{agent}"}}
                for agent in range(self.agents)]

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)


class Prometheus:
    def __init__(self, directory, fleet, options):
        directory.mkdir()
        self.data = directory / "data"
        self.data.mkdir()
        if options.days:
            started = time.monotonic()
            samples = fleet_history.write(self.data, directory, fleet.agents, options)
            print(f"{fleet.agents} agents: {samples:,} samples of {options.days:g} days written in "
                  f"{time.monotonic() - started:.0f} s, {self.disk() / 2**20:,.0f} MiB", flush=True)
        subprocess.run([LEEWAY, "rules", "--config.file", HERE / "fleet.toml", "--output-dir", directory], check=True,
                       stdout=subprocess.DEVNULL)
        (directory / "targets.json").write_text(json.dumps(fleet.targets()))
        self.directory, self.interval = directory, options.interval
        self.configure(rules=[])
        self.port = process.free_port()
        self.log = open(directory / "log", "w")  # noqa: SIM115 (closed by close())
        self.process = subprocess.Popen(
            # Blocks as they were written: compaction of all at once is not a usual cost.
            [PROMETHEUS, f"--config.file={directory}/prometheus.yml", f"--storage.tsdb.path={self.data}",
             "--storage.tsdb.min-block-duration=2h", "--storage.tsdb.max-block-duration=2h", "--storage.tsdb.retention.time=33d",
             f"--web.listen-address=127.0.0.1:{self.port}"], stdout=self.log, stderr=self.log)

    def configure(self, rules):
        config = {"global": {"scrape_interval": f"{self.interval}s", "evaluation_interval": f"{EVALUATION}s"},
                  "rule_files": rules,
                  "scrape_configs": [{"job_name": "fleet",
                                      "file_sd_configs": [{"files": [str(self.directory / "targets.json")]}]}]}
        (self.directory / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML

    def add_rules(self):
        self.configure(rules=[str(self.directory / "rules.yml")])
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: total(self.own(), "prometheus_rule_group_rules") > 0, "the rules are loaded", 60)

    def query(self, expression):
        url = f"http://127.0.0.1:{self.port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        result = json.loads(get(url)[0])["data"]["result"]
        return {tuple(sorted(series["metric"].items())): float(series["value"][1]) for series in result}

    def evaluate(self):
        """Evaluates the expression of each rule once. CPU seconds, samples read, and of these those of objectives' records."""
        groups = yaml.safe_load((self.directory / "rules.yml").read_text())["groups"]
        before, samples = total(self.own(), "process_cpu_seconds_total"), {}
        for group in groups:
            for rule in group["rules"]:
                url = f"http://127.0.0.1:{self.port}/api/v1/query?" + urllib.parse.urlencode({"query": rule["expr"], "stats": "all"})
                read = json.loads(get(url)[0])["data"]["stats"]["samples"]["totalQueryableSamples"]
                samples[group["name"]] = samples.get(group["name"], 0) + read
        cpu = total(self.own(), "process_cpu_seconds_total") - before
        return cpu, sum(samples.values()), samples["fleet-slo-records"]

    def evaluated(self, group):
        """How many evaluations of the group have begun."""
        return sum(value for (name, labels), value in self.own().items()
                   if name == "prometheus_rule_group_iterations_total" and dict(labels)["rule_group"].endswith(";" + group))

    def scrape_durations(self):
        """Of all scrapes of the last two minutes, in seconds."""
        url = f"http://127.0.0.1:{self.port}/api/v1/query?query=scrape_duration_seconds[2m]"
        return [float(value) for series in json.loads(get(url)[0])["data"]["result"] for _, value in series["values"]]

    def value(self, expression):
        return next(iter(self.query(expression).values()), math.nan)

    def own(self):
        """Its own metrics."""
        return exposition.parse_samples(get(f"http://127.0.0.1:{self.port}/metrics")[0].decode())

    def disk(self):
        return sum(path.stat().st_size for path in self.data.rglob("*") if path.is_file())

    def peak_rss(self):
        return int(pathlib.Path(f"/proc/{self.process.pid}/status").read_text().split("VmHWM:")[1].split()[0]) * 1024

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.log.close()


def wait_until(condition, what, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(1)
    raise SystemExit(f"not within {seconds} s: {what}")


def jensen_shannon(window, reference):
    """The distance, base 2, of two lists of counts."""
    p, q = ([count / sum(counts) for count in counts] for counts in (window, reference))
    half = [(a + b) / 2 for a, b in zip(p, q)]
    divergence = sum(a * math.log2(a / m) / 2 for side in (p, q) for a, m in zip(side, half) if a > 0)
    return math.sqrt(max(0.0, divergence))


def check_truth(prometheus, fleet):
    """The sum of a counter and the merged drift over the fleet; ends the program if one is wrong."""
    pages = list(fleet.samples())
    expected = sum(total(page, "requests_total") for page in pages)
    found = prometheus.value("sum(requests_total)")
    if found != expected:
        raise SystemExit(f"sum(requests_total) is {found}, the pages have {expected}")
    for column in ("amount", "country"):
        bins = {}
        for page in pages:
            for (name, labels), rows in page.items():
                if name in ("leeway_drift_bin_rows", "leeway_drift_reference_bin_rows") and ("column", column) in labels:
                    pair = bins.setdefault(dict(labels)["bin"], [0.0, 0.0])
                    pair[name == "leeway_drift_reference_bin_rows"] += rows
        score = jensen_shannon(*zip(*bins.values()))
        merged = prometheus.value(f'drift_column:leeway_drift_score:fleet{{column="{column}",method="jensen_shannon"}}')
        if not math.isclose(score, merged, rel_tol=1e-9):
            raise SystemExit(f"the drift of {column} over the fleet is {merged}, the bins of the pages give {score}")
    return int(expected), score


def difference(after, before, name):
    return total(after, name) - total(before, name)


def measure(directory, kinds, agents, options):
    """A row of the table: the costs of Prometheus with so many agents."""
    fleet = Fleet(agents, kinds, options.interval)
    prometheus = Prometheus(directory, fleet, options)
    try:
        wait_until(lambda: prometheus.value("count(up == 1)") == agents, f"{agents} agents are up", 120)
        fleet.started = time.monotonic()
        time.sleep(WARM_UP)
        before, disk, start = prometheus.own(), prometheus.disk(), time.monotonic()
        time.sleep(options.seconds)
        after, elapsed = prometheus.own(), time.monotonic() - start
        scraping = difference(after, before, "process_cpu_seconds_total") / elapsed
        scrapes = sorted(prometheus.scrape_durations())
        grown, start = prometheus.disk() - disk, time.monotonic()
        cpu, read, of_objectives = prometheus.evaluate()
        cpu -= scraping * (time.monotonic() - start)
        row = {
            "agents": f"{agents:,}",
            "series": f"{total(after, 'prometheus_tsdb_head_series'):,.0f}",
            "samples/s": f"{difference(after, before, 'prometheus_tsdb_head_samples_appended_total') / elapsed:,.0f}",
            "kB/s": f"{agents * len(kinds[0].bodies[-1]) / options.interval / 1000:,.0f}",
            "scrape p50": f"{scrapes[len(scrapes) // 2] * 1000:.1f} ms",
            "p99": f"{scrapes[len(scrapes) * 99 // 100] * 1000:.1f} ms",
            "WAL": f"{grown / elapsed / 1000:,.0f} kB/s",
            "CPU of scraping": f"{scraping:.3f}",
            "CPU of rules": f"{cpu / EVALUATION:.3f}",
            "samples read": f"{read / 1e6:,.1f} M",
            "for objectives": f"{of_objectives / 1e6:,.1f} M"}
        prometheus.add_rules()
        wait_until(lambda: prometheus.evaluated("fleet-drift-fleet") > 1, "the rules are evaluated", 600)
        row["peak RSS"] = f"{prometheus.peak_rss() / 2**20:,.0f} MiB"
        if total(prometheus.own(), "prometheus_rule_evaluation_failures_total"):
            raise SystemExit(f"rules failed:\n{(prometheus.directory / 'log').read_text()[-2000:]}")
        row["failed scrapes"] = f"{prometheus.value('sum(count_over_time(up[2m]) - sum_over_time(up[2m]))'):.0f}"
        fleet.stopped = time.monotonic()
        time.sleep(options.interval * 1.5)  # until the last pages are scraped
        evaluations = prometheus.evaluated("fleet-drift-fleet")
        wait_until(lambda: prometheus.evaluated("fleet-drift-fleet") > evaluations + 1, "the last pages are merged", 600)
        row["requests"], row["drift"] = (f"{value:,.4g}" if isinstance(value, float) else f"{value:,}"
                                         for value in check_truth(prometheus, fleet))
        return row
    finally:
        prometheus.close()
        fleet.close()


def machine():
    model = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    versions = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
                for command in ([PROMETHEUS, "--version"], [LEEWAY, "version"])]
    return f"{len(model)} × {model[0]}; {'; '.join(versions)}; load {os.getloadavg()[0]:.1f} at the start"


def main():
    parser = argparse.ArgumentParser(description="What a fleet costs.")
    parser.add_argument("--agents", default="100,1000")
    parser.add_argument("--seconds", type=int, default=120, help="to measure, for each size of fleet")
    parser.add_argument("--days", type=float, default=3, help="of the counters of objectives, written beforehand")
    parser.add_argument("--interval", type=int, default=15, help="seconds between scrapes")
    options = parser.parse_args()
    print(f"{machine()}\n{' '.join(sys.argv)}")
    steps = SPREAD + 3 + (WARM_UP + options.seconds) // options.interval
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        kinds = [Pages(directory / name, name == "moved", steps) for name in ("usual", "moved")]
        last = kinds[0].samples[-1]
        print(f"a page: {len(last)} samples, {len(kinds[0].bodies[-1])} bytes compressed", flush=True)
        rows = [measure(directory / f"prometheus-{number}", kinds, number, options)
                for number in map(int, options.agents.split(","))]
    print("| " + " | ".join(rows[0]) + " |\n|" + "---:|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(row.values()) + " |")


if __name__ == "__main__":
    main()
