"""A log whose rest was destroyed while the agent was down, from leeway_source_gaps_total to the alert in the real Prometheus;
logs that were read to their end, rotated or not, raise none."""

import pathlib
import subprocess
import tempfile
import time
import unittest

import harness
import monitoring

CONFIG = """
[agent]
state_dir = "{directory}/state"

[rules]
name = "logs"
scrape_interval = "1s"
evaluation_interval = "1s"
""" + "".join(f"""
[[source]]
name = "{name}"
type = "log"
path = "{{directory}}/{name}/app.log*"
format = "json"

[[metric]]
name = "{name}_lines_total"
type = "counter"
help = "Lines."
source = "{name}"
""" for name in ("destroyed", "healthy", "rotated"))


class GapsTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.lines = 0

    def write(self, *names):
        """Ten lines to each of these logs, all different."""
        for name in names:
            with open(self.directory / name / "app.log", "ab") as file:
                for _ in range(10):
                    self.lines += 1
                    file.write(b'{"n": %d}\n' % self.lines)

    def test_a_log_that_was_destroyed_unread_is_named_and_alerts(self):
        names = ("destroyed", "healthy", "rotated")
        for name in names:
            (self.directory / name).mkdir()
        self.write(*names)
        agent = harness.Agent(self.directory, CONFIG)
        self.addCleanup(agent.close)
        agent.start_and_wait()
        self.wait_for_lines(agent, destroyed=10, healthy=10, rotated=10)

        # The generated rule as it is: nothing is shortened, an increase within an hour is seen at the next evaluation.
        rules = monitoring.generate("rules", agent.config, self.directory / "out") / "rules.yml"
        subprocess.run(["promtool", "check", "rules", "--lint=all", "--lint-fatal", rules], check=True, capture_output=True)
        prometheus = monitoring.Prometheus(self.directory, {"logs": f"127.0.0.1:{agent.port}"}, [rules])
        self.addCleanup(prometheus.close)
        seen = 'count_over_time(leeway_source_gaps_total{source="destroyed",reason="file_missing"}[1m]) >= 3'
        harness.wait_until(lambda: prometheus.query(seen), "scrapes without a gap", 60)
        self.assertEqual({}, gaps(agent))
        self.assertEqual([], alerts(prometheus))

        code, _ = agent.terminate()
        self.assertEqual(0, code, agent.messages())
        self.write(*names)
        (self.directory / "destroyed/app.log").unlink()
        (self.directory / "destroyed/other").touch()  # an empty directory may be a place to mount at
        (self.directory / "rotated/app.log").rename(self.directory / "rotated/app.log.1")
        self.write("rotated")
        agent.start_and_wait()
        self.wait_for_lines(agent, destroyed=10, healthy=20, rotated=30)
        harness.wait_until(lambda: gaps(agent), "the gap", 10)
        self.assertEqual({("destroyed", "file_missing"): 1}, gaps(agent))
        path = self.directory / "destroyed/app.log"
        named = [line for line in agent.messages().splitlines() if str(path) in line and "is not to be found" in line]
        self.assertEqual(1, len(named), agent.messages())

        firing = [("destroyed", "file_missing", "firing")]
        harness.wait_until(lambda: alerts(prometheus) == firing, f"the alert of {firing}", 30)
        # Neither do the others fire, nor does it count again after one more start.
        agent.kill()
        self.write("healthy", "rotated")
        agent.start_and_wait()
        self.wait_for_lines(agent, destroyed=10, healthy=30, rotated=40)
        time.sleep(3)
        self.assertEqual({("destroyed", "file_missing"): 1}, gaps(agent))
        self.assertEqual(firing, alerts(prometheus))

    def wait_for_lines(self, agent, **expected):
        def wrong():
            samples = agent.scrape()
            return {name: samples.get((f"{name}_lines_total", ())) for name, lines in expected.items()
                    if samples.get((f"{name}_lines_total", ())) != lines}
        try:
            harness.wait_until(lambda: not wrong(), "lines", 20)
        except AssertionError:
            self.fail(f"{wrong()}, not {expected}\n{agent.messages()}")


def gaps(agent):
    return {(dict(labels)["source"], dict(labels)["reason"]): value for (name, labels), value in agent.scrape().items()
            if name == "leeway_source_gaps_total" and value != 0}


def alerts(prometheus):
    """(source, reason, state) of each alert LeewaySourceGaps."""
    return sorted(tuple(series["metric"][label] for label in ("source", "reason", "alertstate"))
                  for series in prometheus.query('ALERTS{alertname="LeewaySourceGaps"}'))


if __name__ == "__main__":
    unittest.main()
