#!/usr/bin/env python3
"""Half a minute of storm.py: all kinds of rotation at once, and kill -9. LEEWAY_BIN names the binary."""

import tempfile
import time
import unittest

import storm

SECONDS = 30


class StormTest(unittest.TestCase):
    def test_each_line_is_counted_once_or_named(self):
        seed = int(time.time())
        with tempfile.TemporaryDirectory() as directory:
            failures, result = storm.storm(directory, SECONDS, seed)
        print(f"    seed {seed}: {result}")
        self.assertEqual([], failures, f"seed {seed}")


if __name__ == "__main__":
    unittest.main()
