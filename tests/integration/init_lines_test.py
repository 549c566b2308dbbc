#!/usr/bin/env python3
"""Lines of many forms for which `init` once wrote numbers that are not those of the log. LEEWAY_BIN names the binary."""

import os
import unittest

import init_test
import replay


def stamps(count):
    return [f"2026-11-30T{18 + i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}Z" for i in range(count)]


class InitLinesTest(init_test.InitTest):
    def write(self, lines):
        self.log.write_text("".join(line + "\n" for line in lines))

    def samples(self):
        return replay.counters(self.directory, self.config.read_text())

    def total(self, name):
        return sum(value for (one, _), value in self.samples().items() if one == name)

    def test_durations_in_several_units_are_one_histogram(self):
        took = ["12.3ms", "880µs", "1.2s"]
        self.write(f"{stamp} GET /x 200 {took[i % 3]}" for i, stamp in enumerate(stamps(300)))
        self.init()
        self.assertEqual({"200": 300}, self.counted("http_requests_total", "status"))
        samples = self.samples()
        self.assertEqual(300, samples[("http_request_duration_seconds_count", ())])
        self.assertAlmostEqual(121.318, samples[("http_request_duration_seconds_sum", ())], delta=1e-6)

    def test_the_latency_is_that_of_the_whole_request(self):
        line = "203.0.113.7:605 [30/Nov/2026:18:00:{:02}.459] web~ items/s1 3/5/10/200/{} 200 283 - - ---- 1/1/0/0/0 0/0 \"GET /i HTTP/1.1\""
        self.write(line.format(i % 60, 700 + i % 2) for i in range(300))
        histogram = [metric for metric in self.init()["metric"] if metric["type"] == "histogram"][0]
        self.assertEqual("duration", histogram["value"])
        self.assertAlmostEqual(300 * 0.7005, self.samples()[("http_request_duration_seconds_sum", ())], delta=1e-6)
        self.assertNotIn("taken for", self.said)

    def test_pairs_behind_a_time(self):
        for more in ("", " host=a.b request_id=x0 dyno=web.0 bytes=17 connect=1ms protocol=https"):
            with self.subTest(more):
                self.write(f'{stamp} at=info method=GET path="/u/{i}" status={200 + 303 * (i % 2)}{more}' for i, stamp in enumerate(stamps(100)))
                source = self.init()["source"][0]
                self.assertEqual(("logfmt", None), (source["format"], source.get("multiline")))
                self.assertEqual({"200": 50, "503": 50}, self.counted("http_requests_total", "status"))
                last = [value for (name, _), value in self.samples().items() if name == "leeway_source_last_record_timestamp_seconds"]
                self.assertEqual([1796061699], last)

    def test_what_follows_an_access_line(self):
        line = '203.0.113.7 - - [30/Nov/2026:18:00:00 +0000] "GET /i HTTP/1.1" 200 2 "-" "curl/8"'
        for tail in (' rt=0.25 uct="-" urt="0.125"', " rt=0.250 urt=0.125", " 0.250", " 0.250 -"):
            with self.subTest(tail):
                self.write([line + tail] * 100)
                self.init()
                if "0.25 " not in tail:
                    self.assertAlmostEqual(25, self.samples()[("http_request_duration_seconds_sum", ())])
                self.assertEqual({"200": 100}, self.counted("http_requests_total", "status"))

    def test_lines_of_details_belong_to_the_record_before_them(self):
        for before in ("UTC [9] ", "CET [9] ", "UTC [9] app@shop "):
            for details in ("DETAIL", "DETAIL STATEMENT HINT CONTEXT"):
                with self.subTest(before=before, details=details):
                    lines = []
                    for i, stamp in enumerate(stamps(300)):
                        begin = f"{stamp[:10]} {stamp[11:19]}.123 {before}"
                        level = "ERROR" if i % 3 else "LOG"
                        lines.append(f"{begin}{level}:  text {i}")
                        lines += [f"{begin}{detail}:  Key ({i})" for detail in details.split() if level == "ERROR"]
                    self.write(lines)
                    self.init()
                    self.assertEqual({"error": 200, "info": 100}, self.counted("log_records_total", "level"))

    def test_counters_of_messages_count_those_with_traces(self):
        lines = []
        for i, stamp in enumerate(stamps(1000)):
            lines.append(f"{stamp} {'ERROR' if i % 12 == 0 else 'INFO '} 1 --- [shop] [exec-1] c.e.shop.Orders : Order {i} took {i} ms")
            if i % 100 == 1:
                lines += ["java.lang.IllegalStateException: bad", "\tat c.e.shop.Orders.take(Orders.java:7)"]
        self.write(lines)
        when = [metric for metric in self.init()["metric"] if metric["name"] == "log_order_took_total"]
        self.assertEqual(1 if when else 0, len(when))
        if when:
            self.assertEqual(1000, self.total("log_order_took_total"))

    def test_durations_of_other_records_are_none_of_requests(self):
        lines = []
        for stamp in stamps(200):
            lines += ['203.0.113.7 - - [30/Nov/2026:18:00:00 +0000] "GET /i HTTP/1.1" 200 2 "-" "curl/8"',
                      f'{{"time": "{stamp}", "level": "info", "msg": "ok", "ms": 7}}']
        self.write(lines)
        names = [metric["name"] for metric in self.init()["metric"]]
        self.assertNotIn("http_request_duration_seconds", names)
        self.assertIn("duration_seconds", names)

    def test_a_zone_that_is_named_is_none_to_check(self):
        self.write(f"{stamp[:10]} {stamp[11:19]} UTC [99] LOG:  text {i}" for i, stamp in enumerate(stamps(100)))
        self.init()
        self.assertNotIn("have no zone", self.said)

    def test_a_zone_by_its_abbreviation(self):
        for zone, hours in (("CET", 1), ("IST", 5.5), ("MSK", 3), ("EST", -5)):
            for form in ("{} {} INFO did {}", "{} {} [ERROR] did {}", "[{} {}] WARN: did {}"):
                with self.subTest(zone=zone, form=form):
                    self.write(form.format(stamp[:10] + " " + stamp[11:19], zone, i) for i, stamp in enumerate(stamps(100)))
                    self.init()
                    self.assertIn(f"`{zone}` in its times is taken for the zone", self.said)
                    self.assertNotIn("no zone", self.said)
                    last = [value for (name, _), value in self.samples().items() if name == "leeway_source_last_record_timestamp_seconds"]
                    self.assertEqual([1796061699 - hours * 3600], last)
                    self.assertEqual(100, self.total("log_records_total"))

    def test_an_access_duration_that_may_be_milliseconds(self):
        line = '10.0.0.1 - - [30/Nov/2026:21:00:02 +0100] "GET /a HTTP/1.1" 200 4663 "-" "curl/7" {}'
        for least, doubts in ((20, True), (20000, False)):
            self.write(line.format(least + i * 97 % 380) for i in range(100))
            self.init()
            self.assertEqual(doubts, "{duration:ms}" in self.said, self.said)

    def test_a_date_whose_day_may_be_its_month(self):
        self.write(f"03/04/2026 10:00:{i} INFO job done" for i in range(10, 60))
        self.init()
        self.assertIn("its dates are read as", self.said)
        self.write(f"03/{13 + (i - 10) // 25}/2026 10:00:{i} INFO job done" for i in range(10, 60))
        self.init()
        self.assertNotIn("its dates are read as", self.said)

    def test_a_machine_before_the_time_may_be_another_one(self):
        self.write(f"web{i % 2} {stamp} shop ERROR payment {i} failed" for i, stamp in enumerate(stamps(200)))
        self.init()
        self.assertEqual({"error": 200}, self.counted("log_records_total", "level"))

    def test_data_behind_a_text_with_time_and_level(self):
        for form in ('{0}T{1}Z {2} order failed {{"user":{3},"level":3}}', '{0} {1} {2} Order {3} failed {{"user":{3}}}',
                     '[{0} {1}] production.{2}: Order {3} failed {{"user":{3}}} '):
            with self.subTest(form):
                self.write(form.format(stamp[:10], stamp[11:19], ["ERROR", "INFO"][i % 2], i) for i, stamp in enumerate(stamps(100)))
                self.init()
                self.assertEqual({"error": 50, "info": 50}, self.counted("log_records_total", "level"))
                self.assertEqual(1796061699, self.total("leeway_source_last_record_timestamp_seconds"))
                self.assertIn("the objects at the ends of its lines", self.said)

    def test_objects_behind_a_text_with_a_level_or_a_time_of_their_own(self):
        for own in ('"level":"error"', '"time":"2026-11-30T18:00:01Z"'):
            with self.subTest(own):
                self.write(f'{stamp} INFO app {{"n":{i},{own}}}' for i, stamp in enumerate(stamps(100)))
                self.assertEqual(("json", True), tuple(self.init()["source"][0][key] for key in ("format", "prefix")))

    def test_levels_of_opentelemetry(self):
        for name in ("SeverityText", "severity_text"):
            with self.subTest(name):
                self.write(f'{{"Timestamp":"{stamp}","{name}":"{["ERROR", "INFO"][i % 2]}","SeverityNumber":{17 - i % 2 * 8},"Body":"x"}}'
                           for i, stamp in enumerate(stamps(100)))
                self.init()
                self.assertEqual({"error": 50, "info": 50}, self.counted("log_records_total", "level"))

    def test_a_level_before_a_bar_is_no_container(self):
        for form in ("{0:5} | {1} | did {2}", "{0} | {1} | did {2}"):
            for day in ("", "2026-11-30 "):
                with self.subTest(form=form, day=day):
                    self.write(form.format(["ERROR", "INFO"][i % 2], day + stamp[11:19], i) for i, stamp in enumerate(stamps(100)))
                    self.assertNotIn("container", self.init()["source"][0])
                    self.assertEqual({"error": 50, "info": 50}, self.counted("log_records_total", "level"))

    def test_a_level_that_is_left_out_is_information(self):
        error = ',"@l":"Error"'
        self.write(f'{{"@t":"{stamp}","@mt":"did it"{error if i % 4 == 0 else ""}}}' for i, stamp in enumerate(stamps(100)))
        metric = self.init()["metric"][0]
        self.assertNotIn("when", metric)
        self.assertEqual({"error": 25, "info": 75}, self.counted("log_records_total", "level"))

    def test_what_lines_tell_and_nothing_reads_is_said(self):
        lines = {"words of levels, such as `ERROR`": "{0} shard{1} is {2}",
                 "words of levels, such as `warning`": "{0} shard{1} is {3}",
                 "{{status:int}} for lines such as `{0} INFO sent GET /a password=<token> for b": "{0} INFO sent GET /a password=x{1} for b as 200",
                 "{{took:duration}} for lines such as `{0} INFO abc0x (7ms)`": "{0} INFO abc{1}x (7ms)"}
        for said, form in lines.items():
            with self.subTest(said):
                self.write(form.format(stamp, i, ["on", "off", "in ERROR"][i % 3], ["on", "off", "hot, a warning: stop"][i % 3]) for i, stamp in enumerate(stamps(100)))
                self.init()
                self.assertIn(said.format(stamps(1)[0]), self.said)

    def test_what_lines_tell_and_the_proposal_reads_is_not_said(self):
        self.write(f"{stamp} ERROR GET /a 200 {i % 9} ms" for i, stamp in enumerate(stamps(100)))
        self.init()
        for said in ("words of levels", "tell of requests", "hold a duration"):
            self.assertNotIn(said, self.said)

    def test_a_few_negative_durations_are_left_out(self):
        for form in ("{}", '"{}"'):
            with self.subTest(form):
                self.write(f'{{"time":"{stamp}","level":"info","elapsed_ms":{form.format(-1 if i % 50 == 0 else 5 + i % 3)}}}'
                           for i, stamp in enumerate(stamps(200)))
                self.init()
                self.assertEqual(196, self.total("duration_seconds_count"))
                expected = sum(5 + i % 3 for i in range(200) if i % 50) / 1e3
                self.assertAlmostEqual(expected, self.total("duration_seconds_sum"), delta=1e-6)
                self.assertIn("below 0 in 4 of 200 records", self.said)

    def test_requests_in_the_messages_of_other_loggers(self):
        reasons = ["200 OK", "500 Internal Server Error"]
        for form in ("{0} [INF] HTTP GET /api/users responded {1:.3} in {2}.50 ms", "{0} INFO Completed {1} in {2}.5ms (Views: 0.1ms)",
                     "{0} INFO Completed {1} in {2}.5ms"):
            with self.subTest(form):
                self.write(form.format(stamp, reasons[i % 2], i % 80) for i, stamp in enumerate(stamps(100)))
                self.init()
                name = "http_requests_total" if "GET" in form else "requests_total"
                self.assertEqual({"200": 50, "500": 50}, self.counted(name, "status"))
                took = sum(value for (one, _), value in self.samples().items() if one.endswith("request_duration_seconds_sum"))
                took = took or self.total("duration_seconds_sum")
                self.assertAlmostEqual(sum(i % 80 + 0.5 for i in range(100)) / 1e3, took, delta=1e-6)

    def test_a_time_with_a_comma(self):
        form = "[Nest] 42  - 11/30/2026, {0}{1} PM     {2} [Orders] placed {3}"
        self.write(form.format(int(stamp[11:13]) - 12, stamp[13:19], ["ERROR", "WARN"][i % 2], i) for i, stamp in enumerate(stamps(100)))
        self.init()
        self.assertEqual({"error": 50, "warning": 50}, self.counted("log_records_total", "level"))
        self.assertEqual(1796061699, self.total("leeway_source_last_record_timestamp_seconds"))

    def test_a_date_without_a_year_behind_a_level_is_said(self):
        self.write(f"INFO 11-30 {stamp[11:19]} [metrics.py:455] text {i}" for i, stamp in enumerate(stamps(100)))
        self.init()
        self.assertIn("have no year", self.said)

    def test_a_pipe_is_said_to_be_one(self):
        os.mkfifo(self.log)
        done = self.leeway("init", self.log)
        self.assertEqual(2, done.returncode)
        self.assertIn("is a pipe", done.stderr)

    def test_half_of_a_line_is_not_counted(self):
        self.write(f'{{"ts": "{stamp}", "level": "info"}}' for stamp in stamps(50))
        with self.log.open("a") as log:
            log.write('{"ts": "2026-11-30T1')
        self.init(strict=False)
        self.assertNotIn("no record", self.said)


if __name__ == "__main__":
    unittest.main()
