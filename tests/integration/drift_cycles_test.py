"""What a drift monitor says of a cycle that is longer than its windows, and that the segment it names cures it."""

import math
import pathlib
import random
import subprocess
import tempfile
import unittest

import harness

CONFIG = """
[agent]
state_dir = "{directory}/state"

[[source]]
name = "sensors"
type = "file"
path = "{directory}/later.csv"
format = "csv"
time = "ts"
settle = "0s"

[[drift]]
name = "values"
columns = ["value"]
method = "wasserstein"
reference = {reference}
window = {{ time = "{window}" }}
{more}
"""
DAY = 86_400
MONDAY = 1_750_032_000  # 00:00 UTC


class DriftCyclesTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.rng = random.Random(1)

    def write(self, name, first, days, mean):
        """A value every two minutes; `mean` is that at a time."""
        times = range(MONDAY + first * DAY, MONDAY + int((first + days) * DAY), 120)
        (self.directory / name).write_text(
            "ts,value\n" + "".join(f"{time},{mean(time) + self.rng.gauss(0, 1):.4f}\n" for time in times))

    def leeway(self, command, window, more="", reference=None):
        config = self.directory / "leeway.toml"
        reference = reference or f'{{ file = "{self.directory}/before.csv", format = "csv" }}'
        config.write_text(CONFIG.format(directory=self.directory, reference=reference, window=window, more=more))
        done = subprocess.run([harness.LEEWAY, *command.split(), "--config.file", config], capture_output=True, text=True,
                              timeout=120)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout, done.stdout + done.stderr

    def test_a_cycle_of_a_day(self):
        def mean(time):
            return math.sin(2 * math.pi * time / DAY)
        self.write("before.csv", 0, 14, mean)
        self.write("later.csv", 14, 2, mean)
        cure = 'segment = "hour(ts)"'
        for reference in (None, '{ file = "%s/before.csv", format = "csv", time = "ts" }' % self.directory):
            said = self.leeway("check", "6h", reference=reference)[1]
            self.assertIn("follow a cycle of a day, which is longer than the window (6h)", said)
            self.assertIn(cure, said)
        samples = harness.samples_of(self.leeway("replay", "6h")[0])
        self.assertEqual(1, samples['leeway_drift_cycle{drift="values",column="value",by="hour"}'])
        self.assertEqual(0, samples['leeway_drift_band{drift="values",column="value",method="wasserstein"}'])
        self.assertNotIn("cycle of", self.leeway("check", "1d")[1])

        later = '{ first = "14d" }'
        self.write("later.csv", 0, 20, mean)
        self.assertIn(cure, self.leeway("replay", "6h", reference=later)[1])
        out, said = self.leeway("replay", "6h", more=cure + "\nmax_segments = 24\nmin_rows = 20", reference=later)
        self.assertNotIn("cycle of", said)
        samples = harness.samples_of(out)
        name = 'leeway_drift_threshold{drift="values",column="value",method="wasserstein",segment="13"}'
        self.assertLess(samples[name], 0.9)

    def test_a_cycle_of_a_week(self):
        def mean(time):
            return 1 if (time - MONDAY) // DAY % 7 >= 5 else 0
        self.write("before.csv", 0, 14, mean)
        self.write("later.csv", 0, 21, mean)
        said = self.leeway("check", "1d")[1]
        self.assertIn("follow a cycle of a week, which is longer than the window (1d)", said)
        self.assertIn('segment = "weekday(ts)"', said)
        self.assertIn('such as { last = "28d" }', said, "the file is a reference of all segments")
        said = self.leeway("replay", "1d", more='segment = "1"', reference='{ last = "14d" }')[1]
        self.assertIn("add weekday(ts) to 'segment'", said)
        self.assertIn("windows follow a cycle of a week", self.leeway("reference show", "1d")[1])


if __name__ == "__main__":
    unittest.main()
