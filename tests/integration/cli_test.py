"""The command line as users see it: exit codes, messages, formats, reload, shutdown."""

import contextlib
import html
import json
import math
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import unittest

import harness

LINES = "".join('{"ts": %d, "code": %d, "ms": %d}\n' % (1_700_000_000 + i, 500 if i % 10 == 0 else 200, i)
                for i in range(100))
OPENMETRICS_CHECK = """
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(sum(len(family.samples) for family in families))
"""


def leeway(*arguments, **options):
    return subprocess.run([harness.LEEWAY, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options)


class Files(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.log = self.directory / "app.log"
        self.log.write_text(LINES)
        self.config = self.directory / "leeway.toml"
        self.config.write_text(harness.CONFIG.format(directory=self.directory))

    def check_fails(self, text, *expected):
        self.config.write_text(text)
        done = leeway("check", "--config.file", self.config)
        self.assertEqual(2, done.returncode, done.stderr)
        for part in expected:
            self.assertIn(part, done.stderr)
        return done.stderr


class CheckTest(Files):
    def test_explains_a_good_configuration(self):
        done = leeway("check", "--config.file", self.config)
        self.assertEqual(0, done.returncode, done.stderr)
        # A month is longer than Prometheus' default retention.
        self.assertRegex(done.stderr, r"^warning: .*set \[rules\] retention accordingly\n$")
        for part in ("1 file matches", str(self.log), "requests_total{code}, at most 1000 series", "100 records, 0 rejected"):
            self.assertIn(part, done.stdout)
        burn = "60% of the events of 6h and of 30m are bad"
        self.assertNotIn(burn, done.stdout)
        self.assertIn(burn, leeway("check", "--config.file", self.config, "--verbose").stdout)

    def test_warns_of_a_reference_with_which_change_alarms_too_often(self):
        draw, level, rows = random.Random(1), 0, ["ms"]
        for _ in range(1200):
            level = 0.5 * level + draw.gauss(0, 0.75 ** 0.5)
            rows.append(f"{math.exp(level):.3f}")
        (self.directory / "table.csv").write_text("\n".join(rows) + "\n")
        for scale, warns in (("z", True), ("probability", False)):
            self.config.write_text(f"""
[[source]]
name = "table"
type = "file"
path = "{self.directory}/table.csv"
[[change]]
name = "latency"
value = "ms"
scale = "{scale}"
""")
            done = leeway("check", "--config.file", self.config)
            self.assertEqual((0, warns), (done.returncode, 'expected scale = "probability"' in done.stdout), done.stdout)

    def test_lists_the_variables_of_the_environment_without_their_values(self):
        text = self.config.read_text()
        self.assertIn(str(self.directory), text)
        text = text.replace(str(self.directory), "${LEEWAY_TEST_DIR}").replace('"app"', '"${LEEWAY_TEST_APP:-app}"')
        self.config.write_text(text)
        (self.directory / "secret").symlink_to(self.directory)
        environment = {**os.environ, "LEEWAY_TEST_DIR": f"{self.directory}/secret"}
        done = leeway("check", "--config.file", self.config, env=environment)
        self.assertEqual(0, done.returncode, done.stderr)
        line, = [line for line in done.stdout.splitlines() if line.startswith("environment:")]
        self.assertEqual("environment: LEEWAY_TEST_APP (default), LEEWAY_TEST_DIR", line)
        self.check_fails(text, "the environment variable LEEWAY_TEST_DIR is not set")

    def test_reports_every_error_at_its_place(self):
        errors = self.check_fails(
            '[[source]]\nname = "app"\ntype = "lgo"\npath = "x"\nformat = "json"\n'
            '[[metric]]\nname = "requests"\ntype = "counter"\nlables = ["x"]\n'
            '[[metric]]\nname = "a_total"\ntype = "counter"\nwhen = "x >"\n'
            '[[slo]]\nname = "s"\ngood = "ok"\nobjective = 99.9\n',
            "leeway.toml:3:", "did you mean 'log'?", "leeway.toml:7:", "_total", "leeway.toml:9:", "did you mean 'labels'?",
            "leeway.toml:13:", "unexpected end of the expression", "leeway.toml:17:", "did you mean 0.999?")
        self.assertEqual(5, errors.count(": error: "), errors)

    def test_metrics_that_are_one_family_in_openmetrics_are_refused(self):
        def metric(name, kind, value=""):
            return f'[[metric]]\nname = "{name}"\ntype = "{kind}"\n{value}'
        source = '[[source]]\nname = "a"\ntype = "log"\npath = "a.log"\nformat = "json"\n'
        for other, kind in (("jobs", "gauge"), ("jobs", "histogram"), ("jobs_bucket_total", "counter")):
            text = source + metric("jobs_total" if kind != "counter" else "jobs", "counter" if kind != "counter" else
                                   "histogram", "" if kind != "counter" else 'value = "n"\n')
            line = text.count("\n") + 2
            text += metric(other, kind, "" if kind == "counter" else 'value = "n"\n')
            self.check_fails(text, f"{self.config}:{line}:8: error: ", f"{kind} '{other}' collides with ", "'jobs")
            done = leeway("run", "--config.file", self.config, "--web.listen-address", "127.0.0.1:0")
            self.assertEqual((2, True), (done.returncode, "collides with" in done.stderr), done.stderr)

    def test_names_what_is_missing(self):
        self.check_fails("", "no [[source]]")
        self.check_fails("[[source]\n", "leeway.toml:1:")
        done = leeway("check", "--config.file", self.directory / "none.toml")
        self.assertIn(done.returncode, (2, 74))
        self.assertIn("none.toml", done.stderr)


class SampleTest(Files):
    """What `check` and `explain` say of the data."""

    def setUp(self):
        super().setUp()
        self.log.write_text("".join(json.dumps({"ts": 1_700_000_000 + i, "log.level": "error" if i % 10 == 0 else "info",
                                                "status": 500 if i % 10 == 0 else 200, "mail": "ann@example.org"}) + "\n"
                                    for i in range(60)) + 3 * "not a record of ann@example.org\n")
        self.state = self.directory / "state"
        self.config.write_text(f"""
[agent]
state_dir = "{self.state}"
[[source]]
name = "app"
type = "log"
path = "{self.log}"
format = "json"
time = "ts"
redact = ["email"]
[[metric]]
name = "errors_total"
type = "counter"
when = 'log.level == "error"'
[[metric]]
name = "failures_total"
type = "counter"
when = 'status == 500 && mail != ""'
[[metric]]
name = "fine_total"
type = "counter"
when = 'status != "500"'
labels = {{ env = "prod" }}
""")

    def test_silent_mistakes_are_named_at_their_places(self):
        done = leeway("check", "--config.file", self.config)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("60 records, 3 rejected, of 2023-11-14T22:13:20Z to 2023-11-14T22:14:19Z", done.stdout)
        found = done.stdout.partition("warnings and notes\n")[2]
        self.assertEqual(f"""\
{self.config}:8:10: warning: [[source]] 'app': 3 of 63 lines are no record (not_an_object), such as: not a record of <email>
{self.config}:14:8: warning: [[metric]] 'errors_total': `when` reads `log.level`, which is in 0 of 60 records; `["log.level"]` is in 60
{self.config}:22:8: warning: [[metric]] 'fine_total': `when`: `status` is a whole number in 60 of 60 records, compared with text "500": always true; expected `status != 500`
{self.config}:23:18: warning: [[metric]] 'fine_total': `labels.env` reads a field `prod`, which no record has; a constant text is written "'prod'"
""", found)
        self.assertNotIn("ann@", done.stdout)
        self.assertFalse(self.state.exists())

    def test_editors_get_an_array(self):
        done = leeway("check", "--config.file", self.config, "--format", "json", "--strict")
        self.assertEqual((1, ""), (done.returncode, done.stderr))
        found = json.loads(done.stdout)
        self.assertEqual([(8, 10), (14, 8), (22, 8), (23, 18)], [(each["line"], each["column"]) for each in found])
        self.assertEqual({"warning"}, {each["severity"] for each in found})
        self.config.write_text("[[source]]\nname = 5\n")
        done = leeway("check", "--config.file", self.config, "--format", "json")
        self.assertEqual((2, "error"), (done.returncode, json.loads(done.stdout)[0]["severity"]))

    def test_without_a_sample_nothing_is_said(self):
        done = leeway("check", "--config.file", self.config, "--no-sample", "--strict")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertNotIn("warning", done.stdout)

    def test_explain_shows_what_an_expression_takes(self):
        done = leeway("explain", "failures_total", "-c", self.config)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("""
  `when`
    &&
      ==
        status
        500
      !=
        mail
        ""
    true for 6 of 60 records
      taken: status = 500, mail = "<email>"
""", done.stdout)
        self.assertIn('      skipped: status = 200, mail = "<email>"\n', done.stdout)
        done = leeway("explain", "failure_total", "-c", self.config)
        self.assertEqual(2, done.returncode)
        self.assertIn("did you mean 'failures_total'?", done.stderr)

    def explain(self, name):
        done = leeway("explain", name, "-c", self.config)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertNotIn("ann@example.org", done.stdout)
        return done.stdout

    def test_explain_shows_the_fields_of_a_source(self):
        text = self.explain("app")
        self.assertIn("[[source]] 'app'\n", text)
        self.assertRegex(text, r"\n  read as json, tail of .*app\.log")
        self.assertIn("\n  time: `ts`, times without a zone are in UTC, from 2023-11-14T22:13:20Z to 2023-11-14T22:14:19Z\n", text)
        self.assertIn("\n  sample: 60 records, all there are\n  rejected as not_an_object: 3, such as: not a record of <email>\n", text)
        self.assertIn("\n    status: whole number, in 60 of 60 records, such as 500\n", text)
        self.assertIn('\n    mail: text, in 60 of 60 records, such as "<email>"\n', text)
        self.assertIn('\n    ["log.level"]: text, in 60 of 60 records, such as "error"; nothing reads it\n', text)

    def test_explain_shows_when_an_alert_fires_and_what_to_do(self):
        self.config.write_text(self.config.read_text() + '''
[rules]
job = "shop"
[[alert]]
name = "Failures"
metric = "failures_total"
increase_above = { limit = 5, window = "10m" }
for = "2m"
severity = "critical"
runbook = ["Look at the log.", "Call the team."]
[[panel]]
title = "Failures now"
description = "Failures."
promql = "rate(failures_total[5m])"
''')
        text = self.explain("Failures")
        self.assertIn("\n  fires when failures_total grew by more than 5 within 10m, for 2m; severity critical\n", text)
        self.assertIn("\n  reads failures_total (counter)", text)
        self.assertRegex(text, r'\n  PromQL\n    .*failures_total\{job="shop"\}')
        self.assertRegex(text, r"\n  it would fire with these samples, one every \S+\n    failures_total\S* +\S.*\n(    .*\n)*    at \d+m")
        self.assertIn("\n  step 1: Look at the log.\n  step 2: Call the team.\n", text)
        self.assertIn("  alert Failures: fires when failures_total grew", self.explain("failures_total"))
        self.assertIn("which `leeway rules` generates\n\n  fires when ", self.explain("LeewaySourceSilent"))
        self.assertIn("[[panel]] 'Failures now'", self.explain("Failures now"))
        self.assertIn("[rules]\n", self.explain("rules"))
        self.assertIn("did you mean 'Failures'?", leeway("explain", "Failure", "-c", self.config).stderr)


class CommandLineTest(Files):
    def test_help_of_each_command_fits_a_screen(self):
        for command in ([], ["run"], ["check"], ["replay"], ["version"]):
            done = leeway(*command, "--help")
            self.assertEqual(0, done.returncode)
            self.assertLess(done.stdout.count("\n"), 35, done.stdout)

    def test_usage_errors(self):
        for arguments in ([], ["fly"], ["run"], ["replay", "--config.file", self.config, "--format", "xml"],
                          ["replay", "--config.file", self.config, "--until", "yesterday"],
                          ["replay", "--config.file", self.config, "--source.path", "app"],
                          ["replay", "--config.file", self.config, "--source.path", "ap=x"],
                          ["run", "--config.file", self.config, "--web.listen-address", "nowhere"]):
            done = leeway(*arguments)
            self.assertEqual(2, done.returncode, (arguments, done.stderr))
            self.assertTrue(done.stderr)

    def test_version(self):
        self.assertRegex(leeway("version").stdout, r"^leeway \d+\.\d+\.\d+\n$")


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


class RunTest(Files):
    def setUp(self):
        super().setUp()
        self.agent = harness.Agent(self.directory, arguments=["--web.enable-lifecycle"])
        self.addCleanup(self.agent.close)

    def test_sigterm_saves_and_ends_within_a_second(self):
        self.agent.start_and_wait()
        with self.log.open("a") as log:
            log.write(LINES)
        code, seconds = self.agent.terminate()
        self.assertEqual(0, code, self.agent.messages())
        self.assertLess(seconds, 1)
        self.log.unlink()
        self.agent.start_and_wait()
        self.assertEqual(200, harness.events(self.agent.scrape()))

    def test_reload_takes_a_good_configuration_and_refuses_a_broken_one(self):
        self.agent.start_and_wait()
        good = self.config.read_text()
        extra = '[[metric]]\nname = "more_total"\ntype = "counter"\n'
        self.config.write_text(good + extra)
        status, text, _ = self.agent.request("POST", "/-/reload")
        self.assertEqual(200, status, text)
        with self.log.open("a") as log:
            log.write(LINES)
        samples = self.agent.scrape()
        self.assertEqual(200, harness.events(samples))
        self.assertEqual(100, samples[("more_total", ())])
        self.config.write_text(good + "broken")
        status, text, _ = self.agent.request("POST", "/-/reload")
        self.assertGreaterEqual(status, 400)
        self.assertIn("leeway.toml:", text)
        samples = self.agent.scrape()
        self.assertEqual(0, samples[("leeway_config_last_reload_successful", ())])
        self.assertEqual(100, samples[("more_total", ())])
        state = json.loads(self.agent.request("GET", "/api/v1/status")[1])["configuration"]
        self.assertFalse(state["last_reload_successful"])
        self.assertRegex(state["outdated_since"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*Z$")
        self.assertIn("leeway.toml:", state["last_error"])
        page = self.agent.request("GET", "/")[1]
        self.assertIn("An older configuration is in use", page)
        self.assertIn(state["outdated_since"], page)
        self.assertIn(html.escape(state["last_error"]), page)
        self.config.write_text(good)
        self.agent.process.send_signal(signal.SIGHUP)
        harness.wait_until(lambda: self.agent.scrape()[("leeway_config_last_reload_successful", ())] == 1, "the reload")
        self.assertEqual(200, harness.events(self.agent.scrape()))
        self.assertEqual({"last_reload_successful": True, "outdated_since": None, "last_error": None},
                         json.loads(self.agent.request("GET", "/api/v1/status")[1])["configuration"])
        self.assertNotIn("older configuration", self.agent.request("GET", "/")[1])

    def test_a_changed_definition_starts_afresh_alone(self):
        self.agent.start_and_wait()
        self.agent.scrape()
        self.agent.terminate()
        self.config.write_text(self.config.read_text().replace("[0.1, 0.5]", "[0.1, 0.7]"))
        self.agent.start_and_wait()
        samples = self.agent.scrape()
        self.assertEqual(100, harness.events(samples))
        self.assertEqual(0, samples[("request_duration_seconds_count", ())])
        self.assertIn("'request_duration_seconds' starts afresh: its definition changed", self.agent.messages())

    def test_status_as_json(self):
        self.agent.start_and_wait()
        status, text, _ = self.agent.request("GET", "/api/v1/status")
        self.assertEqual(200, status)
        source = json.loads(text)["sources"][0]
        self.assertEqual(("app", 100), (source["name"], source["records"]))
        self.assertEqual(str(self.log), source["files"][0]["path"])

    def test_two_agents_do_not_share_a_state_directory_or_a_port(self):
        self.agent.start_and_wait()
        done = leeway("run", "--config.file", self.config)
        self.assertEqual(74, done.returncode)
        self.assertRegex(done.stderr, "state.* locked")
        done = leeway("run", "--config.file", self.config, "--state.dir", self.directory / "other",
                      "--web.listen-address", f"127.0.0.1:{self.agent.port}")
        self.assertEqual(74, done.returncode)
        self.assertIn(str(self.agent.port), done.stderr)


if __name__ == "__main__":
    unittest.main()
