"""The units, without starting them: systemd reads them without a warning, their exposure is low, their options exist."""

import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

import command_line

FOLDER = command_line.ROOT / "deploy/systemd"
UNITS = ("leeway.service", "leeway@.service")


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, timeout=60)


class UnitsTest(unittest.TestCase):
    def verify(self, text, name):
        """What systemd says about the unit, with this binary in place of the installed one."""
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / name
            unit.write_text(text.replace("/usr/bin/leeway", command_line.LEEWAY))
            done = analyze("verify", "--man=no", unit)
        return done.returncode, done.stderr

    def test_systemd_reads_them_without_a_warning(self):
        for name in UNITS:
            self.assertEqual((0, ""), self.verify((FOLDER / name).read_text(), name))

    def test_a_misspelt_key_would_be_found(self):
        text = (FOLDER / UNITS[0]).read_text().replace("ProtectClock=", "ProtectClok=")
        self.assertIn("ProtectClok", self.verify(text, UNITS[0])[1])

    def test_exposure_is_at_most_1_2(self):
        for name in UNITS:
            done = analyze("security", "--offline=true", "--threshold=12", FOLDER / name)
            self.assertEqual(0, done.returncode, done.stdout)

    def test_options_exist(self):
        text = "".join((FOLDER / name).read_text() for name in (*UNITS, "leeway.default"))
        used = re.findall(r"--[\w.-]+", re.sub(r"`leeway run --help`", "", text))
        self.assertGreaterEqual(len(used), 6)
        self.assertLessEqual(set(used), command_line.flags("run"))

    def test_the_template_differs_only_in_names(self):
        single, template = ((FOLDER / name).read_text().splitlines() for name in UNITS)
        differing = [line for line in template if line not in single]
        self.assertEqual(len(single), len(template))
        self.assertEqual(["Description", "ConditionPathExists", "# More options; each instance needs an address of its own: ARGS",
                          "EnvironmentFile", "ExecStart", "StateDirectory"], [line.partition("=")[0] for line in differing])

    def test_the_defaults_are_what_a_shell_and_systemd_read_alike(self):
        lines = [line for line in (FOLDER / "leeway.default").read_text().splitlines() if not line.startswith("# ")]
        for line in lines:
            self.assertEqual(1, len(shlex.split(line.lstrip("#"))), line)


if __name__ == "__main__":
    unittest.main()
