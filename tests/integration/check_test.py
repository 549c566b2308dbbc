"""`leeway check` and `leeway explain` as users see them: what is wrong with a configuration, or with its data."""

import json
import math
import os
import random
import unittest

from command import Files, leeway


class CheckTest(Files):
    def test_explains_a_good_configuration(self):
        done = leeway("check", "--config.file", self.config)
        self.assertEqual(0, done.returncode, done.stderr)
        # A month is longer than Prometheus' default retention.
        self.assertRegex(done.stderr, r"^\S+:\d+:\d+: warning: \[\[slo\]\] '.*set \[rules\] retention accordingly\n$")
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
        self.assertIn("\n    status: whole number, in 60 of 60 records, such as 500; from 200 to 500, half of them up to 200\n", text)
        self.assertIn('\n    mail: text, in 60 of 60 records, such as "<email>" (60)\n', text)
        self.assertIn('\n    ["log.level"]: text, in 60 of 60 records, such as "info" (54), "error" (6); nothing reads it\n', text)

    def test_explain_shows_all_fields_of_a_source_that_nothing_reads(self):
        self.config.write_text(f"""
[[source]]
name = "app"
type = "log"
path = "{self.log}"
format = "json"
""")
        text = self.explain("app")
        self.assertIn("\n    status: whole number, in 60 of 60 records, such as 500; from 200 to 500, half of them up to 200; nothing reads it\n", text)
        self.assertIn('\n    mail: text, in 60 of 60 records, such as "<email>"', text)

    def test_explain_says_which_records_are_good_for_an_objective(self):
        self.config.write_text(self.config.read_text() + """
[[slo]]
name = "availability"
good = "status < 500"
objective = 0.9
""")
        text = self.explain("availability")
        self.assertIn("      good: status = 200\n", text)
        self.assertIn("      bad: status = 500\n", text)
        self.assertNotIn("skipped", text)
        self.assertNotIn("0 series", text)

    def test_explain_says_the_defaults_of_a_section_that_is_absent(self):
        self.config.write_text(self.config.read_text().split("[[source]]", 1)[1].join(("[[source]]", "")))
        for section, key in (("agent", "commit_interval"), ("rules", "scrape_interval")):
            text = self.explain(section)
            self.assertIn(f"[{section}], which the configuration does not have: ", text)
            self.assertRegex(text, rf'\n  {key} = "\w+"  # ')

    def test_check_says_that_the_state_directory_is_a_file(self):
        (self.directory / "state").write_text("")
        done = leeway("check", self.config)
        self.assertEqual(2, done.returncode)
        self.assertIn(f"{self.config}:3:13: error: [agent]: 'state_dir' is '{self.directory}/state', which is a file", done.stderr)

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


if __name__ == "__main__":
    unittest.main()
