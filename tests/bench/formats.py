#!/usr/bin/env python3
"""Measures the formats of log lines: lines per CPU second of `leeway replay`, next to `wc -l` and, if it is installed,
to mtail on the same lines.

Usage: LEEWAY_BIN=build/release/leeway tests/bench/formats.py [--only access,logfmt] [--megabytes 150]

Each format has a log of its own with lines that do not depend on chance, and one counter by a label and one histogram,
whose totals must be right, or nothing is printed. The CPU time is user and system, of all threads, the least of a few
runs: other processes can only add to it.
"""

import argparse
import os
import pathlib
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "deploy"))
import exposition  # noqa: E402
import process  # noqa: E402

ROOT = HERE.parents[1]
BLOCK = 20_000  # different lines; then they come again, with later times
BUCKETS = "[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]"
METHODS = ["GET", "GET", "GET", "POST", "PUT", "DELETE"]
LEVELS = ["INFO", "INFO", "INFO", "DEBUG", "WARN", "ERROR"]
PATHS = ["/", "/items", "/items/42", "/items/42/reviews", "/api/v1/orders", "/login", "/static/app.js", "/search"]
STATUS = [200, 200, 200, 200, 201, 204, 301, 404, 500]
AGENTS = ["curl/8.0", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"]
TRACE = """java.lang.IllegalStateException: order {n} is closed
    at shop.orders.Order.add(Order.java:{n})
    at shop.orders.Service.handle(Service.java:88)
    at java.base/java.lang.Thread.run(Thread.java:1583)
Caused by: java.io.IOException: connection reset
    at shop.db.Pool.take(Pool.java:17)
    ... 3 more
"""

# What follows the level in lines of the list of regular expressions: the line, and the pattern.
MESSAGES = [("order {n} placed by user{k} in {ms} ms", r"order (?P<n>\d+) placed by (?P<user>\w+) in (?P<ms>[\d.]+) ms"),
            ("payment {n} took {ms} ms", r"payment (?P<n>\d+) took (?P<ms>[\d.]+) ms"),
            ("cache miss for key{k} after {ms} ms", r"cache miss for (?P<key>\w+) after (?P<ms>[\d.]+) ms"),
            ("cache hit for key{k} after {ms} ms", r"cache hit for (?P<key>\w+) after (?P<ms>[\d.]+) ms"),
            ("query of table{k} took {ms} ms, {n} rows", r"query of (?P<table>\w+) took (?P<ms>[\d.]+) ms, (?P<n>\d+) rows")]
MESSAGES += [(f"{verb} {noun} {{n}} done after {{ms}} ms", rf"{verb} {noun} (?P<n>\d+) done after (?P<ms>[\d.]+) ms")
             for verb in ("read", "write", "index", "ship", "check") for noun in ("file", "parcel", "page")]


class Chance:
    """What the lines of all formats are made of: the values of one line."""

    def __init__(self, second, chance):
        self.n = chance.randrange(1, 100_000)
        self.k = chance.randrange(1, 40)
        self.ms = f"{min(4000, chance.lognormvariate(3, 1)):.3f}"
        self.seconds = f"{float(self.ms) / 1000:.6f}"
        self.method = chance.choice(METHODS)
        self.level = chance.choice(LEVELS)
        self.path = chance.choice(PATHS)
        self.status = chance.choice(STATUS)
        self.agent = chance.choice(AGENTS)
        self.client = f"203.0.113.{chance.randrange(256)}"
        self.clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        self.micros = f"{chance.randrange(1_000_000):06}"
        self.message = chance.choice(MESSAGES)[0].format(n=self.n, k=self.k, ms=self.ms)


def json_line(c):
    return (f'{{"time":"2026-11-28T{c.clock}.{c.micros}Z","level":"{c.level}","message":"request done",'
            f'"method":"{c.method}","path":"{c.path}","status":{c.status},"duration_ms":{c.ms},"user":"user{c.k}"}}\n')


def access_line(c):
    return (f'{c.client} - - [28/Nov/2026:{c.clock} +0000] "{c.method} {c.path}?x={c.n} HTTP/1.1" {c.status} {c.n} '
            f'"-" "{c.agent}"\n')


def nginx_line(c):
    return access_line(c)[:-1] + f' "-" {c.seconds} {c.seconds} {c.status}\n'


def logfmt_line(c):
    return (f'time=2026-11-28T{c.clock}.{c.micros}Z level={c.level} msg="request done" method={c.method} path={c.path} '
            f'status={c.status} duration_ms={c.ms} user=user{c.k}\n')


def template_line(c):
    return f"2026-11-28 {c.clock}.{c.micros[:3]} | {c.level:<8} | app.jobs.worker{c.k}:run:{c.n} - job took {c.ms} ms\n"


def regex_line(c):
    return f"2026-11-28 {c.clock},{c.micros[:3]} {c.level} [worker-{c.k}] app.jobs - job {c.n} took {c.ms} ms\n"


def optional_line(c):
    return regex_line(c) if c.n % 2 else regex_line(c).replace(f"[worker-{c.k}] ", "")


def csv_line(c):
    return f'2026-11-28T{c.clock}.{c.micros}Z,{c.level},"job {c.n}, run {c.k}",{c.method},{c.status},{c.ms}\n'


def message_line(c):
    return f"2026-11-28T{c.clock}.{c.micros}Z {c.level} {c.message}\n"


def cri(line):
    return lambda c: f"2026-11-28T{c.clock}.{c.micros}000Z stdout F {line(c)}"


def docker(line):
    def wrapped(c):
        text = line(c)[:-1].replace('"', '\\"')
        return f'{{"log":"{text}\\n","stream":"stdout","time":"2026-11-28T{c.clock}.{c.micros}000Z"}}\n'
    return wrapped


def traced_line(c):
    return template_line(c) + (TRACE.format(n=c.n) if c.status == 500 else "")


def mixed_line(c):
    return (json_line, logfmt_line, access_line)[c.n % 3](c)


def syslog_line(c):
    return f"<165>1 2026-11-28T{c.clock}.{c.micros}Z web1 shop {c.n} ID47 [req@32473 ms=\"{c.ms}\"] {c.level} done\n"


def klog_line(c):
    return f'I1128 {c.clock}.{c.micros} {c.n:7} main.go:33] "Pod updated" pod="shop/web-{c.k}" ms={c.ms}\n'


ISO_LEVEL = r"^(?P<time>\S+) (?P<level>\w+) "
REGEX = r"^(?P<time>\S+ \S+) (?P<level>\w+) \[(?P<thread>[^\]]+)\] (?P<logger>\S+) - job \d+ took (?P<ms>[\d.]+) ms"
OPTIONAL = REGEX.replace(r" \[(?P<thread>[^\]]+)\]", r"(?: \[(?P<thread>[^\]]+)\])?")
LIST = ", ".join(f"{{ format = \"regex\", pattern = '{ISO_LEVEL}{pattern}', time = \"time\" }}" for _, pattern in MESSAGES)
TEMPLATE = 'format = "template"\npattern = "{time} | {level} | {name}:{function}:{line:int} - job took {ms:ms} ms"\n'


class Case:
    """`keys`: of the source. The label and the value: expressions of the counter and the histogram. `least`: lines per
    CPU second that are wanted, or a case and the share of its speed. `mtail`: one pattern or several, the label, the
    value, and the form of the time."""

    def __init__(self, line, keys, label, value, least=None, mtail=None):
        self.line, self.keys, self.label, self.value = line, keys, label, value
        self.least, self.mtail = least, mtail


CSV_COLUMNS = '["time", "level", "message", "method", "status", "ms"]'
JSON_KEYS = 'format = "json"\ntime = "time"\n'
MTAIL_ACCESS = (r'/^\S+ \S+ \S+ \[(?P<time>[^\]]+)\] "(?P<method>[A-Z]+) \S+ HTTP\/[0-9.]+" (?P<status>\d+) (?P<v>\d+) /',
                "status", "$v / 1000000.0", "02/Jan/2006:15:04:05 -0700")
MTAIL_JSON = (r'/"time":"(?P<time>[^"]+)","level":"(?P<level>[^"]+)",.*"duration_ms":(?P<v>[0-9.]+)/', "level",
              "$v / 1000.0", "2006-01-02T15:04:05.999999Z07:00")
MTAIL_LOGFMT = (r'/^time=(?P<time>\S+) level=(?P<level>\S+) .* duration_ms=(?P<v>[0-9.]+)/', "level", "$v / 1000.0",
                "2006-01-02T15:04:05.999999Z07:00")
MTAIL_TEMPLATE = (r"/^(?P<time>\S+ \S+) \| (?P<level>\S+) +\| (?P<name>.+?):(?P<function>.+?):(?P<line>\d+) - job took "
                  r"(?P<v>[0-9.]+) ms/", "level", "$v / 1000.0", "2006-01-02 15:04:05.000")
MTAIL_CSV = (r'/^(?P<time>[^,]+),(?P<level>[^,]+),"[^"]*",[^,]+,\d+,(?P<v>[0-9.]+)$/', "level", "$v / 1000.0",
             "2006-01-02T15:04:05.999999Z07:00")
MTAIL_REGEX = ("/" + REGEX.replace("(?P<ms>", "(?P<v>") + "/", "level", "$v / 1000.0", "2006-01-02 15:04:05,000")
MTAIL_OPTIONAL = ("/" + OPTIONAL.replace("(?P<ms>", "(?P<v>") + "/", *MTAIL_REGEX[1:])
MTAIL_LIST = ([f"/{ISO_LEVEL}{pattern}/".replace("(?P<ms>", "(?P<v>") for _, pattern in MESSAGES], *MTAIL_CSV[1:])

CASES = {
    "json": Case(json_line, JSON_KEYS, "level", "duration_ms / 1000.0", None, MTAIL_JSON),
    "access": Case(access_line, 'format = "access"\n', "status", "bytes / 1000000.0", 2e6, MTAIL_ACCESS),
    "nginx": Case(nginx_line, 'format = "nginx"\n', "status", "duration"),
    "logfmt": Case(logfmt_line, 'format = "logfmt"\ntime = "time"\n', "level", "duration_ms / 1000.0", 2e6, MTAIL_LOGFMT),
    "template": Case(template_line, TEMPLATE, "level", "ms", 2e6, MTAIL_TEMPLATE),
    "csv": Case(csv_line, f"format = \"csv\"\ntime = \"time\"\ncolumns = {CSV_COLUMNS}\n", "level", "ms / 1000.0", None,
                MTAIL_CSV),
    "syslog": Case(syslog_line, 'format = "syslog"\n', "severity", 'double(sd["req@32473"].ms) / 1000.0'),
    "klog": Case(klog_line, 'format = "klog"\nyear = 2026\n', "level", "ms / 1000.0"),
    "cri, json": Case(cri(json_line), JSON_KEYS + 'container = "cri"\n', "level", "duration_ms / 1000.0", ("json", 0.8),
                      MTAIL_JSON),
    "docker, json": Case(docker(json_line), JSON_KEYS + 'container = "docker"\n', "level", "duration_ms / 1000.0"),
    "regex": Case(regex_line, f"format = \"regex\"\npattern = '{REGEX}'\ntime = \"time\"\n", "level", "ms / 1000.0", 7e5,
                  MTAIL_REGEX),
    "regex, optional group": Case(optional_line, f"format = \"regex\"\npattern = '{OPTIONAL}'\ntime = \"time\"\n", "level",
                                  "ms / 1000.0", 7e5, MTAIL_OPTIONAL),
    "20 regexes": Case(message_line, f"format = [{LIST}]\n", "level", "ms / 1000.0", 4e5, MTAIL_LIST),
    "traces": Case(traced_line, TEMPLATE + 'multiline = "traces"\n', "level", "ms", 1.5e6),
    "begin with time": Case(traced_line, TEMPLATE + 'multiline = "time"\n', "level", "ms", 1.5e6),
    "json, access, logfmt": Case(
        mixed_line, 'format = ["json", "access", "logfmt"]\ntime = "time"\n',
        "coalesce(level, \"\")", "coalesce(duration_ms, bytes) / 1000.0", ("slowest", 0.7)),
}


def write_log(case, path, megabytes):
    """Returns how many lines and how many records it has."""
    size = lines = records = 0
    chance = random.Random(1)
    block = [Chance(i * 2, chance) for i in range(BLOCK)]
    with open(path, "w") as out:
        second = 0
        while size < megabytes * 1_000_000:
            for c in block:
                c.clock = f"{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
            texts = [case.line(c) for c in block]
            text = "".join(texts)
            out.write(text)
            size += len(text)
            lines += text.count("\n")
            records += len(texts)
            second += 1
    return lines, records


def config(case, log):
    return f"""
[[source]]
name = "s"
type = "log"
path = "{log}"
{case.keys}
[[metric]]
name = "lines_total"
type = "counter"
source = "s"
help = "Lines."
labels = {{ label = '{case.label}' }}
[[metric]]
name = "value"
type = "histogram"
source = "s"
help = "Values."
value = '{case.value}'
buckets = {BUCKETS}
"""


def mtail_program(case):
    patterns, label, value, layout = case.mtail
    return f"counter lines_total by label\nhistogram value buckets {BUCKETS[1:-1]}\n" + "".join(f"""{pattern} {{
  strptime($time, "{layout}")
  lines_total[${label}]++
  value = {value}
  stop
}}
""" for pattern in ([patterns] if isinstance(patterns, str) else patterns))


def totals(page):
    samples = exposition.parse_samples(page)
    return (sum(value for (name, _), value in samples.items() if name == "lines_total"),
            sum(value for (name, _), value in samples.items() if name == "value_count"))


def least_cpu(command, repeats, records=None):
    runs = [process.run([str(part) for part in command]) for _ in range(repeats)]
    if records is not None and totals(runs[0].output) != (records, records):
        sys.exit(f"{' '.join(map(str, command))}\ncounted {totals(runs[0].output)}, expected {records} twice")
    return min(run.cpu_seconds for run in runs)


class Formats:
    def __init__(self, leeway, work, options):
        self.leeway, self.work, self.options = leeway, work, options
        self.mtail = shutil.which("mtail") if not options.no_mtail else None
        self.rates = {}

    def measure(self, name):
        case = CASES[name]
        log = self.work / "lines.log"
        lines, records = write_log(case, log, self.options.megabytes)
        file = self.work / "leeway.toml"
        file.write_text(config(case, log))
        wc = least_cpu(["wc", "-l", log], self.options.repeats)
        command = [self.leeway, "replay", "--config.file", file]
        cpu = least_cpu(command, self.options.repeats, records)
        mtail = None
        if self.mtail and case.mtail:
            (self.work / "lines.mtail").write_text(mtail_program(case))
            mtail = least_cpu([self.mtail, "--one_shot", "--one_shot_format", "prometheus", "--progs",
                               self.work / "lines.mtail", "--logs", log], 1, records)
        self.rates[name] = lines / cpu
        return (f"| {name} | {lines:,} | {os.path.getsize(log) / lines:.0f} | {lines / cpu:,.0f} | {cpu / wc:.0f} |"
                f" {f'{lines / mtail:,.0f}' if mtail else ''} | {f'{mtail / cpu:.0f}' if mtail else ''} |"
                f" {self.target(case.least, lines / cpu)} |")

    def target(self, least, rate):
        if least is None:
            return ""
        if isinstance(least, tuple):
            other, share = least
            names = ["json", "access", "logfmt"] if other == "slowest" else [other]
            if not all(name in self.rates for name in names):
                return ""
            ratio = rate / min(self.rates[name] for name in names)
            return f"{100 * ratio:.0f} % of {other}, wanted {100 * share:.0f} %: {'yes' if ratio >= share else 'no'}"
        return f"{least:,.0f}: {'yes' if rate >= least else 'no'}"


def machine(leeway):
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    yield f"machine: {cpu[1] if cpu else platform.machine()}, {os.cpu_count()} processors, {platform.release()}"
    yield f"load before: {os.getloadavg()[0]:.2f}"
    yield subprocess.run([leeway, "version"], capture_output=True, text=True).stdout.splitlines()[0]
    for package in ("libre2-dev", "mtail"):
        version = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True)
        yield f"{package} {version.stdout}"
    yield "command: leeway replay --config.file FORMAT.toml; mtail --one_shot --progs FORMAT.mtail; wc -l"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", help="names of formats, separated by '+'")
    parser.add_argument("--megabytes", type=int, default=120)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-mtail", action="store_true")
    parser.add_argument("--write", help="write the lines and the configuration of one format into this directory, only")
    options = parser.parse_args()
    leeway = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
    names = options.only.split("+") if options.only else list(CASES)
    if options.write:
        work = pathlib.Path(options.write).resolve()
        write_log(CASES[names[0]], work / "lines.log", options.megabytes)
        (work / "leeway.toml").write_text(config(CASES[names[0]], work / "lines.log"))
        return
    with tempfile.TemporaryDirectory() as directory:
        formats = Formats(leeway, pathlib.Path(directory), options)
        for line in machine(leeway):
            print(line)
        print("\n| format | lines | bytes/line | lines per CPU second | times wc -l | mtail | times mtail | wanted |")
        print("|---|---:|---:|---:|---:|---:|---:|---|")
        for name in names:
            print(formats.measure(name), flush=True)


if __name__ == "__main__":
    main()
