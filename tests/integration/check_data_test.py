"""What `leeway check` says of data that a configuration reads in a wrong way, to people, terminals and editors."""

import contextlib
import fcntl
import json
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import termios
import unittest

import harness

SOURCE = """[[source]]
name = "app"
type = "log"
path = "{path}"
{keys}
[[metric]]
name = "lines_total"
type = "counter"
"""


class CheckDataTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.log = self.directory / "app.log"
        self.config = self.directory / "leeway.toml"

    def configure(self, keys, log):
        self.log.write_text(log)
        self.config.write_text(SOURCE.format(path=self.log, keys=keys))

    def run_leeway(self, *arguments):
        return subprocess.run([harness.LEEWAY, *map(str, arguments)], capture_output=True, text=True, timeout=60)

    def on_terminal(self, columns, stream="stdout", status=0, **environment):
        """What check prints on a terminal of so many columns."""
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: theirs}
        process = subprocess.Popen([harness.LEEWAY, "check", self.config], **streams,
                                   env={**os.environ, "TERM": "xterm", **environment})
        os.close(theirs)
        text = b""
        with contextlib.suppress(OSError), open(ours, "rb", buffering=0) as terminal:  # at the end, EIO
            while part := terminal.read(65536):
                text += part
        self.assertEqual(status, process.wait(timeout=60))
        return text.decode().replace("\r\n", "\n")

    def test_lines_show_where_the_pattern_stops(self):
        self.configure("format = 'template'\npattern = '{time} [{level:word}] {message}'\ntime = 'time'\nredact = ['email']",
                       "2027-01-15T07:00:00Z [INFO] a\n2027-01-15T07:00:01Z <WARN> b\n"
                       "2027-01-15T07:00:02Z [WARN of ann@example.org] ü\ty\n2027-01-15T07:00:03Z nothing\n")
        done = self.run_leeway("check", self.config)
        self.assertEqual(0, done.returncode, done.stderr)
        shown = done.stdout.partition("warnings and notes\n")[2]
        self.assertIn(": warning: [[source]] 'app': 3 of 4 lines are no record (no_match), such as: "
                      "2027-01-15T07:00:03Z nothing\n"
                      "    2027-01-15T07:00:03Z nothing\n"
                      "                         ^\n"
                      "    2027-01-15T07:00:02Z [WARN of <email>] ü y\n"
                      "                          ^\n"
                      "    2027-01-15T07:00:01Z <WARN> b\n"
                      "                         ^\n", shown)
        explained = self.run_leeway("explain", "app", "-c", self.config).stdout
        self.assertIn("\n    2027-01-15T07:00:01Z <WARN> b\n                         ^\n", explained)
        found = json.loads(self.run_leeway("check", self.config, "--format", "json").stdout)
        lines = next(each["lines"] for each in found if "lines" in each)
        self.assertEqual([("2027-01-15T07:00:03Z nothing", 21), ("2027-01-15T07:00:02Z [WARN of <email>] ü\ty", 22),
                          ("2027-01-15T07:00:01Z <WARN> b", 21)], [(each["text"], each["stop"]) for each in lines])

    def test_a_long_line_is_shown_around_the_place(self):
        self.configure("format = 'json'", '{"a": "%s", "b": 1 "oops": "%s"}\n' % (100 * "x", 100 * "y"))
        shown = self.run_leeway("check", self.config).stdout.splitlines()
        mark = next(i for i, line in enumerate(shown) if line.strip() == "^")
        self.assertEqual('"oops"', shown[mark - 1][shown[mark].index("^"):][:6])
        self.assertLess(len(shown[mark - 1]), 125)
        self.assertTrue(shown[mark - 1].strip().startswith("..."))

    def test_further_lines_are_counted(self):
        self.configure("format = 'regex'\npattern = '(?P<message>.+)'\nmultiline = { start = '^INFO' }",
                       ("INFO:     started\n" + 100 * "01:14:19 - proxy:DEBUG: server.py:14 - request\n") * 2)
        done = self.run_leeway("check", self.config)
        self.assertIn("  sample: 202 lines: 2 records, 200 further lines of them, 0 rejected\n", done.stdout)
        self.assertIn(f"{self.config}:7:13: warning: [[source]] 'app': 200 lines were added to 2 records, most of them",
                      done.stdout)
        self.assertEqual(1, self.run_leeway("check", self.config, "--strict").returncode)
        page = self.run_leeway("replay", self.config, "--internal-metrics").stdout
        self.assertIn('leeway_source_joined_lines_total{source="app"} 200\n', page)

    def test_sources_of_one_name_are_the_only_error(self):
        self.configure("format = 'json'", "{}\n")
        config = self.config.read_text()
        self.config.write_text(config.split("[[metric]]")[0] + config)
        done = self.run_leeway("check", self.config)
        self.assertEqual(2, done.returncode)
        self.assertEqual(f"{self.config}:7:8: error: [[source]] 'app': a source named 'app' exists already; names of "
                         "sources are unique\n", done.stderr)

    def test_a_terminal_gets_colours_and_lines_that_fit(self):
        self.configure("format = 'json'", "no record, though one was expected\n")
        piped = self.run_leeway("check", self.config).stdout
        coloured, plain = self.on_terminal(80), self.on_terminal(80, NO_COLOR="1")
        self.assertIn("\x1b[33mwarning:\x1b[0m", coloured)
        self.assertEqual(plain, re.sub(r"\x1b\[\d+m", "", coloured))
        findings = plain.partition("warnings and notes\n")[2]
        self.assertLess(max(len(line) for line in findings.splitlines() if str(self.log) not in line), 81)
        self.assertEqual(piped.partition("warnings and notes\n")[2], findings.replace("\n    ", " "))
        self.assertEqual(piped, self.on_terminal(2000, NO_COLOR="1"))
        self.assertNotIn("\x1b", piped)
        self.config.write_text(self.config.read_text().replace("counter", "counters"))
        wrong = self.on_terminal(60, stream="stderr", status=2)
        self.assertIn("\x1b[31merror:\x1b[0m", wrong)
        said = self.run_leeway("check", self.config).stderr
        self.assertEqual(said, re.sub(r"\x1b\[\d+m", "", wrong).replace("\n    ", " "))


if __name__ == "__main__":
    unittest.main()
