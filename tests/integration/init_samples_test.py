#!/usr/bin/env python3
"""Excerpts of logs that `init` once misread: it finds format, records, times and a first number, and `check` accepts what it
wrote. The truth is what the regular expressions of tests/bench/unseen find. LEEWAY_BIN names the binary."""

import datetime
import os
import re
import shutil
import sys
import unittest

import harness
import init_test
import replay

sys.path.insert(0, str(harness.ROOT / "tests/bench"))
from unseen.documented import DOCUMENTED  # noqa: E402
from unseen.programs import PROGRAMS  # noqa: E402

EXCERPTS = harness.ROOT / "tests/data/init_logs"


class InitSamplesTest(init_test.InitTest):
    def write(self, program):
        """The excerpt as the program leaves it: the file was last changed when its last line was written."""
        shutil.copy(EXCERPTS / f"{program.name}.log", self.log)
        lines = self.log.read_text().splitlines()
        for last in program.times(lines)[-1:]:
            os.utime(self.log, (last + 0.5, last + 0.5))
        return lines

    def last_time(self, said):
        """That `check` prints."""
        last = re.search(r"  sample: .* to (\S+)Z$", said, re.MULTILINE)
        self.assertIsNotNone(last, said)
        return datetime.datetime.fromisoformat(last[1][:26] + "+00:00").timestamp()

    def check_program(self, program):
        lines = self.write(program)
        self.init()
        self.assertNotIn("no structure was found", self.said)
        checked = self.leeway("check", "--strict", "--config.file", self.config)
        self.assertEqual(0, checked.returncode, checked.stdout)
        for last in sorted(program.times(lines))[-1:]:
            self.assertAlmostEqual(last, self.last_time(checked.stdout), delta=1)
        samples = replay.counters(self.directory, self.config.read_text() + program.edit)
        self.assertEqual(program.records(lines), samples[("leeway_source_records_total", (("source", "app"),))])
        self.assertTrue(program.is_counted(samples, lines), (program.truth(lines), samples))

    def test_excerpts(self):
        excerpts = {path.stem for path in EXCERPTS.glob("*.log")}
        programs = [*PROGRAMS, *DOCUMENTED]
        self.assertEqual(set(), excerpts - {program.name for program in programs})
        for program in programs:
            if program.name in excerpts:
                with self.subTest(program.name):
                    self.check_program(program)


if __name__ == "__main__":
    unittest.main()
