"""The command line as users see it: help, exit codes, messages, reload, shutdown."""

import html
import json
import signal
import unittest

import harness
from command import LINES, Files, leeway


class CommandLineTest(Files):
    def test_says_which_option_was_meant(self):
        for word in ("--verison", "-v"):
            done = leeway(word)
            self.assertEqual(2, done.returncode)
            self.assertIn(f"unknown option '{word}'; did you mean '--version'?", done.stderr)
        self.assertIn("no configuration: expected `leeway check FILE`, or the environment variable LEEWAY_CONFIG_FILE",
                      leeway("check").stderr)
        self.assertIn("expected `leeway explain -c FILE`", leeway("explain", "x").stderr)

    def test_formats_lists_those_that_are_named(self):
        done = leeway("formats", "json", "logfmt")
        self.assertEqual({"json", "logfmt"}, {line for line in done.stdout.splitlines() if not line.startswith(" ")})
        done = leeway("formats", "logfmtt")
        self.assertEqual(2, done.returncode)
        self.assertIn("no format is named 'logfmtt'; did you mean 'logfmt'?", done.stderr)

    def test_a_case_whose_file_is_missing_fails_alone(self):
        cases = self.directory / "cases.toml"
        cases.write_text(f"""
config = "{self.config}"
[[case]]
name = "gone"
source = "app"
files = ["{self.directory}/gone.log"]
records = 1
[[case]]
name = "here"
source = "app"
lines = '{{"ts": 1700000000, "code": 200, "ms": 1}}'
records = 1
""")
        done = leeway("test", cases)
        self.assertEqual(74, done.returncode, done.stderr)
        self.assertIn("FAIL  gone", done.stdout)
        self.assertIn("not run: ", done.stdout)
        self.assertIn("ok    here\n2 cases, 1 failed\n", done.stdout)

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
