"""What users of other programs expect of a command line, and the form of the agent's log."""

import fcntl
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import harness


def leeway(*arguments, **variables):
    return subprocess.run([harness.LEEWAY, *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", **variables})


class HabitsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        (self.directory / "app.log").write_text('{"ts": 1700000000, "code": 200, "ms": 1}\n')
        self.config = self.directory / "leeway.toml"
        self.config.write_text(harness.CONFIG.format(directory=self.directory))

    def test_the_configuration_can_be_named_in_four_ways(self):
        outputs = {leeway("replay", "--config.file", self.config).stdout, leeway("replay", "-c", self.config).stdout,
                   leeway("replay", self.config).stdout, leeway("replay", LEEWAY_CONFIG_FILE=str(self.config)).stdout}
        self.assertEqual(1, len(outputs))
        self.assertIn("requests_total", outputs.pop())
        self.assertEqual(0, leeway("replay", "-c", self.config, LEEWAY_CONFIG_FILE="/nonexistent").returncode)

    def test_help_of_a_command(self):
        self.assertEqual(leeway("check", "--help").stdout, leeway("help", "check").stdout)
        self.assertEqual(leeway("reference", "show", "--help").stdout, leeway("help", "reference", "show").stdout)
        self.assertEqual(leeway("--help").stdout, leeway("help").stdout)
        done = leeway("help", "chekc")
        self.assertEqual((2, "leeway: unknown command 'chekc'; did you mean 'check'?\n"), (done.returncode, done.stderr))

    def test_the_nearest_word_of_a_mistyped_one(self):
        for arguments, message in ((["reply"], "unknown command 'reply'; did you mean 'replay'?"),
                                   (["check", "--config.fiel", "x.toml"],
                                    "unexpected argument '--config.fiel'; did you mean '--config.file'?"),
                                   (["run", "x.toml", "--log.levle=warn"],
                                    "unexpected argument '--log.levle=warn'; did you mean '--log.level'?")):
            done = leeway(*arguments)
            self.assertEqual(2, done.returncode)
            self.assertTrue(done.stderr.startswith(f"leeway: {message}\n"), done.stderr)

    def test_words_in_another_order(self):
        for arguments, message in (
                (["--verbose", "check", "a.toml"], "options follow the command: `leeway check --verbose a.toml`"),
                (["-c", "my a.toml", "check"], "options follow the command: `leeway check -c 'my a.toml'`"),
                (["explain", "a.toml", "n_total"], "the configuration of explain is an option: `leeway explain n_total -c a.toml`"),
                (["explain", "n_total", "a.toml"], "the configuration of explain is an option: `leeway explain n_total -c a.toml`")):
            done = leeway(*arguments)
            self.assertEqual((2, f"leeway: {message}\nRun with --help for more information.\n"), (done.returncode, done.stderr))
        self.assertEqual(0, leeway("--version").returncode)

    def test_a_log_instead_of_a_configuration(self):
        done = leeway("check", self.directory / "app.log")
        self.assertEqual(2, done.returncode)
        self.assertIn(f"this looks like a log: `leeway init {self.directory}/app.log` proposes a configuration", done.stderr)

    def test_says_once_that_nothing_can_be_written(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([harness.LEEWAY, "replay", "-c", self.config], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual((74, 1), (done.returncode, done.stderr.count("standard output")), done.stderr)

    def logged(self, *arguments):
        done = leeway("run", "-c", self.config, "--until-idle", "100ms", "--web.listen-address", "127.0.0.1:0", *arguments)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stderr.splitlines()

    def test_the_log_is_in_logfmt(self):
        lines = self.logged()
        self.assertGreater(len(lines), 1)
        for line in lines:
            self.assertRegex(line, r'^time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z level=(info|warn) msg="([^"\\]|\\.)*"$')
        self.assertTrue(any(re.search(r'msg="leeway [\d.]+ serves http://127.0.0.1:\d+/metrics"', line) for line in lines))

    def test_or_in_json(self):
        for line in self.logged("--log.format", "json"):
            self.assertEqual(["time", "level", "msg"], list(json.loads(line)))
        done = leeway("run", "-c", "/nonexistent.toml", "--log.format", "json")
        line = json.loads(done.stderr)
        self.assertEqual("error", line["level"])
        self.assertTrue(line["msg"].startswith("cannot open"), line["msg"])

    def test_waits_for_the_agent_before_it(self):
        """The kernel keeps the lock of a process that was killed until its memory is freed."""
        state = self.directory / "state"
        state.mkdir()
        with (state / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            agent = subprocess.Popen([harness.LEEWAY, "run", "-c", self.config, "--state.dir", state, "--until-idle", "100ms",
                                      "--web.listen-address", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
            self.addCleanup(agent.stderr.close)
            said = ""
            while "waiting at most 5 s" not in said and (line := agent.stderr.readline()):
                said += line
        said += agent.stderr.read()
        self.assertEqual(0, agent.wait(timeout=20), said)
        self.assertEqual(1, said.count("waiting at most 5 s"), said)


if __name__ == "__main__":
    unittest.main()
