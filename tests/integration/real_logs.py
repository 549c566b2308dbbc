"""Logs in directories of a real file system, and one agent that tails them: what was written, what was counted, and what was
named as lost or doubtful."""

import pathlib
import tempfile
import time
import unittest

import harness

SOURCE = """
[[source]]
name = "{name}"
type = "log"
path = "{pattern}"
format = "json"
{options}

[[metric]]
name = "{name}_lines_total"
type = "counter"
help = "Lines."
source = "{name}"
when = "has(n)"

[[metric]]
name = "{name}_numbers_total"
type = "counter"
help = "Sum of the numbers of the lines."
source = "{name}"
when = "has(n)"
value = "n"
"""


class Log:
    """A log with a source of its own. `pattern`: relative to its directory, where app.log is the log unless a test says
    otherwise. `options`: of the source."""

    def __init__(self, directory, pattern, options):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.pattern = self.directory / pattern
        self.options = options
        self.path = self.directory / "app.log"
        self.written = 0

    def lines(self, count):
        """The next lines, all different."""
        numbers = range(self.written + 1, self.written + count + 1)
        self.written += count
        return b"".join(b'{"n": %d, "text": "line of a log"}\n' % number for number in numbers)

    def append(self, count, path=None):
        with open(path or self.path, "ab") as file:
            file.write(self.lines(count))

    def truth(self):
        return self.written, self.written * (self.written + 1) // 2


class RealLogsTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.logs = {}

    def add_log(self, name, pattern="app.log*", directory=None, options=""):
        self.logs[name] = Log(directory or self.directory / name, pattern, options)
        return self.logs[name]

    def start(self):
        """The agent, with a source for each log; all lines are counted when it returns."""
        config = f'[agent]\nstate_dir = "{self.directory}/state"\n' + "".join(
            SOURCE.format(name=name, pattern=log.pattern, options=log.options) for name, log in self.logs.items())
        self.agent = harness.Agent(self.directory, config.replace("{", "{{").replace("}", "}}"))
        self.addCleanup(self.agent.close)
        self.agent.start_and_wait()
        self.wait_for_all()

    def while_stopped(self, action):
        self.agent.terminate()
        action()
        self.agent.start_and_wait()
        self.wait_for_all()

    def while_running(self, action):
        action()
        self.wait_for_all()

    def wrong(self):
        """Log -> ((lines, sum) counted, (lines, sum) written) where they differ."""
        samples = self.agent.scrape()
        counted = {name: tuple(int(samples.get((f"{name}_{kind}_total", ()), 0)) for kind in ("lines", "numbers"))
                   for name in self.logs}
        return {name: (counted[name], log.truth()) for name, log in self.logs.items() if counted[name] != log.truth()}

    def wait_for_all(self, seconds=15):
        try:
            harness.wait_until(lambda: not self.wrong(), "all lines to be counted", seconds)
        except AssertionError:
            self.fail(f"{self.wrong()}\n{self.agent.messages()}")

    def named(self):
        """(log, reason) -> bytes that were named as lost, or times that a doubt was named."""
        return {(dict(labels)["source"], dict(labels)["reason"]): int(value)
                for (name, labels), value in self.agent.scrape().items()
                if name in ("leeway_source_gaps_total", "leeway_source_lost_bytes_total") and value != 0}

    def stay_exact(self, seconds=2, named=None):
        """All lines are counted, and neither more nor less of them later, also after `kill -9`. `named`: by default nothing."""
        self.wait_for_all()
        self.agent.kill()
        self.agent.start_and_wait()
        self.wait_for_all()
        time.sleep(seconds)
        self.assertEqual({}, self.wrong(), self.agent.messages())
        self.assertEqual(named or {}, self.named(), self.agent.messages())
