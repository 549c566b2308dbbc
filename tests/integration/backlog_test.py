"""Six hours of logs of five writers, in two sources, that are read at once: windows and states count what plain Python
computes from all records in the order of their times, by `replay`, by an agent that starts beside them, and by one that
is killed with `kill -9` again and again meanwhile."""

import json
import math
import pathlib
import random
import subprocess
import tempfile
import time
import unittest

import harness

SEED = 5
RECORDS = 24_000
KILLS = 6
HOURS = 6
END = 1_700_006_400  # begins a step of all windows
BEGIN = END - HOURS * 3600
QUIET = 60  # seconds without records: the clock that goes on takes them out of the windows, and nothing waits at the end
WINDOW = 900
FILES = {"a": ("w1", "w2", "w3"), "b": ("x1", "x2")}

CONFIG = """
[agent]
state_dir = "{directory}/state"
commit_interval = "10ms"
poll_interval = "10ms"

[[source]]
name = "b"
type = "log"
path = "{directory}/b/*.log"
format = "json"
time = "t"

[[source]]
name = "a"
type = "log"
path = "{directory}/a/*.log"
format = "json"
time = "t"
"""

WINDOWS = {"one": "'a'", "both": "['a', 'b']"}


def config():
    text = CONFIG
    for name, source in WINDOWS.items():
        for aggregate, over in (("count", "15m"), ("sum", "15m"), ("count", "1d"), ("sum", "1d")):
            text += (f"[[window]]\nname = '{name}_{aggregate}_{over}_now'\nsource = {source}\naggregate = '{aggregate}'\n"
                     f"over = '{over}'\nlateness = '1m'\n" + ("value = 'v'\n" if aggregate == "sum" else ""))
        text += f"[[state]]\nname = '{name}'\nsource = {source}\nkey = 'k'\nstart = 'e == 0'\nend = 'e == 1'\nforget = '30d'\n"
        text += (f"[[state]]\nname = '{name}_later'\nsource = {source}\nkey = 'k'\nstart = 'e == 0'\nend = 'e == 1'\n"
                 "forget = '30d'\nlateness = '1m'\n")
    return text


def records(choose):
    """In the order of their times, each of one writer; no two have one time. Writers are quiet now and then."""
    times = sorted({round(choose.uniform(BEGIN, END - QUIET - 10), 3) for _ in range(RECORDS)})
    writers = [(source, file) for source, files in FILES.items() for file in files]
    for at in times:
        if not END - WINDOW - 10 <= at < END - WINDOW + QUIET:
            busy = writers[int(at / 1500) % 3:] if choose.random() < 0.9 else writers
            source, file = choose.choice(busy)
            yield source, file, {"t": at, "v": choose.randrange(100), "e": choose.randrange(3), "k": choose.randrange(30)}
    yield "a", "w2", {"t": END + 1, "v": 1, "e": 2, "k": 0}


def truth(rows):
    """Of what was in progress: by key, the start; and what became of it."""
    begun, lasted, restarted, unmatched = {}, [], 0, 0
    for row in rows:
        if row["e"] == 0:
            restarted += row["k"] in begun
            begun[row["k"]] = row["t"]
        elif row["e"] == 1 and row["k"] in begun:
            lasted.append(row["t"] - begun.pop(row["k"]))
        elif row["e"] == 1:
            unmatched += 1
    recent = [row["v"] for row in rows if row["t"] >= END - WINDOW]
    return {"count_15m": len(recent), "sum_15m": sum(recent), "count_1d": len(rows), "sum_1d": sum(row["v"] for row in rows),
            "restarted": restarted, "success": len(lasted), "lasted": math.fsum(lasted), "open": len(begun),
            "unmatched": unmatched}


def found(samples, name):
    values = {f"{aggregate}_{over}": samples.get((f"{name}_{aggregate}_{over}_now", ()))
              for aggregate in ("count", "sum") for over in ("15m", "1d")}
    return values | states(samples, name)


def states(samples, name):
    ended = {outcome: samples[(f"{name}_ended_total", (("outcome", outcome),))] for outcome in ("restarted", "success")}
    return ended | {"lasted": samples[(f"{name}_duration_seconds_sum", ())], "open": samples[(f"{name}_in_progress", ())],
                    "unmatched": samples[("leeway_state_unmatched_ends_total", (("state", name),))]}


class BacklogTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.directory = pathlib.Path(folder.name)
        rows = list(records(random.Random(SEED)))
        texts = {}
        for source, file, row in rows:
            texts.setdefault((source, file), []).append(json.dumps(row) + "\n")
        for (source, file), lines in texts.items():
            (self.directory / source).mkdir(exist_ok=True)
            (self.directory / source / f"{file}.log").write_text("".join(lines))
        self.truth = {"one": truth([row for source, _, row in rows if source == "a"]), "both": truth([row for *_, row in rows])}
        self.agent = harness.Agent(self.directory, config())
        self.addCleanup(self.agent.close)

    def assert_true(self, samples):
        for name, expected in self.truth.items():
            self.assert_values(found(samples, name), expected, name)
            later = {key: expected[key] for key in ("restarted", "success", "lasted", "open", "unmatched")}
            self.assert_values(states(samples, f"{name}_later"), later, f"{name}_later")
        late = {key: value for key, value in samples.items() if key[0].endswith("_late_records_total") and value != 0}
        self.assertEqual({}, late)

    def assert_values(self, values, expected, name):
        for key, value in expected.items():
            self.assertAlmostEqual(values[key], value, delta=1e-6 * max(1, abs(value)), msg=f"{name} {key}")

    def read_all(self):
        """The agent's page once everything was read."""
        self.agent.start_and_wait()
        return self.agent.scrape()

    def test_replay(self):
        done = subprocess.run([harness.LEEWAY, "replay", "--config.file", self.agent.config], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_true(harness.exposition.parse_samples(done.stdout))

    def test_agent_that_starts_beside_the_logs(self):
        self.assert_true(self.read_all())

    def test_agent_that_is_killed_meanwhile(self):
        choose, stops = random.Random(SEED), set()
        for _ in range(KILLS):
            self.agent.start_and_wait_for_port()
            time.sleep(choose.uniform(0, 0.02))
            stops.add(sum(value for (name, _), value in self.agent.scrape().items() if name == "leeway_source_records_total"))
            self.agent.kill()
        self.assertGreater(len([stop for stop in stops if 0 < stop < RECORDS]), 1, stops)
        self.assert_true(self.read_all())


if __name__ == "__main__":
    unittest.main()
