"""From a log to notifications: the agent reads an incident, the real Prometheus evaluates the generated rules, the real
Alertmanager sends what the on-call engineer would receive."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import harness
import monitoring

# Periods, and therefore the windows, are as in production: a Prometheus that has one minute of samples has that minute in
# each window. All four tiers exist from a period of nine days.
CONFIG = """
[agent]
state_dir = "{directory}/state"

[rules]
name = "shop"
scrape_interval = "1s"
evaluation_interval = "1s"

[[source]]
name = "app"
type = "log"
path = "{directory}/app.log*"
format = "json"
time = "ts"

[[metric]]
name = "requests_total"
type = "counter"
help = "Requests."
labels = ["code"]
values = {{ code = ["200", "404", "500", "503"] }}

[[slo]]
name = "availability"
good = "code < 500"
objective = 0.9
period = "9d"

[[alert]]
name = "ServerErrors"
metric = 'requests_total{{code=~"5.."}}'
by = ["code"]
increase_above = {{ limit = 10, window = "15s" }}
severity = "critical"
summary = "The server fails."
inhibits = ["ClientErrors"]

[[alert]]
name = "ClientErrors"
metric = 'requests_total{{code="404"}}'
increase_above = {{ limit = 10, window = "5s" }}
severity = "warning"
summary = "Clients request missing resources."

[[alert]]
name = "ManyRequests"
metric = "requests_total"
increase_above = {{ limit = 100000, window = "15s" }}
severity = "critical"
summary = "More requests than ever."
"""


class AlertingTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.log = self.directory / "app.log"

    def write(self, **counts):
        """The given number of lines of each code, in one write."""
        lines = [json.dumps({"ts": time.time(), "code": int(code.removeprefix("code"))}) + "\n"
                 for code, count in counts.items() for _ in range(count)]
        with open(self.log, "ab", buffering=0) as file:
            os.write(file.fileno(), "".join(lines).encode())

    def start(self, shortened=None):
        """`shortened`: replacements in the generated rules, so that no test waits for minutes."""
        self.write(code200=20)
        agent = harness.Agent(self.directory, CONFIG)
        self.addCleanup(agent.close)
        agent.start_and_wait()
        generated = monitoring.generate("rules", agent.config, self.directory / "out")
        self.receiver = monitoring.Receiver()
        self.addCleanup(self.receiver.close)
        alertmanager = monitoring.Alertmanager(
            self.directory, monitoring.impatient((generated / "alertmanager.yml").read_text(), self.receiver))
        self.addCleanup(alertmanager.close)
        rules = generated / "rules.yml"
        for long, short in (shortened or {}).items():
            self.assertIn(long, rules.read_text())
            rules.write_text(rules.read_text().replace(long, short))
        subprocess.run(["promtool", "check", "rules", "--lint=all", "--lint-fatal", rules], check=True,
                       capture_output=True)
        prometheus = monitoring.Prometheus(self.directory, {"shop": f"127.0.0.1:{agent.port}"}, [rules], alertmanager)
        self.addCleanup(prometheus.close)
        return agent, prometheus, alertmanager

    def run_healthy(self, prometheus):
        harness.wait_until(lambda: prometheus.query('count_over_time(leeway_slo_events_total[1m]) >= 4'), "scrapes", 60)
        self.write(code200=20)
        harness.wait_until(lambda: prometheus.query("slo:leeway_slo_events:increase5m > 0"), "the records", 60)
        harness.wait_until(lambda: prometheus.alerts() == set(), "the end of what was absent before the first scrape")

    def wait_for(self, count, what):
        harness.wait_until(lambda: len(self.receiver.notifications()) >= count, what, 60)

    def test_an_outage_pages_once_and_says_when_it_is_over(self):
        _, prometheus, alertmanager = self.start()
        self.run_healthy(prometheus)
        self.assertEqual([], self.receiver.notifications())

        self.write(code500=300, code503=300, code404=50)
        self.wait_for(2, "the pages")
        page = ("shop", "firing", ("ErrorBudgetBurnPageFast",))
        errors = ("shop", "firing", ("ServerErrors", "ServerErrors"))
        self.assertCountEqual([page, errors], self.receiver.notifications())
        slower = {"ErrorBudgetBurnPageSlow", "ErrorBudgetBurnTicketFast", "ErrorBudgetBurnTicketSlow", "ClientErrors"}
        self.assertEqual(slower, {labels["alertname"] for labels in alertmanager.inhibited()})
        firing = {name for name, state in prometheus.alerts() if state == "firing"}
        self.assertEqual(slower | {"ErrorBudgetBurnPageFast", "ServerErrors"}, firing)

        self.wait_for(3, "the end of the errors")
        over = ("shop", "resolved", ("ServerErrors", "ServerErrors"))
        time.sleep(4)  # two group intervals, in which nothing else may arrive
        self.assertCountEqual([page, errors, over], self.receiver.notifications())

        for body in self.receiver.bodies():
            for alert in body["alerts"]:
                self.assertEqual("shop", alert["labels"]["job"])
                self.assertRegex(alert["annotations"]["summary"], r"^shop: [A-Z].*([.]|\(limit .*\))$")
                self.assertNotRegex(alert["annotations"]["description"], r"\$value|\{\{|%!|NaN|Inf")

    def test_an_agent_that_is_down_pages_once_and_explains_what_is_absent(self):
        agent, prometheus, alertmanager = self.start({"for: 5m": "for: 2s", "for: 10m": "for: 3s"})
        self.run_healthy(prometheus)
        agent.kill()
        down = ("shop", "firing", ("LeewayDown",))
        self.wait_for(1, "the page")
        harness.wait_until(lambda: {labels["alertname"] for labels in alertmanager.inhibited()} == {"SloInputAbsent"},
                           "the inhibition", 60)
        time.sleep(4)
        self.assertEqual([down], self.receiver.notifications())

        agent.start_and_wait()
        self.wait_for(2, "the end")
        time.sleep(4)
        self.assertEqual([down, ("shop", "resolved", ("LeewayDown",))], self.receiver.notifications())


if __name__ == "__main__":
    unittest.main()
