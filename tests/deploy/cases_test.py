"""`leeway test`: the cases of the packs and of the document pass, and what is wrong in a case or in its file is said. The
binary is LEEWAY_BIN."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))

CONFIGURATION = """
[rules]
name = "shop"
retention = "33d"
[[source]]
name = "web"
type = "log"
path = "/nowhere/access.log"
format = "access"
[[metric]]
name = "http_requests_total"
type = "counter"
source = "web"
help = "Requests."
labels = { method = "method", route = "path", status = "status" }
[[slo]]
name = "availability"
source = "web"
good = "status < 500"
objective = 0.999
[[alert]]
name = "PaymentsFail"
metric = 'http_requests_total{status="503"}'
increase_above = { limit = 0, window = "10m" }
summary = "Payments fail."
"""
SECOND_SOURCE = """
[[source]]
name = "jobs"
type = "file"
path = "/nowhere/*.json"
format = "json"
[[metric]]
name = "job_items"
type = "gauge"
source = "jobs"
help = "Items."
value = "items"
labels = ["task"]
"""
PATH_FIELDS = r"""
[[source]]
name = "app"
type = "log"
path = "/nowhere/*.log"
format = "json"
time = "at"
path_fields = 'logs/(?P<region>[^/]+)/(?P<app>[^/]+)/app\.log$'
[[metric]]
name = "lines_total"
type = "counter"
labels = ["region", "app"]
"""
UNTIMED = r"""
[rules]
retention = "33d"
[[source]]
name = "app"
type = "log"
path = "/nowhere/*.log"
format = [{ format = "json", time = "time" }, { format = "regex", pattern = '^(?P<level>[A-Z]+): +(?P<text>.*)' }]
[[metric]]
name = "banners_total"
type = "counter"
when = "has(level)"
labels = ["level"]
[[metric]]
name = "lines_seen"
type = "gauge"
aggregate = "max"
value = "has(text) && text == 'Started server process' ? 2 : 1"
[[slo]]
name = "availability"
good = "!has(status) || status < 500"
objective = 0.999
"""
RUNS = """
[[source]]
name = "jobs"
type = "log"
path = "/nowhere/*.log"
format = "json"
time = "at"
[[state]]
name = "nightly"
start = "event == 'start'"
end = "event == 'end'"
key = "run"
timeout = "1h"
"""
LINES = """
lines = '''
10.0.0.7 - - [25/Aug/2025:19:00:00 +0000] "GET /cart HTTP/1.1" 200 512 "-" "curl/8"
10.0.0.7 - - [25/Aug/2025:19:00:10 +0000] "POST /pay HTTP/1.1" 503 17 "-" "curl/8"
curl: (7) Failed to connect
'''
"""
CASE = '[[case]]\nname = "pay"' + LINES


class CasesTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        (self.directory / "tmp").mkdir()
        (self.directory / "shop.toml").write_text(CONFIGURATION)

    def run_file(self, path, *arguments):
        environment = {**os.environ, "TMPDIR": str(self.directory / "tmp")}
        done = subprocess.run([LEEWAY, "test", path, *arguments], capture_output=True, text=True, timeout=120, env=environment)
        self.assertEqual([], list((self.directory / "tmp").iterdir()))
        return done

    def run_cases(self, text, *arguments):
        path = self.directory / "cases.toml"
        path.write_text(text if "config =" in text else 'config = "shop.toml"\n' + text)
        return self.run_file(path, *arguments)

    def failures(self, text):
        """The differences of the only case."""
        done = self.run_cases(text)
        self.assertEqual(1, done.returncode, done.stderr + done.stdout)
        return [line.strip() for line in done.stdout.splitlines() if line.startswith("      ")]

    def test_packs(self):
        packs = sorted(ROOT.glob("deploy/packs/*.toml"))
        self.assertGreater(len(packs), 4)
        for pack in packs:
            with self.subTest(pack=pack.stem):
                done = self.run_file(pack.with_suffix("") / "cases.toml")
                self.assertEqual(0, done.returncode, done.stderr + done.stdout)
                self.assertGreaterEqual(done.stdout.count("\nok ") + done.stdout.startswith("ok "), 2)

    def test_truth_of_a_sample(self):
        """All series of the sample of a pack, as its generator knows them."""
        folder = ROOT / "deploy/packs/echo-ridge"
        truth = json.loads((folder / "truth.json").read_text())
        metrics = "".join(f"'{series}' = {value!r}\n" for series, value in truth["values"].items())
        head = (f'config = "{folder}.toml"\n[[case]]\nname = "sample"\nfiles = ["{folder}/sample.log"]\ntolerance = 1e-9\n'
                f"complete = true\nrecords = {truth['records']}\nrejected = {sum(truth['rejects'].values())}\n[case.metrics]\n")
        done = self.run_cases(head + metrics)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        wrong = self.run_cases(head + metrics.replace("echo_companies_scored_total' = ", "echo_companies_scored_total' = 1", 1))
        self.assertEqual(1, wrong.returncode)
        self.assertIn("      echo_companies_scored_total: ", wrong.stdout)

    def test_says_what_differs(self):
        pay = 'http_requests_total{method="POST", route="/pay", status="503"}'
        self.assertEqual([f"{pay}: 1, expected 2"], self.failures(f"{CASE}metrics = {{ '{pay}' = 2 }}"))
        self.assertEqual([f"{pay}: 1, expected that it is absent"], self.failures(f"{CASE}metrics = {{ '{pay}' = 'absent' }}"))
        self.assertEqual(["records: 2, expected 3 (no_match 1), such as: curl: (7) Failed to connect"],
                         self.failures(f"{CASE}records = 3"))
        absent = self.failures(f"""{CASE}metrics = {{ 'http_requests_total{{method="PUT"}}' = 1 }}""")
        self.assertEqual(1, len(absent))
        self.assertTrue(absent[0].startswith('http_requests_total{method="PUT"}: absent, expected 1; there is http_requests'), absent)
        self.assertEqual(['http_requests_total{method="GET", route="/cart", status="200"}: 1, expected no other series'],
                         self.failures(f"{CASE}complete = true\nmetrics = {{ '{pay}' = 1 }}"))

    def test_tolerance_is_a_share(self):
        pay = 'http_requests_total{method="POST", route="/pay", status="503"}'
        for tolerance, passes in (("0.0197", True), ("0.019", False)):
            for text in (f"metrics = {{ '{pay}' = {{ value = 1.02, tolerance = {tolerance} }} }}",
                         f"tolerance = {tolerance}\nmetrics = {{ '{pay}' = 1.02 }}"):
                self.assertEqual(0 if passes else 1, self.run_cases(CASE + text).returncode, text)

    def test_alerts(self):
        for text in ('alerts = ["PaymentsFail"]', 'alerts = [{ alert = "PaymentsFail", after = "1m" }]', 'alerts_at_end = ["PaymentsFail"]'):
            done = self.run_cases(CASE + text)
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        late = self.failures(CASE + 'alerts = [{ alert = "PaymentsFail", after = "8m" }]')
        self.assertTrue(any(re.fullmatch("alert PaymentsFail fires after [0-9ms]+, expected 8m", line) for line in late), late)
        self.assertEqual(["alert PaymentsFail fires, unexpectedly, after 1m: shop: Payments fail: 1 within 10m (limit 0)"],
                         self.failures(CASE + "alerts = []"))
        none = self.failures(CASE + """alerts = ['PaymentsFail{status="500"}']""")
        self.assertIn('alert PaymentsFail{status="500"} does not fire, expected that it does', none)
        # Ten minutes after the increase it fires no longer.
        at_end = CASE + 'run_on = "30m"\nalerts_at_end = ["PaymentsFail"]'
        self.assertIn("alert PaymentsFail does not fire at the end, expected that it does", self.failures(at_end))

    def test_several_inputs(self):
        (self.directory / "shop.toml").write_text(CONFIGURATION + SECOND_SOURCE)
        (self.directory / "c.json").write_text('{"task": "c", "items": 3}')
        text = """[[case]]
name = "jobs"
records = 4
[[case.input]]
source = "jobs"
file_name = "a.json"
lines = '{"task": "a", "items": 1}'
[[case.input]]
source = "jobs"
file_name = "b.json"
lines = '{"task": "b", "items": 2}'
[[case.input]]
source = "jobs"
files = ["c.json"]
[[case.input]]
source = "web"
lines = ['10.0.0.7 - - [25/Aug/2025:19:00:00 +0000] "GET /cart HTTP/1.1" 200 512 "-" "curl/8"']
[case.metrics]
'job_items{task="a"}' = 1
'job_items{task="b"}' = 2
'job_items{task="c"}' = 3
'http_requests_total{method="GET", route="/cart", status="200"}' = 1
"""
        done = self.run_cases(text)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_files_keep_their_folders(self):
        """What `path_fields` finds is what a replay of the files finds; a pattern stands for all that it matches."""
        (self.directory / "shop.toml").write_text(PATH_FIELDS)
        for folder in ("eu/web", "us/web", "us/job"):
            (self.directory / "logs" / folder).mkdir(parents=True)
            (self.directory / "logs" / folder / "app.log").write_text('{"at": "2025-08-25T19:00:00Z"}\n')
        series = "".join(f"""'lines_total{{region="{folder[:2]}", app="{folder[3:]}"}}' = 1\n"""
                         for folder in ("eu/web", "us/web", "us/job"))
        head = '[[case]]\nname = "folders"\nrecords = 3\ncomplete = true\n'
        metrics = "[case.metrics]\n" + series
        for files in ('["logs/eu/web/app.log", "logs/us/web/app.log", "logs/us/job/app.log"]', '["logs/**/*.log"]', '["logs/eu/**", "logs/us/*/app.log"]'):
            done = self.run_cases(f"{head}files = {files}\n{metrics}")
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        lines = "".join(f"""[[case.input]]\npath = "logs/{folder}/app.log"\nlines = '{{"at": "2025-08-25T19:00:00Z"}}'\n"""
                        for folder in ("eu/web", "us/web", "us/job"))
        done = self.run_cases(head + lines + metrics)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        for keys, message in (('files = ["logs/*.txt"]', "'logs/*.txt' matches no file"),
                              ('lines = "{}"\npath = "../a.log"', "expected folders and the name of a file"),
                              ('lines = "{}"\npath = "a/b.log"\nfile_name = "b.log"', "both 'file_name' and 'path' are given")):
            done = self.run_cases(f"{head}{keys}\n")
            self.assertEqual(2, done.returncode, done.stdout)
            self.assertIn(message, done.stderr)

    def test_a_line_without_a_time_does_not_begin_the_clock(self):
        (self.directory / "shop.toml").write_text(UNTIMED)
        old = "".join(f'{{"time": "2025-08-25T19:{minute:02}:00Z", "status": {500 if minute % 10 == 0 else 200}}}\n' for minute in range(60))
        (self.directory / "app.log").write_text("INFO:     Started server process\n" + old + "INFO:     Finished server process\n")
        text = """[[case]]
name = "banner"
files = ["app.log"]
records = 62
[case.metrics]
'leeway_source_late_records_total{source="app"}' = 'absent'
'leeway_source_last_record_timestamp_seconds{source="app"}' = 1756151940
'leeway_source_anomalies_total{source="app", kind="time_missing"}' = 2
'banners_total{level="INFO"}' = 2
'lines_seen' = 2
'leeway_slo_events_total{slo="availability"}' = 62
'leeway_slo_bad_events_total{slo="availability"}' = 6
'leeway_slo_burn_rate{slo="availability", window="1d"}' = { value = 98.36, tolerance = 0.001 }
"""
        done = self.run_cases(text)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        checked = subprocess.run([LEEWAY, "check", "--source.path", f"app={self.directory / 'app.log'}", "--config.file", self.directory / "shop.toml"],
                                 capture_output=True, text=True, timeout=60)
        self.assertIn("2 of 62 records have no time: they have no `time` (regex 2)", checked.stdout + checked.stderr)
        self.assertIn("2025-08-25", checked.stdout + checked.stderr)

    def test_metrics_are_those_after_run_on(self):
        (self.directory / "shop.toml").write_text(RUNS)
        text = """[[case]]
name = "overdue"
lines = '{"at": "2025-08-25T19:00:00Z", "event": "start", "run": "a"}'
run_on = "%s"
metrics = { 'nightly_overdue' = %d, 'nightly_in_progress' = 1 }
"""
        for run_on, overdue in (("0s", 0), ("59m", 0), ("2h", 1)):
            done = self.run_cases(text % (run_on, overdue))
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_junit(self):
        text = CASE + 'records = 2\n[[case]]\nname = "<&\\"> fails"' + LINES + "records = 1\nrejected = 9\n"
        done = self.run_cases(text, "--format", "junit")
        self.assertEqual(1, done.returncode)
        root = xml.etree.ElementTree.fromstring(done.stdout)
        suite = root.find("testsuite")
        self.assertEqual(("2", "1"), (suite.get("tests"), suite.get("failures")))
        passed, failed = suite.findall("testcase")
        self.assertEqual(["pay", '<&"> fails'], [passed.get("name"), failed.get("name")])
        self.assertIsNone(passed.find("failure"))
        self.assertIn("records: 2, expected 1", failed.find("failure").text)
        self.assertIn("rejected: 1, expected 9", failed.find("failure").text)

    def test_a_wrong_file_is_refused_with_its_place(self):
        pay = 'http_requests_total{method="POST", route="/pay", status="503"}'
        for text, line, message in (
                (CASE + "recrods = 1", 9, "unknown key 'recrods'"),
                (CASE + "recrods = 1", 9, "did you mean 'records'?"),
                (CASE, 3, "expects nothing; give 'metrics', 'alerts', 'records' or 'rejected'"),
                ('[[case]]\nname = "x"\nrecords = 1', 2, "'lines' is missing"),
                (CASE + "metrics = { http_request_total = 1 }", 9, "there is no metric 'http_request_total'; did you mean 'http_requests_total'?"),
                (CASE + f"metrics = {{ '{pay}' = 'absnt' }}", 9, "is \"absnt\"; expected a number, \"absent\" or"),
                (CASE + """metrics = { 'http_requests_total{status=~"5.."}' = 1 }""", 9, "has =~; expected labels with = only"),
                (CASE + "alerts = ['PaymentFail']", 9, "there is no alert 'PaymentFail'; did you mean 'PaymentsFail'?"),
                (CASE + "source = 'wep'\nrecords = 2", 2, "there is no source 'wep'; expected \"web\"; did you mean 'web'?"),
                (CASE + "records = 2\n" + CASE + "records = 2", 10, "another case has that name"),
                (CASE + "files = ['x']\nrecords = 1", 9, "both 'lines' and 'files' are given"),
                ("[[case]\n", 2, "")):
            with self.subTest(text=text):
                done = self.run_cases(text)
                self.assertEqual((2, ""), (done.returncode, done.stdout))
                self.assertIn(f"cases.toml:{line}:", done.stderr)
                self.assertIn(message, done.stderr)
        done = self.run_cases('[[case]]\nname = "x"\nfiles = ["none.log"]\nrecords = 1')
        self.assertEqual(74, done.returncode)
        self.assertRegex(done.stdout, r"cases.toml:2:1: '\S+none.log' is no file; expected a path from the folder of the cases")
        done = self.run_cases("[[case]]\nname = 'x'\nlines = 'x'\nrecords = 1\n", "--config.file", self.directory / "none.toml")
        self.assertNotEqual(0, done.returncode)
        done = self.run_file(self.directory / "none.toml")
        self.assertEqual(2, done.returncode, done.stderr)


if __name__ == "__main__":
    unittest.main()
