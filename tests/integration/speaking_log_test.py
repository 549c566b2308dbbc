"""The agent's log says each mistake once a minute, and what it watches: one source for each cause, with the real agent."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import harness

SOURCE = """
[[source]]
name = "{name}"
type = "log"
path = "{directory}/{name}.log"
format = "json"
time = "ts"
redact = ["email"]

[[metric]]
name = "{name}_events_total"
type = "counter"
help = "Events."
source = "{name}"
"""
NAMES = ("rejects", "slo", "metric", "times", "missing", "directory", "series", "late", "future", "rotated")
CONFIG = '[agent]\nstate_dir = "{directory}/state"\n' + "".join(SOURCE.replace("{name}", name) for name in NAMES) + """
[[slo]]
name = "fast"
source = "slo"
good = "ms < 100"
objective = 0.9

[[metric]]
name = "took_seconds"
type = "histogram"
source = "metric"
value = "took"
buckets = [1.0]

[[metric]]
name = "logins_total"
type = "counter"
source = "series"
labels = ["user"]
max_series = 2

[[window]]
name = "user_events"
source = "series"
aggregate = "count"
over = "5m"
labels = ["user"]
max_series = 2

[[state]]
name = "runs"
source = "series"
start = "op == 'start'"
end = "op == 'end'"
key = "user"
when = "has(op)"
max_keys = 1
"""
NOW = int(time.time())
# Of each source: what is written, how many records that is, and what the log says. "of {}" is a number.
MISTAKES = {
    "rejects": ("no record of ann@example.org\n", "warn source 'rejects': {} no record", ", such as: no record of <email>"),
    "slo": ({"ts": NOW}, "warn slo:fast: {} not counted (missing_field)", ", such as: `ms` is absent"),
    "metric": ({"ts": NOW, "took": "ann@example.org"}, "warn took_seconds: {} not counted (wrong_type)",
               ', such as: `took` is "<email>"'),
    "times": ({"ts": "yesterday"}, "warn source 'times': {} with a time that cannot be read", ", such as: yesterday"),
    "late": ({"ts": NOW - 86400}, "warn source 'late': {} further behind the newest one", ", such as one of 2"),
    "future": ({"ts": NOW + 864000}, "warn source 'future': {} further in the future", ", such as one of 2"),
}


def text_of(record):
    return record if isinstance(record, str) else json.dumps(record) + "\n"


class SpeakingLogTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.agent = harness.Agent(self.directory, CONFIG, ["--log.format=json"])
        self.addCleanup(self.agent.close)
        for name in NAMES:
            if name == "directory":
                (self.directory / f"{name}.log").mkdir()
            elif name != "missing":
                self.write(name, {"ts": NOW, "ms": 1, "took": 1, "user": "u"})

    def write(self, name, *records):
        with open(self.directory / f"{name}.log", "a") as log:
            log.write("".join(map(text_of, records)))

    def lines(self):
        self.agent.log.flush()
        found = [json.loads(line) for line in (self.directory / "agent.err").read_text().splitlines()]
        return [f"{line['level']} {line['msg']}" for line in found]

    def with_words(self, *words):
        return [line for line in self.lines() if all(word in line for word in words)]

    def wait_for(self, *words, seconds=20):
        """Scrapes make the agent commit, after which it looks what to say."""
        harness.wait_until(lambda: self.agent.scrape() and self.with_words(*words), f"{words} in {self.lines()}", seconds)
        return self.with_words(*words)[-1]

    def test_it_says_what_it_watches_and_where_it_goes_on(self):
        self.agent.start_and_wait()
        line = self.wait_for("info source 'slo': json, tail of")
        self.assertIn(f"{self.directory}/slo.log: 1 file matches; it is new and reads from the beginning", line)
        self.assertIn("0 files match", self.wait_for("info source 'missing': json"))
        size = (self.directory / "slo.log").stat().st_size
        self.agent.terminate()
        self.agent.start_and_wait()
        self.wait_for(f"source 'slo': json", f"it goes on at byte {size} of '{self.directory}/slo.log', as saved at 20")

    def test_each_mistake_once_a_minute_with_an_example(self):
        self.agent.start_and_wait()
        # A first one alone, then many.
        for count, seen in ((1, "1 "), (5, None)):
            for name, (record, _, _) in MISTAKES.items():
                self.write(name, *[record] * count)
            if seen is not None:
                for _, words, example in MISTAKES.values():
                    before, after = words.split("{}")
                    line = self.wait_for(before, after)
                    self.assertIn(before + seen, line)
                    self.assertIn(example, line)
        self.write("series", *({"ts": NOW, "user": f"u{i}"} for i in range(6)))
        self.wait_for("warn logins_total has reached its limit of 2 series")
        self.wait_for("warn user_events has reached its limit of 2")
        self.write("series", *({"ts": NOW, "op": "start", "user": f"u{i}"} for i in range(4)))
        self.wait_for("warn state:runs holds as many as `max_keys` allows: 3 starts are left out")
        for i in range(3):
            self.write("series", {"ts": NOW, "user": f"again{i}"})
            self.agent.scrape()
        self.assertEqual(1, len(self.with_words("warn source 'missing': no file matches")))
        self.assertEqual(1, len(self.with_words("warn source 'directory'", "directory.log' is not read")))
        (self.directory / "rotated.log").rename(self.directory / "rotated.log.1")
        self.write("rotated", {"ts": NOW})
        self.wait_for("info source 'rotated': 1 file was rotated")
        for words in [words for _, words, _ in MISTAKES.values()] + ["logins_total has{}", "user_events has{}", "state:runs holds{}"]:
            self.assertEqual(1, len(self.with_words(*words.split("{}"))), self.lines())
        self.assertNotIn("ann@example.org", "\n".join(self.lines()))
        if "LEEWAY_LOG_MINUTE" not in os.environ:
            self.agent.terminate()
            for _, words, _ in MISTAKES.values():
                before, after = words.split("{}")
                self.assertEqual(1, len(self.with_words(before + "5 more ", after)), "the rest, at the end")
        else:
            time.sleep(61)
            for name, (_, words, _) in MISTAKES.items():
                before, after = words.split("{}")
                self.wait_for(before + "5 more ", after)

    def test_state_that_is_not_used(self):
        self.agent.start_and_wait()
        self.agent.terminate()
        self.agent.config.write_text(self.agent.config.read_text().replace('value = "took"', 'value = "took * 2"'))
        self.agent.start_and_wait()
        self.wait_for("warn [[metric]] 'took_seconds' starts afresh: its definition changed")
        self.agent.terminate()
        for slot in (self.directory / "state").glob("checkpoint.?"):
            slot.write_bytes(b"no checkpoint")
        self.agent.start_and_wait()
        self.assertIn("it is new and reads from the beginning", self.wait_for("info source 'slo': json", "it is new"))
        self.assertTrue(self.with_words("warn", "damaged"), self.lines())

    def test_the_level_is_kept(self):
        self.agent.arguments.append("--log.level=error")
        self.write("rejects", "no record\n")
        self.agent.start_and_wait()
        self.agent.scrape()
        self.assertEqual([], self.lines())

    def test_errors_of_the_configuration_have_the_form_of_the_log(self):
        self.agent.config.write_text('[[source]]\nname = "a"\ntype = "log"\nformat = "jsn"\n[[metric]]\nkind = 1\n')

        def run(*arguments):
            done = subprocess.run([harness.LEEWAY, "run", "-c", self.agent.config, *arguments], capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual(2, done.returncode, done.stderr)
            return done.stderr.splitlines()
        plain = run()
        self.assertGreater(len(plain), 2)
        self.assertRegex(plain[0], r"^.*leeway\.toml:\d+:\d+: error: ")
        self.assertEqual(plain, [json.loads(line)["msg"] for line in run("--log.format=json")])
        for line in run("--log.format=logfmt"):
            self.assertRegex(line, r'^time=\S+ level=error msg=".*leeway\.toml:\d+:\d+: error: .*"$')


if __name__ == "__main__":
    unittest.main()
