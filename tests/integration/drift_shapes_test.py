"""Drift of three tables as they are in practice, by configuration alone: 60 healthy days, then a fault that is found on
its day, in the column that has it.

A day alarms if any column does. At a false-alarm rate of 1 % a day, 60 days have more than three alarms in 0.3 % of the
cases (binomial). To measure more of them: drift_shapes_test.py SEEDS [SHAPE].
"""

import json
import pathlib
import sys
import tempfile
import unittest

import harness

SHAPES = harness.ROOT / "tests/data/drift_shapes"
sys.path.insert(0, str(SHAPES))
import make_shapes  # noqa: E402

TRUTH = json.loads((SHAPES / "truth.json").read_text())
MOST_ALARMS = 3  # days of 60


def drifted(page):
    return sorted({dict(labels)["column"] for (name, labels), value in page.items()
                   if name == "leeway_drift_band" and value > 0})


class Days:
    """An agent that judges a table day by day."""

    def __init__(self, test, shape, seed=1):
        directory = tempfile.TemporaryDirectory()
        test.addCleanup(directory.cleanup)
        self.shape = shape
        self.source = make_shapes.Shapes(directory.name, seed, [shape])
        config = (SHAPES / f"{shape}.toml").read_text().replace("[agent]", '[agent]\npoll_interval = "10ms"')
        config = config.replace("{", "{{").replace("}", "}}").replace("DATA", "{directory}")
        if shape != "sensors":  # files appear as a whole
            config = config.replace("\n[[drift]]", 'settle = "0s"\n[[drift]]')
        self.agent = harness.Agent(directory.name, config)
        test.addCleanup(self.agent.close)
        self.agent.start_and_wait()
        self.written = self.judged = 0

    def next(self):
        """The columns that have drifted on the next day, and the page of metrics then."""
        # A day of a log ends with the first record of the next one.
        while self.written <= self.judged + (self.shape == "sensors"):
            self.source.write(self.shape, self.written)
            self.written += 1
        self.judged += 1
        key = "leeway_drift_windows_total", (("drift", self.shape),)
        page = harness.wait_until(lambda: (page := self.agent.scrape()).get(key) == self.judged and page,
                                  f"day {self.judged} of {self.shape}", seconds=600)
        return drifted(page), page


def alarms_and_fault(test, shape, seed=1):
    days = Days(test, shape, seed)
    healthy = [days.next()[0] for _ in range(TRUTH["days"])]
    found, page = days.next()
    return [(day, columns) for day, columns in enumerate(healthy) if columns], found, page


class DriftShapesTest(unittest.TestCase):
    def see(self, shape):
        alarms, found, page = alarms_and_fault(self, shape)
        print(f"{shape}: days with an alarm {alarms}, then {found}")
        columns = {dict(labels)["column"] for name, labels in page if name == "leeway_drift_rows"}
        self.assertEqual(TRUTH[shape]["columns"], len(columns))
        self.assertLessEqual(len(alarms), MOST_ALARMS, alarms)
        self.assertEqual(TRUTH[shape]["drifted"], found)

    def test_a_partitioned_table_of_60_columns(self):
        self.see("orders")

    def test_ratings_of_a_survey(self):
        self.see("ratings")

    def test_readings_with_heaps_at_round_numbers(self):
        self.see("sensors")


def measure(seeds, shapes):
    for shape in shapes:
        alarms, found = [], 0
        for seed in range(1, seeds + 1):
            test = unittest.TestCase()
            of_seed, fault, _ = alarms_and_fault(test, shape, seed)
            test.doCleanups()
            alarms += of_seed
            found += fault == TRUTH[shape]["drifted"]
        print(f"{shape}: {len(alarms)} of {seeds * TRUTH['days']} days with an alarm, {alarms}; {found} of {seeds} faults "
              "found alone", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1].isdigit():
        measure(int(sys.argv[1]), sys.argv[2:] or ["orders", "ratings", "sensors"])
    else:
        unittest.main()
