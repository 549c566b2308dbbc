"""The generated alertmanager.yml in the real Alertmanager: who is notified, what is grouped, inhibited and muted."""

import json
import pathlib
import subprocess
import tempfile
import time
import unittest

import harness
import monitoring
import yaml

CONFIG = """
[agent]
state_dir = "state"

[rules]
name = "shop"
team = "web"

[[source]]
name = "app"
type = "log"
path = "app.log"
format = "json"
time = "ts"

[[slo]]
name = "availability"
good = "code < 500"
objective = 0.9

[[slo]]
name = "orders"
good = "code < 500"
objective = 0.9
[slo.alerts]
team = "back office"
"""
# Warnings are always in maintenance.
MUTED = CONFIG + """
[[maintenance]]
name = "always"
start = "00:00"
end = "24:00"
time_zone = "Europe/Berlin"
severities = ["warning"]
"""

# An alert on another job.
FOREIGN = """
[[alert]]
name = "DatabaseDown"
metric = 'up{job="database"}'
below = 1
for = "5m"
severity = "warning"
"""

# Everything that could end a YAML scalar, a matcher, a template or a comment line.
HOSTILE = "- a: \"b\" 'c' {{ $value }} #d\n\t```\\ \\n \x85\u2028 <x>|*&!%@`, ] } é " + "x" * 10_000
HOSTILE_CONFIG = CONFIG.replace('team = "web"', f"title = {json.dumps(HOSTILE)}\nteam = {json.dumps(HOSTILE)}") + f"""
[[maintenance]]
name = {json.dumps(HOSTILE)}
start = "00:00"
end = "24:00"
severities = ["warning"]
"""


class AlertmanagerTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)

    def generate_both(self, *arguments):
        """Of two configurations with the same names, of which one is always in maintenance."""
        paths = [self.directory / "shop.toml", self.directory / "cellar.toml"]
        paths[0].write_text(MUTED)
        paths[1].write_text(CONFIG.replace('name = "shop"', 'name = "cellar"').replace('team = "web"', "") + FOREIGN)
        return monitoring.generate("rules", paths[0], self.directory / "both", "--config.file", paths[1], *arguments)

    def generate(self, config=CONFIG):
        path = self.directory / "shop.toml"
        path.write_text(config)
        return (monitoring.generate("rules", path, self.directory / "out") / "alertmanager.yml").read_text()

    def start(self, configuration):
        receiver = monitoring.Receiver()
        self.addCleanup(receiver.close)
        alertmanager = monitoring.Alertmanager(self.directory, monitoring.impatient(configuration, receiver))
        self.addCleanup(alertmanager.close)
        return alertmanager, receiver

    def expect(self, receiver, *notifications):
        """Exactly these arrive, and no others within two group intervals."""
        harness.wait_until(lambda: len(receiver.notifications()) >= len(notifications), "the notifications")
        time.sleep(4)
        self.assertCountEqual(notifications, receiver.notifications())

    def test_amtool_routes_to_each_team(self):
        self.generate()
        file = str(self.directory / "out/alertmanager.yml")
        subprocess.run(["amtool", "check-config", file], check=True, capture_output=True)
        cases = {("severity=critical",): "web", ("severity=other",): "web", ("severity=info", "team=back office"): "back office",
                 ("severity=critical", "team=unknown"): "web", ("team=web",): "web"}
        self.verify_routes(file, cases)

    def verify_routes(self, file, cases):
        """`cases`: the receiver by labels."""
        for labels, expected in cases.items():
            done = subprocess.run(["amtool", "config", "routes", "test", f"--config.file={file}",
                                   f"--verify.receivers={expected}", *labels], capture_output=True, text=True)
            self.assertEqual(0, done.returncode, f"{labels}: {done.stdout}{done.stderr}")

    COMMON = {("job=shop", "severity=critical"): "web", ("job=shop", "team=back office", "severity=info"): "back office",
              ("job=cellar", "severity=critical"): "cellar", ("job=cellar", "team=web", "severity=info"): "cellar",
              ("job=database", "alertname=DatabaseDown", "severity=warning"): "cellar"}

    def test_one_tree_for_several_configurations(self):
        folder = self.generate_both()
        files = {str(path.relative_to(folder)) for path in folder.rglob("*")}
        self.assertLessEqual({"alertmanager.yml", "shop/rules.yml", "cellar/rules.yml", "cellar/runbook.md"}, files)
        self.assertNotIn("shop/alertmanager.yml", files)
        subprocess.run(["promtool", "test", "rules", folder / "cellar/rules_test.yml"], check=True, capture_output=True)
        file = folder / "alertmanager.yml"
        subprocess.run(["amtool", "check-config", file], check=True, capture_output=True)
        self.verify_routes(file, self.COMMON | {("job=other", "severity=critical"): "unrouted", ("job=database",): "unrouted"})

    def test_a_sub_tree_for_a_configuration_that_exists(self):
        folder = self.generate_both("--format", "routes")
        self.assertEqual(["routes.yml"], [path.name for path in folder.iterdir()])
        part = yaml.safe_load((folder / "routes.yml").read_text())
        self.assertEqual({"routes", "inhibit_rules", "time_intervals"}, set(part))
        mine = {"route": {"receiver": "mine", "routes": part.pop("routes")}, **part,
                "receivers": [{"name": name} for name in ("mine", "web", "back office", "cellar")]}
        file = self.directory / "mine.yml"
        file.write_text(json.dumps(mine))  # JSON is YAML
        subprocess.run(["amtool", "check-config", file], check=True, capture_output=True)
        self.verify_routes(file, self.COMMON | {("job=other", "severity=critical", "team=web"): "mine"})

    def test_maintenance_and_inhibition_of_one_service_leave_the_other_alone(self):
        alertmanager, receiver = self.start((self.generate_both() / "alertmanager.yml").read_text())
        alertmanager.post(*({"alertname": "A", "severity": "warning", "job": job} for job in ("shop", "cellar")),
                          {"alertname": "Fast", "severity": "critical", "tier": "page-fast", "job": "shop", "slo": "x"},
                          *({"alertname": "Slow", "severity": "critical", "tier": "page-slow", "job": job, "slo": "x"}
                            for job in ("shop", "cellar")))
        self.expect(receiver, ("cellar", "firing", ("A",)), ("web", "firing", ("Fast",)), ("cellar", "firing", ("Slow",)))

    def test_each_team_and_severity_is_told_and_a_faster_tier_silences_the_slower_ones(self):
        alertmanager, receiver = self.start(self.generate())
        slo = {"job": "shop", "slo": "availability", "team": "web"}
        other = {"job": "shop", "slo": "orders", "team": "back office"}
        alertmanager.post({"alertname": "Fast", "severity": "critical", "tier": "page-fast", **slo},
                          {"alertname": "Slow", "severity": "critical", "tier": "page-slow", **slo},
                          {"alertname": "Ticket", "severity": "warning", "tier": "ticket-fast", **slo},
                          {"alertname": "Ticket", "severity": "warning", "tier": "ticket-fast", **other},
                          {"alertname": "Burn", "severity": "info", "tier": "ticket-slow", **other, "job": "b"},
                          {"alertname": "Odd", "severity": "strange"})
        self.expect(receiver, ("web", "firing", ("Fast",)), ("back office", "firing", ("Ticket",)),
                    ("back office", "firing", ("Burn",)), ("web", "firing", ("Odd",)))
        self.assertCountEqual(["Slow", "Ticket"], [labels["alertname"] for labels in alertmanager.inhibited()])

    def test_alerts_of_one_name_are_one_page_and_all_of_a_job_one_digest(self):
        alertmanager, receiver = self.start(self.generate())
        page = {"alertname": "Page", "severity": "critical", "job": "shop"}
        alertmanager.post({**page, "instance": "a"}, {**page, "instance": "b"}, {**page, "alertname": "Other"},
                          *({"alertname": name, "severity": "info", "job": "shop"} for name in ("X", "Y")))
        self.expect(receiver, ("web", "firing", ("Page", "Page")), ("web", "firing", ("Other",)),
                    ("web", "firing", ("X", "Y")))

    def test_every_declared_inhibition_holds_and_only_where_its_labels_agree(self):
        configuration = self.generate()
        rules = yaml.safe_load(configuration)["inhibit_rules"]
        self.assertGreater(len(rules), 0)
        alertmanager, _ = self.start(configuration)
        for number, rule in enumerate(rules):
            source, target = ({name.strip(): value.strip().strip('"') for name, value in
                               (matcher.split("=", 1) for matcher in rule[side])}
                              for side in ("source_matchers", "target_matchers"))
            equal = rule.get("equal", [])
            same = {"test": f"test-{number}", **{name: f"{name}-{number}" for name in equal}}
            alertmanager.post({"alertname": "Source", **same, **source}, {"alertname": "Target", **same, **target},
                              *({"alertname": "Target", **same, name: "other", **target} for name in equal))

            def inhibited():
                return [labels for labels in alertmanager.inhibited() if labels["test"] == same["test"]
                        and labels["alertname"] == target.get("alertname", "Target")]
            # Alertmanager passes alerts to its inhibitor in the background.
            harness.wait_until(inhibited, f"the inhibition {rule}")
            self.assertEqual([{"alertname": "Target", **same, **target}], inhibited(), rule)

    def test_maintenance_mutes_its_severities_only(self):
        alertmanager, receiver = self.start(self.generate(MUTED))
        alertmanager.post({"alertname": "A", "severity": "warning"}, {"alertname": "B", "severity": "critical"},
                          {"alertname": "C", "severity": "warning", "team": "web"})
        self.expect(receiver, ("web", "firing", ("B",)))

    def test_hostile_text_is_text_for_alertmanager_too(self):
        alertmanager, receiver = self.start(self.generate(HOSTILE_CONFIG))
        subprocess.run(["amtool", "check-config", self.directory / "alertmanager.yml"], check=True, capture_output=True)
        alertmanager.post({"alertname": "A", "severity": "critical", "team": HOSTILE},
                          {"alertname": "B", "severity": "warning", "team": HOSTILE})
        self.expect(receiver, (HOSTILE, "firing", ("A",)))

    def test_a_receiver_that_nobody_set_is_logged_and_counted(self):
        alertmanager = monitoring.Alertmanager(self.directory, monitoring.impatient(self.generate()))
        self.addCleanup(alertmanager.close)
        alertmanager.post({"alertname": "A", "severity": "critical"})
        harness.wait_until(lambda: alertmanager.metric("alertmanager_notifications_failed_total") > 0,
                           "Alertmanager to count the failure", 60)
        self.assertIn("set-the-receiver.invalid", alertmanager.messages())


if __name__ == "__main__":
    unittest.main()
