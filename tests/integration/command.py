"""Commands of the real binary with a configuration and a log. Used by the tests of the command line."""

import pathlib
import subprocess
import tempfile
import unittest

import harness

LINES = "".join('{"ts": %d, "code": %d, "ms": %d}\n' % (1_700_000_000 + i, 500 if i % 10 == 0 else 200, i)
                for i in range(100))


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
