"""`leeway replay` as users see it: what it counts, prints and says, also on a terminal."""

import contextlib
import json
import os
import re
import subprocess
import unittest

import harness
from command import LINES, Files, leeway

OPENMETRICS_CHECK = """
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(sum(len(family.samples) for family in families))
"""


class ReplayTest(Files):
    def replay(self, *arguments):
        done = leeway("replay", "--config.file", self.config, *arguments)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def test_counts_everything_and_keeps_no_state(self):
        for _ in range(2):
            samples = harness.exposition.parse_samples(self.replay())
            self.assertEqual(100, harness.events(samples))
        self.assertFalse((self.directory / "state").exists())

    def test_goes_on_from_a_given_state(self):
        state = self.directory / "kept"
        self.replay("--state.dir", state)
        with self.log.open("a") as log:
            log.write(LINES + '{"ts": 1700000100, "code"')
        self.assertEqual(200, harness.events(harness.exposition.parse_samples(self.replay("--state.dir", state))))
        with self.log.open("a") as log:
            log.write(': 200, "ms": 1}\n')
        self.assertEqual(201, harness.events(harness.exposition.parse_samples(self.replay("--state.dir", state))))

    def test_says_what_it_left_out(self):
        self.log.write_text(LINES + 'no JSON\n{"ts": 1700000100, "code": "x", "ms": "long"}\n')
        done = leeway("replay", "--config.file", self.config)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("source 'app': a line was rejected as not_an_object, such as: no JSON\n", done.stderr)
        self.assertRegex(done.stderr, r"metric '\w+': a record was not counted \(\w+\)")
        self.log.write_text(LINES.replace('"ts": 1', '"ts": "x1', 1).replace(', "code"', '", "code"', 1))
        self.assertIn("source 'app': 1 records count, although something is wrong with them: time_invalid",
                      leeway("replay", "--config.file", self.config).stderr)
        self.log.write_text("no JSON\n")
        self.assertIn("source 'app': none of its 8 bytes became a record\n", leeway("replay", "--config.file", self.config).stderr)

    def test_says_where_to_look_if_no_record_matched(self):
        self.config.write_text(self.config.read_text() + '''
[[metric]]
name = "refunds_total"
type = "counter"
help = "Refunds."
when = "code == 900"
labels = ["code"]
[[metric]]
name = "returns_total"
type = "counter"
help = "Without labels it is there from the start."
when = "code == 901"
''')
        said = leeway("replay", "--config.file", self.config).stderr
        for name in ("refunds_total", "returns_total"):
            self.assertIn(f"metric '{name}': no record matched; `leeway explain {name} -c {self.config}` shows what it asks for\n", said)
        self.assertEqual(2, said.count("no record matched"))
        explained = leeway("explain", "refunds_total", "--config.file", self.config)
        self.assertEqual(0, explained.returncode, explained.stderr)

    def test_says_how_many_records_are_late_or_in_the_future(self):
        last = json.loads(LINES.splitlines()[-1])
        late = dict(last, ts=last["ts"] - 10 * 365 * 86400)
        future = dict(last, ts=4_000_000_000)
        self.log.write_text(LINES + "".join(json.dumps(record) + "\n" for record in (late, future, future)))
        said = leeway("replay", "--config.file", self.config).stderr
        self.assertIn("source 'app': a record is further behind the newest one than `allowed_lateness`, such as one of 2013-", said)
        self.assertIn("source 'app': 2 records are further in the future than `allowed_future`, such as one of 2096-10-02T07:06:40Z\n",
                      said)

    def test_a_last_line_without_its_end_counts(self):
        self.log.write_text(LINES[:-1])
        self.assertEqual(100, harness.events(harness.exposition.parse_samples(self.replay())))

    def test_until(self):
        samples = harness.exposition.parse_samples(self.replay("--until", "2023-11-14T22:13:29Z"))
        self.assertEqual(10, harness.events(samples))

    def test_formats(self):
        self.assertIn("100 records", self.replay("--format", "summary"))
        page = self.replay("--format", "openmetrics", "--internal-metrics")
        self.assertTrue(page.endswith("# EOF\n"))
        parsed = subprocess.run(["/usr/bin/python3", "-c", OPENMETRICS_CHECK], input=page, capture_output=True, text=True)
        self.assertEqual(0, parsed.returncode, parsed.stderr)
        self.assertGreater(int(parsed.stdout), 30)

    def on_terminal(self, *arguments, stream="stdout", **environment):
        """What replay prints where standard output, or standard error, is a terminal."""
        ours, theirs = os.openpty()
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: theirs}
        process = subprocess.Popen([harness.LEEWAY, "replay", "--config.file", self.config, *arguments], **streams,
                                   env={**os.environ, "TERM": "xterm", **environment})
        os.close(theirs)
        text = b""
        with contextlib.suppress(OSError), open(ours, "rb", buffering=0) as terminal:  # at the end, EIO
            while part := terminal.read(65536):
                text += part
        self.assertEqual(0, process.wait(timeout=60))
        return text.decode().replace("\r\n", "\n")

    def test_the_summary_cuts_identifiers_where_no_difference_is_hidden(self):
        for ids, cut in ((["ab" * 32, "cd" * 32], True), (["ab" * 32, "ab" * 31 + "cd"], False), (["AB" * 32], False)):
            self.log.write_text("".join(json.dumps({"id": i, "path": "/" + "x" * (30 + 10 * n)}) + "\n" for n, i in enumerate(ids)))
            self.config.write_text(f"""[[source]]
name = "app"
type = "log"
path = "{self.log}"
format = "json"
[[metric]]
name = "lines_total"
type = "counter"
labels = ["id", "path"]
""")
            lines = [line for line in self.replay("--format", "summary").splitlines() if line.startswith("  {id=")]
            self.assertEqual(len(ids), len(lines))
            for i in ids:
                self.assertIn(f'id="{i[:12]}..."' if cut else f'id="{i}"', "".join(lines), lines)
            self.assertEqual(1, len({len(line) for line in lines}), lines)  # the numbers are aligned

    def test_a_terminal_gets_the_summary(self):
        coloured, plain = self.on_terminal(NO_COLOR=""), self.on_terminal(NO_COLOR="1")
        self.assertIn("\x1b[1mobjectives\x1b[0m", coloured)
        self.assertEqual(plain, re.sub(r"\x1b\[\d+m", "", coloured))
        self.assertEqual(plain, self.on_terminal(TERM="dumb"))
        self.assertEqual(plain, self.replay("--format", "summary"))
        self.assertRegex(plain, r"availability +90% good  100 events, 10 bad, -?[\d.e-]+% of the budget left, burns ")
        # Evenly between 0 and 0.1, as the one bucket says.
        self.assertIn("100 observations  mean 0.0495  p50 0.05  p95 0.095  p99 0.099\n", plain)
        self.assertIn("# TYPE requests_total counter", self.on_terminal("--format", "text"))
        self.assertIn("# TYPE requests_total counter", self.on_terminal("--internal-metrics"))

    def test_a_terminal_gets_a_bar_that_is_gone_at_the_end(self):
        with open(self.log, "w") as log:
            log.write(LINES * 5000)  # half a million records, more than one redrawing
        drawn = self.on_terminal("--format", "text", stream="stderr")
        bars = re.findall(r"\r\[([#.]{24})\] +(\d+) %  \S+ ?\S* of \S+ ?\S*  \d+ lines/s  ETA \d+ s \x1b\[K", drawn)
        self.assertTrue(bars, drawn)
        self.assertEqual(sorted(bars, key=lambda bar: int(bar[1])), bars)
        self.assertTrue(drawn.endswith("\r\x1b[K"), drawn[-80:])
        self.assertNotIn("\x1b", self.on_terminal("--format", "text", stream="stderr", TERM="dumb"))
        self.assertNotIn("\x1b", leeway("replay", "--config.file", self.config).stderr)

    def test_times_of_creation_are_shown_on_request_and_only_in_openmetrics(self):
        def created(*arguments):
            return re.findall(r"^(\w+_created)\b", self.replay("--internal-metrics", *arguments), re.MULTILINE)
        self.assertEqual([], created("--format", "openmetrics"))
        self.config.write_text("[agent]\ncreated_samples = true\n" + self.config.read_text().replace("[agent]\n", ""))
        self.assertEqual([], created())
        self.assertEqual({"requests_created", "request_duration_seconds_created", "leeway_slo_events_created",
                          "leeway_slo_bad_events_created", "leeway_slo_unjudged_records_created"}, set(created("--format", "openmetrics")))

    def test_promtool_has_nothing_to_say(self):
        done = subprocess.run(["promtool", "check", "metrics"], input=self.replay("--internal-metrics"),
                              capture_output=True, text=True)
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))

    def test_no_file_and_no_output_are_errors(self):
        done = leeway("replay", "--config.file", self.config, "--source.path", f"app={self.directory}/none.log")
        self.assertEqual(74, done.returncode)
        self.assertIn("no file", done.stderr)
        with open("/dev/full", "w") as full:
            done = subprocess.run([harness.LEEWAY, "replay", "--config.file", str(self.config)], stdout=full,
                                  stderr=subprocess.PIPE, text=True)
        self.assertEqual(74, done.returncode)
        self.assertIn("standard output", done.stderr)


if __name__ == "__main__":
    unittest.main()
