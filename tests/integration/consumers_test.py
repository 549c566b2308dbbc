"""Every consumer reads every page: pages of random configurations and records, in both formats, are given to
prometheus_client's parsers, to `promtool check metrics` and to the real Prometheus; and metrics that strict parsers would
refuse together are refused by `leeway check`.

LEEWAY_PROPERTY_RUNS, LEEWAY_PROPERTY_SEED: as for rules_property_test.py. To repeat a failure: consumers_test.py SEED...
"""

import collections
import concurrent.futures
import contextlib
import http.server
import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import unittest

import harness
import monitoring
from random_configuration import HOSTILE, RandomConfiguration

RUNS = int(os.environ.get("LEEWAY_PROPERTY_RUNS", "6"))
FIRST_SEED = int(os.environ.get("LEEWAY_PROPERTY_SEED", "1"))
CONTENT_TYPES = {"text": "text/plain; version=0.0.4; charset=utf-8",
                 "openmetrics": "application/openmetrics-text; version=1.0.0; charset=utf-8"}
# With the system's Python, which has prometheus_client: prints [name, labels, value] of each sample as JSON.
PARSE = """
import json, sys
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics
parse = (openmetrics if sys.argv[1] == "openmetrics" else parser).text_string_to_metric_families
page = sys.stdin.buffer.read().decode()
print(json.dumps([[s.name, s.labels, repr(s.value)] for family in parse(page) for s in family.samples]))
"""
# Prints what the strict parser says of each page, "" if it takes it.
REFUSED = """
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
def refusal(page):
    try:
        list(text_string_to_metric_families(page))
        return ""
    except ValueError as error:
        return repr(error)
print(json.dumps([refusal(page) for page in json.load(sys.stdin)]))
"""
METRICS = [("jobs", "gauge"), ("jobs", "histogram"), ("jobs_total", "counter"), ("jobs_info", "gauge"),
           ("jobs_created_total", "counter"), ("jobs_sum_total", "counter"), ("jobs_count_total", "counter"),
           ("jobs_bucket_total", "counter"), ("jobs_waiting", "gauge"), ("jobs_count_ratio", "histogram")]


def run(*command, text=""):
    return subprocess.run([str(part) for part in command], input=text.encode(), capture_output=True, timeout=120)


def parse(page, kind):
    """(samples, error): each sample as (name, labels, value), bounds of buckets as numbers."""
    done = run("/usr/bin/python3", "-c", PARSE, kind, text=page)
    if done.returncode != 0:
        return [], done.stderr.decode()
    samples = []
    for name, labels, value in json.loads(done.stdout):
        if "le" in labels:
            labels["le"] = float(labels["le"])
        samples.append((name, tuple(sorted(labels.items())), float(value)))
    return samples, ""


def entry(name, kind):
    return f'[[metric]]\nname = "{name}"\ntype = "{kind}"\n' + ("" if kind == "counter" else 'value = "v"\n')


def strict_page(metrics):
    """The smallest OpenMetrics page of these metrics, as their types demand it."""
    lines = []
    for name, kind in metrics:
        family = name.removesuffix("_total") if kind == "counter" else name
        samples = {"counter": [f"{family}_total 1"], "gauge": [f"{family} 1"], "histogram": [
            f'{family}_bucket{{le="+Inf"}} 1', f"{family}_sum 1", f"{family}_count 1"]}[kind]
        lines += [f"# HELP {family} x", f"# TYPE {family} {kind}", *samples]
    return "\n".join([*lines, "# EOF", ""])


class RandomPage:
    """The pages of a random configuration after random records, in both formats."""

    def __init__(self, seed, directory):
        self.random = random.Random(seed)
        self.configuration = RandomConfiguration(seed)
        folder = pathlib.Path(directory)
        log = folder / f"{seed}.log"
        log.write_text("".join(json.dumps(self.record(second)) + "\n" for second in range(300)))
        created = "true" if self.random.random() < 0.5 else "false"
        config = folder / f"{seed}.toml"
        extra = [entry("switch", "gauge").replace('"v"', '"kind"') + 'states = ["a", "b"]\nlabels = ["status"]\n',
                 entry("balance_change", "histogram") + f"buckets = {self.signed_bounds()}\n",
                 entry("few_total", "counter") + 'labels = ["kind"]\nmax_series = 3\n',
                 entry("recent_total", "counter") + 'labels = ["endpoint"]\nexpire = "100s"\n']
        config.write_text(f"[agent]\ncreated_samples = {created}\n" + self.configuration.text + "\n".join(extra))
        self.pages = {}
        for kind in CONTENT_TYPES:
            done = run(harness.LEEWAY, "replay", "--config.file", config, "--source.path", f"app={log}", "--format", kind,
                       "--internal-metrics")
            if done.returncode != 0:
                raise AssertionError(f"seed {seed}: {done.stderr.decode()}")
            self.pages[kind] = done.stdout.decode()

    def signed_bounds(self):
        return sorted({round(self.random.uniform(-100, 100), 1) for _ in range(self.random.randint(1, 6))})

    def text(self):
        return "".join(self.random.choice([*HOSTILE, "a", "b"]) for _ in range(self.random.randint(0, 4)))

    def record(self, second):
        value = self.random.choice([self.random.uniform(-10, 1000), 0, -1e-300, 1e300, 3, "text", None, self.random.random()])
        return {"ts": 1_700_000_000 + second, "kind": self.random.choice([self.text(), "a", "b"]), "endpoint": self.text(),
                "status": self.random.choice([200, 500, "x"]), "v": value, "ok": self.random.random() < 0.9}


class PageServer:
    """Serves each page at /SEED/FORMAT under its content type."""

    def __init__(self, pages):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                _, seed, kind = self.path.split("/")
                body = pages[int(seed)].pages[kind].encode()
                self.send_response(200)
                self.send_header("Content-Type", CONTENT_TYPES[kind])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def problems_of(seed, page):
    """What parsers, promtool and a count of series find wrong."""
    problems, parsed = [], {}
    for kind, text in page.pages.items():
        parsed[kind], error = parse(text, kind)
        if error:
            problems.append(f"{kind}: {error}")
    lint = run("promtool", "check", "metrics", text=page.pages["text"])
    if (lint.returncode, lint.stdout, lint.stderr) != (0, b"", b""):
        problems.append(f"promtool: {lint.stdout.decode()}{lint.stderr.decode()}")
    if problems:
        return [f"seed {seed}: {problem}" for problem in problems]
    both = {kind: {sample for sample in samples if not sample[0].endswith("_created")} for kind, samples in parsed.items()}
    # _count without _sum is for the text format alone, and the metrics that infos are called differently.
    sums = {name.removesuffix("_sum") for name, _, _ in both["text"] if name.endswith("_sum")}
    expected = {sample for sample in both["text"] if not sample[0].endswith("_count") or sample[0].removesuffix("_count") in sums}
    if different := expected ^ both["openmetrics"]:
        problems.append(f"text and OpenMetrics differ: {sorted(map(str, different))[:5]}")
    negative = [sample for sample in both["text"] if sample[0].endswith("_sum") and sample[2] < 0]
    if negative:
        problems.append(f"negative sums: {negative}")
    return [f"seed {seed}: {problem}" for problem in problems + series_problems(both["text"])]


def series_problems(samples):
    """Compares leeway_metric_series with the sets of labels that the page shows, `le` not counted."""
    sets = collections.defaultdict(set)
    for name, labels, _ in samples:
        for suffix in ("", "_bucket"):
            sets[name.removesuffix(suffix)].add(tuple(pair for pair in labels if pair[0] != "le"))
        if name.startswith("leeway_slo_") and "slo" in dict(labels):
            sets["slo:" + dict(labels)["slo"]].add((name, labels))
    said = {dict(labels)["metric"]: value for name, labels, value in samples if name == "leeway_metric_series"}
    wrong = [f"{metric} has {len(sets[metric])} series, not {count}" for metric, count in said.items()
             if count != len(sets[metric])]
    own = ("leeway_", "process_")
    bases = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name, _, _ in samples
             if not name.startswith(own)}
    return wrong + [f"no leeway_metric_series of {name}" for name in bases if name not in said]


class ConsumersTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def test_pages_of_random_configurations(self):
        pages = {seed: RandomPage(seed, self.directory) for seed in range(FIRST_SEED, FIRST_SEED + RUNS)}
        self.assertEqual([], [problem for seed, page in pages.items() for problem in problems_of(seed, page)])
        server = PageServer(pages)
        self.addCleanup(server.close)
        paths = {f"{seed}-{kind}": f"/{seed}/{kind}" for seed in pages for kind in CONTENT_TYPES}
        prometheus = monitoring.Prometheus(self.directory, {job: f"127.0.0.1:{server.port}" for job in paths}, paths=paths)
        self.addCleanup(prometheus.close)
        expected = {job: sum(1 for line in pages[int(job.split("-")[0])].pages[job.split("-")[1]].split("\n")
                             if line and not line.startswith("#")) for job in paths}

        def scraped():
            found = {series["metric"]["job"]: int(series["value"][1])
                     for series in prometheus.query("scrape_samples_post_metric_relabeling and on (job) up == 1")}
            return found if len(found) == len(paths) else None
        try:
            harness.wait_until(scraped, "Prometheus to scrape all pages")
        except AssertionError:
            targets = json.loads(prometheus.request("/api/v1/targets"))["data"]["activeTargets"]
            self.fail([(target["labels"]["job"], target["lastError"]) for target in targets if target["lastError"]])
        self.assertEqual(expected, scraped())
        print(f"{len(paths)} pages, {sum(expected.values())} samples")

    def check(self, number, metrics):
        config = pathlib.Path(self.directory) / f"{number}.toml"
        config.write_text('[[source]]\nname = "a"\ntype = "log"\npath = "a.log"\nformat = "json"\n'
                          + "".join(entry(name, kind) for name, kind in metrics))
        return run(harness.LEEWAY, "check", "--config.file", config)

    def test_check_refuses_what_strict_parsers_refuse(self):
        pairs = list(itertools.combinations(METRICS, 2))
        refused = json.loads(run("/usr/bin/python3", "-c", REFUSED, text=json.dumps(list(map(strict_page, pairs)))).stdout)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            checks = list(pool.map(self.check, range(len(pairs)), pairs))
        for metrics, error, done in zip(pairs, refused, checks):
            same_name = metrics[0][0] == metrics[1][0]
            message = b"names are unique" if same_name else b" collides with "
            self.assertEqual(bool(error), message in done.stderr, f"{metrics}: {done.stderr}\n{error}")
            self.assertEqual(2 if error else 0, done.returncode, done.stderr)
        print(f"{sum(map(bool, refused))} of {len(pairs)} pairs of names are refused")
        self.assertGreater(len(pairs), 2 * sum(map(bool, refused)))
        self.assertGreater(sum(map(bool, refused)), 5)


def main():
    with tempfile.TemporaryDirectory() as directory:
        for seed in map(int, sys.argv[1:]):
            print("\n".join(problems_of(seed, RandomPage(seed, directory))))


if __name__ == "__main__":
    main() if len(sys.argv) > 1 else unittest.main()
