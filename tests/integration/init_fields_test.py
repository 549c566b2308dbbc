#!/usr/bin/env python3
"""What `leeway init` takes fields for: levels, durations and their units, numbers as texts, times, names of labels. The
files are made here, as loggers write them. LEEWAY_BIN names the binary; LEEWAY_INIT_FILES how many random ones are tried."""

import datetime
import gzip
import json
import os
import random
import re
import subprocess
import unittest

import harness
import init_test
import replay

BEGIN = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.timezone.utc)


def stamp(seconds, digits=0):
    time = BEGIN + datetime.timedelta(seconds=seconds)
    fraction = f".{time.microsecond:06}789"[:digits + 1] if digits else ""
    return time.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


class FieldsTest(init_test.InitTest):
    def config_of(self, records, strict=True):
        self.log.write_text("".join(json.dumps(record) + "\n" for record in records))
        return self.init(strict=strict)

    def slos(self, config):
        return {slo["name"]: slo for slo in config.get("slo", [])}

    def labels(self, config):
        return {name: text for metric in config["metric"] for name, text in metric.get("labels", {}).items()}


class RolesTest(FieldsTest):
    def test_a_record_of_loguru(self):
        source = random.Random(1)
        config = self.config_of([
            {"text": f"{stamp(i)} | INFO | request {i}\n",
             "record": {"elapsed": {"repr": "0:00:00.07", "seconds": 0.07 + i * 0.9},
                        "extra": {"took": source.uniform(0.01, 0.9)},
                        "file": {"name": "main.py", "path": source.choice(["/srv/app/main.py", "/srv/app/jobs.py"])},
                        "level": {"icon": "i" if i % 20 else "x", "name": "INFO" if i % 20 else "ERROR", "no": 20},
                        "message": f"request {i}", "time": {"repr": stamp(i, 6), "timestamp": BEGIN.timestamp() + i}}}
            for i in range(400)])
        self.assertEqual("record.extra.took", self.slos(config)["latency"]["value"])
        self.assertIn("level(record.level.name)", self.slos(config)["log_without_errors"]["good"])
        self.assertNotIn("record.elapsed", self.config.read_text())
        self.assertNotIn("record.file", self.config.read_text())
        self.assertNotIn("route", self.said)
        self.assertEqual({"info": 380, "error": 20}, self.counted("log_records_total", "level"))

    def test_durations_of_loggers(self):
        source = random.Random(2)
        waits = [source.uniform(0.001, 0.5) for _ in range(300)]
        levels = ["info" if i % 9 else "warn" for i in range(300)]
        loggers = {
            "slog": ([{"time": stamp(i, 9), "level": level.upper(), "msg": "done", "took": int(wait * 1e9)}
                      for i, (wait, level) in enumerate(zip(waits, levels))], "took / 1000000000.0"),
            "logrus": ([{"elapsed": int(wait * 1e9), "level": level, "msg": "done", "time": stamp(i)}
                        for i, (wait, level) in enumerate(zip(waits, levels))], "elapsed / 1000000000.0"),
            "zap": ([{"level": level, "ts": BEGIN.timestamp() + i + 0.25, "caller": f"api/http.go:{i % 3}", "msg": "done",
                      "latency": wait * 20} for i, (wait, level) in enumerate(zip(waits, levels))], "latency"),
            "zerolog": ([{"level": level, "elapsed": wait * 10, "time": stamp(i), "message": "done"}
                         for i, (wait, level) in enumerate(zip(waits, levels))], "elapsed / 1000.0"),
            "python": ([{"time": stamp(i, 6)[:-1] + "+00:00", "level": level.upper(), "msg": "done", "took": int(wait * 1e6)}
                        for i, (wait, level) in enumerate(zip(waits, levels))], "took / 1000000.0")}
        for logger, (records, value) in loggers.items():
            with self.subTest(logger):
                config = self.config_of(records)
                self.assertEqual(value, self.slos(config)["latency"]["value"])
                self.assertRegex(self.said, "to check `.*` is taken for .*seconds, because")
                self.assertNotIn("caller", self.labels(config))

    def test_what_grows_is_no_latency(self):
        config = self.config_of([{"time": stamp(i), "level": "info", "elapsed_seconds": 12.5 + i, "sent_bytes": 100 * i}
                                 for i in range(300)])
        self.assertNotIn("latency", self.slos(config))
        self.assertEqual({"log_records_total"}, {metric["name"] for metric in config["metric"]})

    def test_numbers_as_texts(self):
        statuses = ["500" if i % 25 == 0 else "404" if i % 10 == 0 else "200" for i in range(500)]
        config = self.config_of([
            {"time_iso8601": stamp(i)[:-1] + "+00:00", "remote_addr": f"10.0.0.{i % 200}", "request_method": "GET",
             "request_uri": f"/a/{i % 9}", "status": status, "request_time": f"{(i * 171 % 400) / 1000:.3f}",
             "upstream_response_time": "-" if i % 5 else "0.012", "body_bytes_sent": str(i * 37 % 900)}
            for i, status in enumerate(statuses)])
        self.assertEqual("time_iso8601", config["source"][0]["time"])
        self.assertEqual("int(status) < 500", self.slos(config)["availability"]["good"])
        self.assertEqual("double(request_time)", self.slos(config)["latency"]["value"])
        self.assertEqual({status: statuses.count(status) for status in set(statuses)},
                         self.counted("http_requests_total", "status"))
        self.assertEqual({"/a/{id}": 500 - statuses.count("404"), "other": statuses.count("404")},
                         self.counted("http_requests_total", "route"))
        self.assertRegex(self.said, "route +request_uri")

    def test_a_whole_request_line_in_a_field(self):
        lines = ("GET /items/{0} HTTP/1.1", "POST /orders HTTP/1.1", "GET /health HTTP/2.0", "\x16\x03\x01")
        self.config_of({"time": stamp(i), "request": lines[i % 7 % 4].format(i), "status": 400 if i % 7 == 3 else 200,
                        "request_time": 0.001 * (i * 37 % 100)} for i in range(700))
        self.assertEqual({"GET": 400, "POST": 200, "": 100}, self.counted("http_requests_total", "method"))
        self.assertEqual({"/items/{id}": 200, "/orders": 200, "/health": 200, "other": 100},
                         self.counted("http_requests_total", "route"))

    def test_numbers_of_levels_of_python(self):
        self.config_of({"asctime": stamp(i), "levelno": (10, 20, 20, 30, 40)[i % 5], "msg": "done"} for i in range(500))
        self.assertEqual({"debug": 100, "info": 200, "warning": 100, "error": 100}, self.counted("log_records_total", "level"))

    def test_a_request_without_an_answer_is_no_success(self):
        statuses = [None if i % 40 == 0 else 499 if i % 50 == 0 else 0 if i % 60 == 1 else 503 if i % 70 == 2 else 200
                    for i in range(600)]
        bad = sum(status != 200 for status in statuses)
        config = self.config_of([{"time": stamp(i), "method": "GET", "path": f"/a/{i % 9}", "status": status}
                                 for i, status in enumerate(statuses)])
        self.assertIn(f"{sum(status in (None, 0, 499) for status in statuses)} of 600 requests have no answer", self.said)
        self.assertIn("requests have no answer", self.config.read_text())
        self.assertNotIn("when", self.slos(config)["availability"])
        samples = replay.counters(self.directory, self.config.read_text())
        total = {name: sum(value for (sample, labels), value in samples.items()
                           if sample == name and ("slo", "availability") in labels)
                 for name in ("leeway_slo_events_total", "leeway_slo_bad_events_total")}
        self.assertEqual({"leeway_slo_events_total": 600, "leeway_slo_bad_events_total": bad}, total)
        self.assertEqual(statuses.count(None), self.counted("http_requests_total", "status")["none"])

    def test_a_mark_instead_of_a_status(self):
        statuses = ["-" if i % 20 == 0 else "404" if i % 7 == 0 else "200" for i in range(400)]
        config = self.config_of([{"time": stamp(i), "path": f"/a/{i % 9}", "status": status} for i, status in enumerate(statuses)])
        self.assertEqual('!(status in ["", "-"]) && int(status) < 500', self.slos(config)["availability"]["good"])
        self.assertEqual({status: statuses.count(status) for status in set(statuses)},
                         self.counted("http_requests_total", "status"))

    def test_records_without_a_status_are_no_requests_if_nothing_says_so(self):
        config = self.config_of([{"time": stamp(i), "level": "info", "path": f"/a/{i % 9}" if i % 3 == 0 else None,
                                  "status": 200 if i % 3 == 0 else None} for i in range(600)])
        self.assertEqual("status < 500", self.slos(config)["availability"]["good"])
        self.assertNotIn("no answer", self.said)

    def test_a_sample_of_an_incident_makes_no_objective(self):
        config = self.config_of([{"time": stamp(i), "level": "error" if i % 8 < 3 else "info"} for i in range(400)])
        self.assertEqual({}, self.slos(config))
        self.assertRegex(self.said, "to check app: no objective for log_without_errors: only 62.5 % .* like an incident")
        self.assertIn("looks like an incident", self.config.read_text())

    def test_amounts_are_sums_by_currency(self):
        currencies = ["USD" if i % 3 else "EUR" for i in range(300)]
        config = self.config_of([{"time": stamp(i), "amount": 0.25, "currency": currency, "cpu": f"{i % 90}%"}
                                 for i, currency in enumerate(currencies)])
        self.assertIn("`cpu` is a percentage in a text, which `ratio(cpu)` reads", self.said)
        self.assertEqual("amount", {metric["name"]: metric.get("value") for metric in config["metric"]}["amount_total"])
        self.assertEqual({currency: currencies.count(currency) // 4 for currency in set(currencies)},
                         self.counted("amount_total", "currency"))

    def test_a_message_that_all_records_have_is_no_counter(self):
        config = self.config_of([{"time": stamp(i), "level": "info" if i % 20 else "error", "msg": "request completed"}
                                 for i in range(300)])
        self.assertEqual(["log_records_total"], [metric["name"] for metric in config["metric"]])

    def test_traces_between_objects_go_on_with_the_record(self):
        lines = []
        for i in range(200):
            lines.append(json.dumps({"level": 50 if i % 29 == 3 else 30, "time": int(BEGIN.timestamp() + i) * 1000,
                                     "msg": "done"}))
            lines += ["Error: boom", "    at foo (/srv/a.js:1:2)"] * (i % 29 == 3)
        self.log.write_text("\n".join(lines) + "\n")
        self.assertEqual("traces", self.init()["source"][0]["multiline"])
        self.assertEqual({"error": 7, "info": 193}, self.counted("log_records_total", "level"))


class TimesTest(FieldsTest):
    def test_the_time_goes_on_from_record_to_record(self):
        source = random.Random(3)
        config = self.config_of([{"date": "2026-11-30", "created_at": stamp(-source.uniform(0, 9 * 86400), 6),
                                  "msg": "order", "logged": stamp(i * 20), "expires_at": stamp(i * 20 + 86400 * 30)}
                                 for i in range(400)])
        self.assertEqual("logged", config["source"][0]["time"])
        self.assertRegex(self.said, "`logged` is taken for the time, because `created_at` goes back and forth")

    def test_a_named_time_stays_where_it_goes_on_too(self):
        config = self.config_of([{"start_time": stamp(i - 0.5, 6), "time": stamp(i, 6), "msg": "order"} for i in range(400)])
        self.assertEqual("time", config["source"][0]["time"])


class NamesTest(FieldsTest):
    """`check --strict` refuses nothing that init writes, whatever fields are called."""

    RESERVED = ["job", "instance", "le", "quantile", "overflow", "slo", "window", "tier", "severity", "team", "alertname",
                "alertstate", "__name__", "true", "false", "null", "in", "has", "route", "level", "source", "json",
                "default", "duration", "int", "string", "and", "or", "not", "exists", "name", "type", "path", "format",
                "time", "when", "value", "labels", "up", "go", "process_bytes", "leeway_bytes", "counter_bytes", "a.b",
                "a_b", "a-b", "a b", "A.B", "", " ", ".", "_", "1", "1st", "9_bytes", "it's", 'say "hi"', "both ' and \"",
                "back\\slash", "${HOME}", "$x", "$${y}", "é", "日本", "camelCase", "ns.ms_bytes", "a#b", "a=b", "[x]", "x]",
                "\t", "line\nbreak", "nul\u0000", "esc\u001b[1m", "a" * 200, "%s", "{{ x }}", "status", "code", "msg"]

    def value_of(self, kind, source):
        return {"word": lambda: source.choice(["red", "green", "blue"]), "number": lambda: source.uniform(0, 50),
                "int": lambda: source.randrange(100), "text": lambda: str(source.randrange(100)),
                "bool": lambda: source.random() < 0.5,
                "status": lambda: source.choice([200, 200, 200, 404, 500]), "duration": lambda: f"{source.uniform(0, 50):.3f}ms",
                "level": lambda: source.choice(["info", "info", "error"]), "null": lambda: source.choice([None, "a", "b"])}[kind]()

    def try_names(self, names, source, alone=False):
        """Records with these fields, of which some are amounts, levels and the like by their suffixes."""
        kinds = ["word"] if alone else ["word", "number", "int", "text", "bool", "status", "duration", "level", "null"]
        fields = {}
        for name in names:
            suffix = "" if alone else source.choice(["", "", "", "_bytes", "_ms", "_status", ".level"])
            fields[name + suffix] = source.choice(kinds)
        nested = not alone and source.random() < 0.3
        lines = []
        for i in range(200):
            record = {name: self.value_of(kind, source) for name, kind in fields.items()}
            if nested:
                record = {"outer.x" if i % 2 else "outer": record, **record}
            lines.append(json.dumps({"ts": BEGIN.timestamp() + i, **record}))
        self.log.write_text("\n".join(lines) + "\n")
        done = self.leeway("init", "--output", self.config, "--force", self.log)
        self.assertEqual(0, done.returncode, (names, done.stderr))
        check = self.leeway("check", "--config.file", self.config)
        self.assertEqual(0, check.returncode, (names, check.stdout, check.stderr, self.config.read_text()))

    def test_reserved_names_are_no_labels(self):
        for name in ("job", "instance", "le", "quantile", "overflow", "slo", "severity", "alertname"):
            with self.subTest(name):
                config = self.config_of([{"time": stamp(i), name: "ab"[i % 2]} for i in range(200)])
                self.assertEqual({f"{name}_name"}, set(self.labels(config)))
        config = self.config_of([{"time": stamp(i), "a.b": "xy"[i % 2], "a_b": "xyz"[i % 3]} for i in range(200)])
        self.assertEqual({"a_b", "a_b_2"}, set(self.labels(config)))

    def test_each_name(self):
        source = random.Random(4)
        for begin in range(0, len(self.RESERVED), 2):
            self.try_names(self.RESERVED[begin:begin + 2], source, alone=True)

    def test_long_names(self):
        self.config_of({"time": stamp(i), "a" * 200 + "_ms": i * 37 % 100} for i in range(200))
        for name in ("b" * 200 + ".log", "c" * 200 + ".log"):
            (self.directory / name).write_text(self.log.read_text())
        self.init(self.directory)

    def test_random_names(self):
        source = random.Random(int(os.environ.get("LEEWAY_SEED", "5")))
        letters = "abcxyzAZ019._-:/ $%#'\"\\[](){}@=,;!?*~éß日\t"
        for _ in range(int(os.environ.get("LEEWAY_INIT_FILES", "12"))):
            names = [source.choice(self.RESERVED) if source.random() < 0.5 else
                     "".join(source.choices(letters, k=source.randrange(0, 12))) for _ in range(source.randrange(1, 9))]
            with self.subTest(names):
                self.try_names(names, source)

    def test_names_of_files(self):
        for name in ("a[1] b*.log", "${HOME}.log", "back\\slash?.log", "it's.log", "process_x.log", "duration_ms.log",
                     "job.log", "go.log"):
            with self.subTest(name):
                log = self.directory / name
                log.write_text("".join(json.dumps({"time": stamp(i), "level": "info"}) + "\n" for i in range(50)))
                self.init(log)
                self.assertEqual({"info": 50}, self.counted("log_records_total", "level"))
                other = self.directory / "other.log"
                other.write_text(log.read_text())
                self.init(log, other)

    def test_a_table_with_wildcards_in_its_name(self):
        table = self.directory / "a[1].csv"
        table.write_text("x,y\n" + "".join(f"{i},{i * 2}\n" for i in range(50)))
        self.init(table)
        self.assertIn("50 rows", self.config.read_text())


class UnreadableTest(FieldsTest):
    def test_one_that_cannot_be_read_leaves_the_others(self):
        self.log.write_text("".join(json.dumps({"time": stamp(i), "level": "info"}) + "\n" for i in range(50)))
        broken = self.directory / "broken.log.gz"
        broken.write_bytes(gzip.compress(b"x" * 5000)[:20])
        done = self.leeway("init", "--output", self.config, self.log, broken)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("broken.log is skipped: ", done.stderr)
        self.assertIn('name = "app"', self.config.read_text())
        alone = self.leeway("init", broken)
        self.assertEqual((74, ""), (alone.returncode, alone.stdout))


class CompressedTest(FieldsTest):
    def test_what_is_next_works(self):
        log = self.directory / "app.log.gz"
        lines = "".join(json.dumps({"time": stamp(i), "level": "info"}) + "\n" for i in range(50))
        log.write_bytes(gzip.compress(lines.encode()))
        done = self.leeway("init", "--output", self.config, log)
        self.assertEqual(0, done.returncode, done.stderr)
        command = re.search(r"^  (gzip .*leeway replay .*)$", done.stderr, re.MULTILINE)
        self.assertIsNotNone(command, done.stderr)
        run = subprocess.run(["/bin/sh", "-c", command[1].replace("leeway replay", f"{harness.LEEWAY} replay")],
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(0, run.returncode, run.stderr)
        self.assertIn('log_records_total{level="info"} 50', run.stdout)
        check = re.search(r"^  leeway (check .*)$", done.stderr, re.MULTILINE)[1].split()
        checked = self.leeway(*check, "--strict")
        self.assertEqual(0, checked.returncode, checked.stdout)


if __name__ == "__main__":
    unittest.main()
