#!/usr/bin/env python3
"""Configurations that `leeway init` writes for logs of real programs: `check` has nothing to say about them, and `replay`
counts what the programs wrote. LEEWAY_BIN names the binary; the libraries are those of Debian."""

import collections
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import tempfile
import time
import tomllib
import unittest

import harness
import loggers_test
import replay

LEVELS = {"WARN": "warning", "CRITICAL": "fatal"}
PACKS = harness.ROOT / "deploy/packs"
EXAMPLES = harness.ROOT / "deploy/examples"


def canonical(levels):
    """As level() names them."""
    result = collections.Counter()
    for level, count in levels.items():
        result[LEVELS.get(level.upper(), level.lower())] += count
    return dict(result)


class InitTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.directory = pathlib.Path(holder.name)
        self.log = self.directory / "app.log"
        self.config = self.directory / "leeway.toml"

    def leeway(self, *arguments):
        return subprocess.run([harness.LEEWAY, *map(str, arguments)], capture_output=True, text=True, timeout=60)

    def init(self, *paths, strict=True):
        """The configuration, which `check` accepts without a warning, unless the log has lines that are no records."""
        done = self.leeway("init", "--output", self.config, "--force", *(paths or [self.log]))
        self.assertEqual(0, done.returncode, done.stderr)
        check = self.leeway("check", *["--strict"] * strict, "--config.file", self.config)
        self.assertEqual((0, ""), (check.returncode, check.stderr), check.stdout)
        self.said = done.stderr
        return tomllib.loads(self.config.read_text())

    def counted(self, metric, label):
        samples = replay.counters(self.directory, self.config.read_text())
        self.assertEqual({}, replay.rejected(samples))
        result = collections.Counter()
        for (name, labels), value in samples.items():
            if name == metric:
                result[dict(labels)[label]] += int(value)
        return dict(result)


class LoggersTest(InitTest):
    """What libraries write, with traces and texts of several lines."""

    def finds(self, command, script, suffix, source):
        path = self.directory / f"script.{suffix}"
        path.write_text(script)
        done = subprocess.run([*command, path, self.log], capture_output=True, text=True, timeout=60, check=True,
                              env={**os.environ, "NODE_PATH": "/usr/share/nodejs"})
        written = {level: int(count) for level, count in (line.split() for line in done.stdout.splitlines())}
        found = self.init()["source"][0]
        self.assertEqual(source, {key: found.get(key) for key in source})
        self.assertEqual(canonical(written), self.counted("log_records_total", "level"))

    def test_loguru_with_colours_and_traces(self):
        self.finds(["/usr/bin/python3"], loggers_test.LOGURU, "py", {"format": "template", "multiline": "time"})

    def test_python_logging_as_it_is_by_default(self):
        self.finds(["/usr/bin/python3"], loggers_test.PLAIN_LOGGING, "py", {"format": "regex"})

    def test_structlog_as_json(self):
        self.finds(["/usr/bin/python3"], loggers_test.STRUCTLOG.replace("RENDERER", "JSONRenderer()"), "py",
                   {"format": "json", "time": "timestamp"})

    def test_structlog_as_logfmt(self):
        self.finds(["/usr/bin/python3"], loggers_test.STRUCTLOG.replace("RENDERER", "LogfmtRenderer()"), "py",
                   {"format": "logfmt", "time": "timestamp"})

    def test_bunyan_whose_levels_are_numbers(self):
        self.finds(["node"], loggers_test.BUNYAN, "js", {"format": "json", "time": "time"})

    def test_winston_as_json(self):
        self.finds(["node"], loggers_test.WINSTON.replace("FORMAT", "json()"), "js", {"format": "json", "time": "timestamp"})

    def test_winston_as_text(self):
        text = "printf(r => `${r.timestamp} ${r.level}: ${r.message}`)"
        self.finds(["node"], loggers_test.WINSTON.replace("FORMAT", text), "js", {"format": "template", "multiline": "time"})


class SamplesTest(InitTest):
    """Logs and tables that the repository has."""

    def test_an_access_log(self):
        log = harness.ROOT / "deploy/examples/access.log"
        statuses = collections.Counter(re.findall(r'" (\d{3}) ', log.read_text()))
        config = self.init(log)
        self.assertEqual("access", config["source"][0]["format"])
        self.assertEqual(dict(statuses), self.counted("http_requests_total", "status"))
        good = 1 - sum(count for status, count in statuses.items() if status >= "500") / statuses.total()
        self.assertLess(config["slo"][0]["objective"], good)

    def test_what_containers_write_around_lines(self):
        lines = [json.dumps({"level": "info" if i % 5 else "error", "ts": 1_795_840_000 + i, "took_ms": i % 90}) for i in range(500)]
        stamp = "2026-11-28T04:25:02.97Z"
        wrapped = {"cri": [f"{stamp} stderr F {line}" for line in lines],
                   "docker": [json.dumps({"log": line + "\n", "stream": "stdout", "time": stamp}, separators=(",", ":")) for line in lines],
                   "compose": [f"web-1  | {line}" for line in lines]}
        for container, texts in wrapped.items():
            self.log.write_text("\n".join(texts) + "\n")
            source = self.init()["source"][0]
            self.assertEqual((container, "json", "ts"), (source["container"], source["format"], source["time"]))
            self.assertEqual({"info": 400, "error": 100}, self.counted("log_records_total", "level"))

    def test_logs_of_containers_are_named_by_their_program(self):
        for recipe, paths in (("kubernetes/pods", ["shop_web-*/web/*.log", "shop_orders-*/orders/*.log"]),
                              ("compose/containers", ["*/*-json.log"])):
            folder = EXAMPLES / recipe
            config = self.init(*sorted(path for path in folder.rglob("*.log")), strict=False)
            self.assertEqual({str(folder / path) for path in paths}, {source["path"] for source in config["source"]})
            for source in config["source"]:
                self.assertNotRegex(source["name"], r"[0-9a-f]{8}|[0-9a-f]{4}-")
                self.assertIn("(?P<container>", source["path_fields"])
            written = sum(len(path.read_text().splitlines()) for path in folder.rglob("*.log"))
            samples = replay.counters(self.directory, self.config.read_text())
            seen = sum(value for (name, _), value in samples.items()
                       if name in ("leeway_source_records_total", "leeway_source_rejected_records_total"))
            self.assertGreater(seen, 0.9 * written)

    def test_failures_and_seconds_of_calls(self):
        lines = (EXAMPLES / "llm/calls.log").read_text().splitlines()
        failed = sum("error" in json.loads(line) for line in lines)
        config = self.init(EXAMPLES / "llm/calls.log")
        self.assertEqual({"true": failed, "false": len(lines) - failed}, self.counted("log_records_total", "failed"))
        self.assertEqual("!(has(error))", config["slo"][0]["good"])
        self.assertIn("seconds", [metric.get("value") for metric in config["metric"] if metric["type"] == "histogram"])

    def test_requests_in_messages(self):
        log = EXAMPLES / "spring/orders.log"
        statuses = collections.Counter(re.findall(r" : [A-Z]+ \S+ (\d{3}) [\d.]+ ms$", log.read_text(), re.MULTILINE))
        self.assertGreater(statuses.total(), 100)
        self.init(log)
        self.assertEqual(dict(statuses), self.counted("http_requests_total", "status"))

    def test_most_lines_of_the_packs_samples_are_records(self):
        for log in sorted(PACKS.glob("*/sample.log")) + sorted(PACKS.glob("*/sample/*/logs/*.log")):
            if log.stat().st_size == 0:
                continue
            self.init(log)
            samples = replay.counters(self.directory, self.config.read_text())
            records = sum(value for (name, _), value in samples.items() if name == "leeway_source_records_total")
            rejected = sum(replay.rejected(samples).values())
            # Some begin with "nohup: ignoring input", which is no record.
            self.assertTrue(rejected <= 1 or rejected <= 0.01 * records, (log, records, rejected))
            for (name, labels), _ in samples.items():
                self.assertNotIn(("overflow", "true"), labels, (log, name))

    def test_several_logs_and_a_table(self):
        table = next(PACKS.rglob("canonical_events.csv"))
        self.log.write_text('{"ts": 1795840000, "level": "info"}\n' * 50)
        config = self.init(self.log, harness.ROOT / "deploy/examples/access.log", table)
        self.assertEqual(["app", "access", "canonical_events"], [source["name"] for source in config["source"]])
        self.assertEqual(("file", "csv"), (config["source"][2]["type"], config["source"][2]["format"]))
        self.assertIn("app_log_records_total", [metric["name"] for metric in config["metric"]])


class QuestionsTest(InitTest):
    """On a terminal, init asks; in scripts it does not."""

    def converse(self, arguments, answers):
        """What init prints on a terminal where the answers are typed, one for each prompt."""
        program = str(pathlib.Path(harness.LEEWAY).resolve())
        pid, terminal = pty.fork()
        if pid == 0:
            try:
                os.chdir(self.directory)
                os.execv(program, [program, *map(str, arguments)])
            finally:
                os._exit(1)
        text = ""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                read = os.read(terminal, 4096)
            except OSError:
                break
            if not read:
                break
            text += read.decode()
            if text.endswith("]: "):
                os.write(terminal, (answers.pop(0) + "\n").encode())
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
        self.assertEqual(0, os.waitstatus_to_exitcode(status), text)
        self.assertEqual([], answers, text)
        return text

    def write(self):
        self.log.write_text("".join(json.dumps({"ts": f"2026-11-28 04:25:{i % 60:02}", "created_at": "2026-11-27 00:00:00",
                                                "level": ("info", "warn", "error")[i % 3]}) + "\n" for i in range(90)))
        os.utime(self.log, (1_796_000_000, 1_796_000_000))

    def test_empty_answers_are_the_defaults(self):
        self.write()
        self.converse(["init", self.log], ["", "", "", ""])
        asked = self.config.read_text()
        self.assertEqual(0, self.leeway("init", "--yes", "--force", "--output", self.config, self.log).returncode)
        self.assertEqual(self.config.read_text(), asked)
        self.assertEqual("ts", tomllib.loads(asked)["source"][0]["time"])

    def test_answers_are_followed_and_wrong_ones_asked_again(self):
        self.write()
        self.config.write_text("mine")
        text = self.converse(["init", self.log], ["created_at", "Mars/Base", "Asia/Tokyo", "bad", "warning, error", "", "yes"])
        self.assertIn("'Mars/Base' is no zone", text)
        self.assertIn("'bad' is no level", text)
        config = tomllib.loads(self.config.read_text())
        self.assertEqual(("created_at", "Asia/Tokyo"), (config["source"][0]["time"], config["source"][0]["time_zone"]))
        self.assertEqual('log_records_total{level=~"warning|error"}', config["alert"][0]["metric"])

    def test_a_file_is_kept_unless_the_answer_is_yes(self):
        self.write()
        self.config.write_text("mine")
        self.converse(["init", self.log], ["", "", "", "", "no", "other.toml"])
        self.assertEqual("mine", self.config.read_text())
        self.assertTrue((self.directory / "other.toml").exists())

    def test_nothing_is_asked_in_scripts(self):
        self.write()
        done = subprocess.run([harness.LEEWAY, "init", self.log], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True)
        self.assertNotIn("]: ", done.stdout + done.stderr)
        self.assertIn("[[source]]", done.stdout)
        self.assertNotIn("]: ", self.converse(["init", "--yes", self.log], []))


class ProposalTest(InitTest):
    """What is chosen, and what is never."""

    def write(self, record, count=1000):
        self.log.write_text("".join(json.dumps(record(i)) + "\n" for i in range(count)))

    def test_labels_are_few_and_no_identifiers(self):
        self.write(lambda i: {"time": 1_795_840_000 + i, "request_id": f"{i:x}-abc", "user": f"u{i % 7}", "region": f"r{i % 3}",
                              "batch": f"b{i // 60}", "status": 500 if i % 50 == 0 else 200, "method": "GET", "path": f"/items/{i}",
                              "message": f"done {i % 4}"})
        counter = self.init()["metric"][0]
        self.assertEqual({"status", "method", "route"}, set(counter["labels"]))
        self.assertEqual({"/items/{id}": 1000}, self.counted("http_requests_total", "route"))

    def test_units_and_buckets_follow_the_values(self):
        for name, value, factor in (("took_ms", 0.25, 1000), ("duration", 0.25, 1), ("latency_us", 0.25, 1_000_000)):
            self.write(lambda i: {"ts": 1_795_840_000 + i, name: (0.02 + value * (i * 371 % 1000) / 1000) * factor})
            histogram = next(metric for metric in self.init()["metric"] if metric["type"] == "histogram")
            self.assertEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1], histogram["buckets"], name)

    def test_objectives_are_met_by_the_sample(self):
        self.write(lambda i: {"ts": 1_795_840_000 + i, "status": 503 if i % 25 == 0 else 200, "duration_ms": i % 100})
        objectives = {slo["name"]: slo["objective"] for slo in self.init()["slo"]}
        self.assertEqual(0.9, objectives["availability"])
        self.assertLess(objectives["latency"], 1)

    def test_words_that_are_no_levels_are_counted_as_others(self):
        self.write(lambda i: {"ts": 1_795_840_000 + i, "level": "blue" if i % 100 == 7 else "ERROR" if i % 10 == 0 else "info"})
        self.init()
        self.assertEqual({"info": 890, "error": 100, "other": 10}, self.counted("log_records_total", "level"))

    def test_a_field_with_a_dot_in_its_name_is_one_name(self):
        self.write(lambda i: {"@timestamp": "2026-11-28T04:25:02.5Z", "log.level": "WARN" if i % 2 else "INFO"})
        self.assertEqual("@timestamp", self.init()["source"][0]["time"])
        self.assertEqual({"warning": 500, "info": 500}, self.counted("log_records_total", "level"))

    def test_examples_of_rejected_lines_are_not_in_the_configuration(self):
        self.write(lambda i: {"ts": 1_795_840_000 + i})
        self.log.write_text(self.log.read_text() + "{broken by ann@example.org\n" * 50)
        self.init(strict=False)
        self.assertIn("broken by", self.said)
        self.assertNotIn("broken by", self.config.read_text())

    def test_a_log_may_quote_a_nul_byte(self):
        self.log.write_bytes(b"2026/11/28 04:27:42 [error] 9#9: *6 invalid request: \"\x16\x00\"\n" * 50)
        self.init()
        self.assertEqual({"error": 50}, self.counted("log_records_total", "level"))

    def test_text_without_structure_is_named(self):
        self.log.write_text("".join(f"something happened to number {i}\n" for i in range(100)))
        self.assertEqual("regex", self.init()["source"][0]["format"])
        self.assertIn("no structure was found", self.said)

    def test_messages_are_counted_as_grep_counts_them(self):
        kinds = ("connection to 10.0.0.%d:5432 refused", "cache miss for key user:%d", "order %d is paid, \"thank you\"", "worker %d is (almost) idle")
        self.log.write_text("".join(kinds[i % 7 % 4] % i + "\n" for i in range(1000)))
        metric = next(metric for metric in self.init()["metric"] if metric["name"] == "log_messages_total")
        counted = self.counted("log_messages_total", "kind")
        self.assertEqual({"connection_refused", "cache_miss_key", "order_paid", "worker_almost_idle"}, set(counted))
        patterns = re.findall(r"""message\.matches\(r(["'])(.*)\1\) \? "(\w+)" :""", metric["labels"]["kind"])
        self.assertEqual(4, len(patterns))
        for _, pattern, kind in patterns:
            grep = subprocess.run(["grep", "-cP", pattern, self.log], capture_output=True, text=True, check=False)
            self.assertEqual(int(grep.stdout), counted[kind], kind)
            self.assertGreater(counted[kind], 100)

    def test_a_file_is_not_overwritten(self):
        self.write(lambda i: {"ts": i})
        self.config.write_text("mine")
        done = self.leeway("init", "--output", self.config, self.log)
        self.assertEqual((2, "mine"), (done.returncode, self.config.read_text()))
        self.assertIn("--force", done.stderr)

    def test_an_absent_or_empty_file_is_an_error(self):
        self.assertNotEqual(0, self.leeway("init", self.log).returncode)
        for content in (b"", b"\0\0\0", b"\x1f\x8b\x08\0\0\0"):
            self.log.write_bytes(content)
            self.assertEqual(2, self.leeway("init", self.log).returncode)


if __name__ == "__main__":
    unittest.main()
