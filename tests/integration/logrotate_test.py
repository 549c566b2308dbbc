"""Debian's logrotate, with each way that it rotates, over logs that one agent tails by three kinds of patterns: every line
is counted exactly once, although every other rotation happens while the agent is killed."""

import itertools
import pathlib
import tempfile
import time
import unittest

import harness
import logrotate

PATTERNS = ["app.log", "app.log*", "*.log"]
PHASES = 6
SOURCE = """
[[source]]
name = "s{index}"
type = "log"
path = "{directory}/{pattern}"
format = "json"

[[metric]]
name = "lines_{index}_total"
type = "counter"
help = "Lines."
source = "s{index}"

[[metric]]
name = "numbers_{index}_total"
type = "counter"
help = "Sum of the numbers of the lines."
source = "s{index}"
value = "n"
"""


class Service:
    """Writes numbered lines to app.log, and opens it again after a rotation."""

    def __init__(self, directory, options):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.log = self.directory / "app.log"
        self.configuration = logrotate.configure(self.log, options)
        self.copied = "copytruncate" in options
        self.dated = "dateformat" in options
        self.compressed = "compress\n" in options and "delaycompress" not in options  # lines written later are lost
        self.lines = 0
        self.file = None

    def write(self, count):
        if self.file is None:
            self.file = open(self.log, "ab", buffering=0)  # noqa: SIM115
        for _ in range(count):
            self.lines += 1
            self.file.write(b'{"n": %d, "text": "line of a log"}\n' % self.lines)

    def rotate(self):
        if not logrotate.force(self.configuration):
            raise AssertionError(f"logrotate failed for {self.configuration.read_text()}")
        if not self.copied:
            if not self.compressed:
                self.write(3)  # to the file that was renamed
            self.close()

    def close(self):
        if self.file is not None:
            self.file.close()
        self.file = None

    def truth(self):
        return self.lines, self.lines * (self.lines + 1) // 2


class LogrotateTest(unittest.TestCase):
    def prepare(self, directory):
        """An agent that does not run, and a service for each rotation and pattern that has written nothing."""
        services = {}
        config = f'[agent]\nstate_dir = "{directory}/state"\n'
        for index, (rotation, pattern) in enumerate(itertools.product(logrotate.ROTATIONS, PATTERNS)):
            services[index] = Service(f"{directory}/{index}", logrotate.ROTATIONS[rotation])
            self.addCleanup(services[index].close)
            config += SOURCE.format(index=index, directory=f"{directory}/{index}", pattern=pattern)
        agent = harness.Agent(directory, config.replace("{", "{{").replace("}", "}}"))
        self.addCleanup(agent.close)
        return agent, services

    def test_logs_that_are_rotated_before_they_are_seen(self):
        for stopped in (False, True):
            with self.subTest(stopped=stopped), tempfile.TemporaryDirectory() as directory:
                agent, services = self.prepare(directory)
                agent.start_and_wait()
                time.sleep(1.5)  # the directories are looked at
                if stopped:
                    agent.kill()
                for turn in range(2):
                    for service in services.values():
                        if stopped or turn == 0 or not service.dated:  # at once, but dateformat has seconds
                            service.write(7)
                            service.rotate()
                    time.sleep(1.1 if stopped else 0)
                for service in services.values():
                    service.write(3)
                if stopped:
                    agent.start_and_wait()
                self.wait_for_truth(agent, services)
                agent.close()

    def test_every_line_is_counted_once_however_logrotate_rotates(self):
        with tempfile.TemporaryDirectory() as directory:
            agent, services = self.prepare(directory)
            for service in services.values():
                service.write(20)
            agent.start_and_wait()
            for phase in range(PHASES):
                stopped = phase % 2 == 1
                if stopped:
                    agent.kill()
                for service in services.values():
                    service.write(10 + phase)
                    service.rotate()
                    service.write(phase % 3)
                if stopped:
                    agent.start_and_wait()
                elif phase % 4 == 0:
                    self.wait_for_truth(agent, services)
                time.sleep(1.1)  # dateformat has seconds
            for service in services.values():
                service.write(5)
            self.wait_for_truth(agent, services)
            agent.kill()
            agent.start_and_wait()
            time.sleep(2)
            self.assertEqual({}, self.wrong(agent, services))
            # A copy that is compressed at once may be seen before and be gone after: that is named, though nothing is lost.
            names = [rotation for rotation, _ in itertools.product(logrotate.ROTATIONS, PATTERNS)]
            gaps = {key: value for key, value in agent.scrape().items() if key[0] == "leeway_source_gaps_total" and value != 0
                    and names[int(dict(key[1])["source"][1:])] != "compress copied"}
            self.assertEqual({}, gaps, agent.messages())
            print(f"{len(services)} logs, {PHASES} rotations each, {sum(s.lines for s in services.values())} lines")

    def wrong(self, agent, services):
        """(rotation, pattern) -> (counted, written) where they differ."""
        samples = agent.scrape()
        names = dict(enumerate(itertools.product(logrotate.ROTATIONS, PATTERNS)))
        wrong = {}
        for index, service in services.items():
            counted = tuple(value(samples, f"{name}_{index}_total") for name in ("lines", "numbers"))
            if counted != service.truth():
                wrong[names[index]] = (counted, service.truth())
        return wrong

    def wait_for_truth(self, agent, services):
        try:
            harness.wait_until(lambda: not self.wrong(agent, services), "all lines to be counted", 40)
        except AssertionError:
            self.fail(f"{self.wrong(agent, services)}\n{agent.messages()}")


def value(samples, name):
    return next((int(number) for key, number in samples.items() if str(key[0] if isinstance(key, tuple) else key) == name), 0)


if __name__ == "__main__":
    unittest.main()
