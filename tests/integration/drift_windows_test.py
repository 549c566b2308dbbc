"""Windows and references of [[drift]] over data files, with the real binary: what is judged when, and of which file."""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import harness

CONFIG = """
[[source]]
name = "scores"
type = "file"
path = "{directory}/{path}"
format = "csv"
settle = "0s"
{source}

[[drift]]
name = "inputs"
columns = ["age"]
{drift}
"""


class DriftWindowsTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.directory = pathlib.Path(holder.name)
        self.rng = random.Random(7)
        self.night = 0

    def configure(self, path, source="", drift="reference = { first_rows = 500 }"):
        self.config = self.directory / "leeway.toml"
        self.config.write_text(CONFIG.format(directory=self.directory, path=path, source=source, drift=drift))

    def write(self, name, rows, mean=0.0):
        """A file of the next night."""
        file = self.directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("age\n" + "".join(f"{self.rng.gauss(mean, 1)!r}\n" for _ in range(rows)))
        self.night += 1
        time = 1_750_000_000 + 86_400 * self.night
        os.utime(file, (time, time))
        return time

    def leeway(self, *arguments, code=0):
        done = subprocess.run([harness.LEEWAY, arguments[0], "--config.file", self.config, *arguments[1:]],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(code, done.returncode, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def replay(self):
        return harness.samples_of(self.leeway("replay", "--state.dir", self.directory / "state"))

    def drift(self, samples, metric, more=""):
        return samples[f'leeway_drift_{metric}{{drift="inputs"{more}}}']

    def band(self, samples, more=""):
        return self.drift(samples, "band", ',column="age",method="wasserstein"' + more)

    def test_a_file_that_is_overwritten_is_judged_when_it_is_read(self):
        self.configure("scores.csv")
        self.write("scores.csv", 700)
        self.replay()
        for night, mean in enumerate([0, 1, 0], 1):
            time = self.write("scores.csv", 300 + night, mean)
            samples = self.replay()
            self.assertEqual(300 + night, self.drift(samples, "rows", ',column="age"'))
            self.assertEqual(night, self.drift(samples, "windows_total"))
            self.assertEqual(mean, self.band(samples))
            self.assertEqual(time, self.drift(samples, "window_end_timestamp_seconds"))
            self.assertEqual(1, self.drift(samples, "window_file_info", f',file="{self.directory}/scores.csv"'))

    def test_a_partition_of_part_files_is_one_version(self):
        self.configure("day=*/part-*.csv", 'version = "directory"\nreplaces = "any"\nmarker = "_SUCCESS"')
        for day, mean in enumerate([0, 0, 1]):
            for part in range(3):
                self.write(f"day={day}/part-{part}.csv", 400, mean)
            self.assertEqual(max(0, day - 1), self.drift(self.replay(), "windows_total"), "its job has not ended")
            (self.directory / f"day={day}/_SUCCESS").write_text("")
            samples = self.replay()
            if day > 0:
                self.assertEqual(1200, self.drift(samples, "rows", ',column="age"'))
                self.assertEqual(day, self.drift(samples, "windows_total"))
                self.assertEqual(mean, self.band(samples))
                self.assertEqual(1, self.drift(samples, "window_file_info", f',file="{self.directory}/day={day}"'))

    def test_several_files_are_told_apart_or_taken_together(self):
        self.configure("*.csv")
        said = self.leeway("check", code=2)
        for cure in ('replaces = "any"', 'version = "all"', "path_fields"):
            self.assertIn(cure, said)
        fields = r"path_fields = '/(?P<shop>[^/]+)\.csv$'"
        self.configure("*.csv", fields, 'reference = { first_rows = 500 }\nsegment = "weekday(1)"')
        self.assertIn("path_fields", self.leeway("check", code=2))

        self.configure("*.csv", fields, 'reference = { first_rows = 500 }\nsegment = "shop"')
        for shop in "ab":
            self.write(f"{shop}.csv", 500)
        self.replay()
        self.write("a.csv", 300, 1)
        self.write("b.csv", 300)
        samples = self.replay()
        self.assertEqual([1, 0], [self.band(samples, f',segment="{shop}"') for shop in "ab"])

        self.configure("*.csv", 'version = "all"', 'reference = { first_rows = 1000 }')
        (self.directory / "state").rename(self.directory / "before")
        self.write("a.csv", 500)
        self.write("b.csv", 500)
        self.replay()
        self.write("a.csv", 500, 1)
        samples = self.replay()
        self.assertEqual(1000, self.drift(samples, "rows", ',column="age"'))
        self.assertEqual(1, self.band(samples))

    def test_a_file_without_rows_is_a_window_without_rows(self):
        for path, source in {"scores.csv": "", "night-*.csv": 'replaces = "any"'}.items():
            self.configure(path, source)
            for night, rows in enumerate([700, 300, 0]):
                self.write(path.replace("*", str(night)), rows, 3 if rows == 300 else 0)
                said = self.leeway("replay", "--state.dir", self.directory / f"state{len(path)}")
                samples = harness.samples_of(said)
                self.assertEqual(rows == 300, 1 == samples.get('leeway_drift_band{drift="inputs",column="age",method="wasserstein"}'))
            self.assertEqual(0, self.drift(samples, "rows", ',column="age"'))
            self.assertEqual(2, self.drift(samples, "windows_total"))
            self.assertEqual(1, self.drift(samples, "empty_versions_total"))
            self.assertIn("has no rows", said)

    def test_a_sorted_reference_is_no_dependence(self):
        self.configure("scores.csv", "", f'reference = {{ file = "{self.directory}/sorted.csv" }}')
        self.write("scores.csv", 1000, 1)
        values = sorted(self.rng.gauss(0, 1) for _ in range(1000))
        (self.directory / "sorted.csv").write_text("age\n" + "".join(f"{value!r}\n" for value in values))
        self.assertEqual(1, self.band(self.replay()))
        self.assertNotIn("neighbouring rows are alike", self.leeway("check"))
        self.config.write_text(self.config.read_text() + 'row_order = "time"\n')
        said = self.leeway("replay")
        self.assertEqual(0, self.band(harness.samples_of(said)))
        self.assertIn("independent ones, so only large changes", said)
        self.assertIn("neighbouring rows are alike", self.leeway("check"))

    def test_a_window_that_no_file_fills_is_said(self):
        self.configure("scores-*.csv", 'replaces = "any"', "reference = { first_rows = 500 }\nwindow = { rows = 1000 }")
        for night in range(3):
            self.write(f"scores-{night}.csv", 700)
        checked = self.leeway("check")
        self.assertIn("warnings", checked)
        self.assertIn(f"a window of 1000 rows is more than the 700 rows of '{self.directory}/scores-0.csv'", checked)
        said = self.leeway("replay")  # without state
        self.assertIn("a window of 1000 rows is more than the 700 rows", said)
        self.assertEqual(3, self.drift(harness.samples_of(said), "short_versions_total"))
        self.configure("scores-*.csv", 'replaces = "any"', "reference = { first_rows = 500 }\nwindow = { rows = 600 }")
        self.assertNotIn("warnings", self.leeway("check"))

    def test_a_reference_of_the_last_versions_survives_restarts(self):
        """Numbers that rise slowly: no night differs from the three before, all differ from the first."""
        alarms = {}
        for name, reference in {"rolling": "last_versions = 3", "days": 'last = "3d"', "fixed": "first_rows = 1500"}.items():
            self.configure(f"{name}-*.csv", 'replaces = "any"', f"threshold = 0.22\nmethod = \"mean_shift\"\nreference = {{ {reference} }}")
            state = self.directory / "state"
            if state.exists():
                state.rename(self.directory / f"before-{name}")
            alarms[name] = 0
            for night in range(12):
                self.write(f"{name}-{night:02}.csv", 500, 0.04 * night)
                samples = self.replay()
                if night >= 3:
                    self.assertEqual(night - 2, self.drift(samples, "windows_total"), name)
                    self.assertEqual(1500, self.drift(samples, "reference_rows", ',column="age"'), name)
                    alarms[name] += self.drift(samples, "band", ',column="age",method="mean_shift"')
        self.assertEqual([0, 0, True], [alarms["rolling"], alarms["days"], alarms["fixed"] >= 3])


if __name__ == "__main__":
    unittest.main()
