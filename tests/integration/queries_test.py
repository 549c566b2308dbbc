"""Sends every expression generated for the Echo Ridge pack to the real Prometheus, which scrapes the agent on the pack's
sample log. Expressions without data are listed by name: a query that silently finds nothing is broken."""

import json
import pathlib
import re
import tempfile
import unittest

import harness
import monitoring
import yaml

PACK = harness.ROOT / "deploy/packs/echo-ridge.toml"
SAMPLE = harness.ROOT / "deploy/packs/echo-ridge/sample.log"

# Expressions without data in the sample, panels as "dashboard: panel", and the alerts that its incident fires.
RECORDS_WITHOUT_DATA = {"slo:leeway_slo_error_budget_exhaustion:seconds",  # the incident has spent the budget
                        "slo:leeway_slo_events:increase30d_offset1d"}  # there was nothing yet
# Not the fast tiers of the availability: the sample has fewer events than they need.
ALERTS_THAT_FIRE = {"ErrorBudgetBurnPageSlow", "ErrorBudgetBurnTicketFast", "ErrorBudgetBurnTicketSlow", "DriftDetected", "HighErrorRate", "HighLatency",
                    "EchoP95High", "EchoAdapterFailureRate", "EchoAdapterSlow", "EchoBlendSlow", "EchoBatchFailed", "EchoBatchThroughputLow",
                    "EchoNormContextStale", "EchoDBDown", "DatabaseSlowQueries",
                    "LeewayWindowRecordsLate",  # portions of the log are read one after the other
                    "LeewaySourceSilent"}  # and is months old
ALERTS_OF_THE_STAND_IN = {"EchoMemoryLeak", "HighMemoryUsage"}  # of a Prometheus that has just started
SELECTORS_WITHOUT_DATA = {
    # There were no events a day ago.
    *(f'ErrorBudgetExhausted: slo:leeway_slo_events:increase30d_offset1d{{job="echo-ridge", slo="{slo}"}}'
      for slo in ("availability", "latency_p99", "latency_p95")),
    # There is neither a web configuration nor a stream, and every file can be read.
    'LeewayCertificateExpiring: leeway_web_certificate_not_after_timestamp_seconds{job="echo-ridge"}',
    'LeewayWebConfigurationBroken: leeway_web_config_last_reload_successful{job="echo-ridge"}',
    'LeewayInputClosed: leeway_source_input_open{job="echo-ridge"}',
    'LeewayInputDropped: leeway_source_dropped_total{job="echo-ridge"}',
    'LeewayUnreadableFiles: leeway_source_unreadable_files{job="echo-ridge"}',
    # No record is older than its source allows.
    'LeewayRecordsLate: leeway_source_late_records_total{job="echo-ridge"}'}
PANELS_WITHOUT_DATA = {"echo-ridge-slo: Budget lasts",  # it is spent
                       # There are no streams.
                       "echo-ridge-agent: Dropped datagrams and connections", "echo-ridge-agent: Streams that are open",
                       "echo-ridge-agent: Open connections",
                       # Nothing of the kind has happened.
                       "echo-ridge-agent: Rotations", "echo-ridge-agent: Truncations", "echo-ridge-agent: Late records",
                       "echo-ridge-agent: Share of the limit", "echo-ridge-agent: Unreadable files",
                       "echo-ridge-agent: Damaged data files",
                       "echo-ridge-agent: Read errors",
                       # It has no --web.config.file.
                       "echo-ridge-agent: Web configuration read", "echo-ridge-agent: Certificate expires",
                       "echo-ridge-agent: Refused clients"}

PORTIONS = 4
VARIABLES = {"job": ".+", "instance": ".+", "__rate_interval": "5m", "__range": "5m", "__interval": "1m"}


def substituted(expression):
    for name, value in VARIABLES.items():
        expression = re.sub(rf"\$(?:{name}\b|\{{{name}(?::\w+)?\}})", lambda _, text=value: text, expression)
    return expression


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


class QueriesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.directory = pathlib.Path(temporary.name)
        lines = SAMPLE.read_bytes().splitlines(keepends=True)
        log = cls.directory / "app.log"
        start = len(lines) // 3
        log.write_bytes(b"".join(lines[:start]))
        # The unchanged text of the pack; its paths are replaced on the command line.
        agent = harness.Agent(cls.directory, PACK.read_text().replace("{", "{{").replace("}", "}}"),
                              ["--source.path", f"app={log}", "--state.dir", f"{cls.directory}/state"])
        cls.addClassCleanup(agent.close)
        agent.start_and_wait()
        generated = monitoring.generate("rules", PACK, cls.directory / "rules")
        text = (generated / "rules.yml").read_text()
        # Recording rules have results within seconds instead of minutes: they are evaluated each second, also within the
        # subqueries over the period.
        text = re.sub(r"(?m)^    interval: .*$", "    interval: 1s", text).replace("[30d:5m]", "[1m:1s]")
        cls.rules = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
        rules = cls.directory / "fast.yml"
        rules.write_text(text)
        # Prometheus itself replaces the service: it exports the process metrics that alerts read.
        targets = {"echo-ridge": f"127.0.0.1:{agent.port}", "echo-ridge-scoring": None}
        cls.prometheus = monitoring.Prometheus(cls.directory, targets, [rules])
        cls.addClassCleanup(cls.prometheus.close)
        # The rest in portions: rates do not include the first value of a series. Begins and ends of batches stay in their order.
        batches = [line for line in lines[start:] if b"atch processing" in line]
        rest = [line for line in lines[start:] if b"atch processing" not in line]
        scrapes = 'count_over_time(up{job="echo-ridge"}[5m])'
        for portion in range(PORTIONS):
            harness.wait_until(lambda least=2 + 2 * portion: cls.prometheus.query(f"{scrapes} >= {least}"), "scrapes", 60)
            with open(log, "ab") as file:
                file.write(b"".join(rest[portion::PORTIONS] + (batches if portion == 1 else [])))
        harness.wait_until(lambda: cls.prometheus.query("count_over_time(slo:leeway_slo_events:increase5m[1m]) > 3"),
                           "the records", 60)

    def test_every_recording_rule_has_data(self):
        empty = {rule["record"] for rule in self.rules if "record" in rule and not self.prometheus.query(rule["expr"])}
        self.assertEqual(RECORDS_WITHOUT_DATA, empty)

    def test_every_alert_is_evaluated_and_only_the_incident_fires(self):
        firing = {rule["alert"] for rule in self.rules if "alert" in rule and self.prometheus.query(rule["expr"])}
        self.assertEqual(ALERTS_THAT_FIRE, firing - ALERTS_OF_THE_STAND_IN)

    def test_every_metric_in_an_alert_has_data(self):
        """An alert without data to compare with its threshold would never fire."""
        empty = set()
        for rule in self.rules:
            if "alert" in rule and "absent" not in rule["expr"]:
                for selector in re.findall(r"[a-zA-Z_:][\w:]*\{[^{}]*\}", rule["expr"]):
                    if not selector.startswith("ALERTS{") and not self.prometheus.query(selector):
                        empty.add(f"{rule['alert']}: {selector}")
        self.assertEqual(SELECTORS_WITHOUT_DATA, empty)

    def test_every_panel_shows_data(self):
        empty = set()
        count = 0
        for path in sorted(monitoring.generate("dashboards", PACK, self.directory / "dashboards").glob("*.json")):
            dashboard = json.loads(path.read_text())
            for panel in panels(dashboard):
                for target in panel.get("targets", []):
                    count += 1
                    if not self.prometheus.query(substituted(target["expr"])):
                        empty.add(f"{path.stem}: {panel['title']}")
            for variable in dashboard["templating"]["list"]:
                if variable["type"] == "query":
                    query = variable["query"]
                    text = query["query"] if isinstance(query, dict) else query
                    selector = re.fullmatch(r"label_values\((.+), ?\w+\)", text)
                    self.assertIsNotNone(selector, text)
                    self.assertTrue(self.prometheus.query(substituted(selector[1])), text)
        self.assertGreater(count, 0)
        self.assertEqual(PANELS_WITHOUT_DATA, empty)


if __name__ == "__main__":
    unittest.main()
