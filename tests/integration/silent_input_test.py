"""Sources from which nothing comes: the real agent says each in its log, and alerts fire in the real Prometheus for each of
them and for no other."""

import json
import pathlib
import re
import tempfile
import time
import unittest

import harness
import monitoring

SOURCE = """
[[source]]
name = "{name}"
type = "log"
path = "{directory}/{name}.log"
format = "json"
time = "ts"

[[metric]]
name = "{name}_events_total"
type = "counter"
help = "Events."
source = "{name}"
"""
RULES = '[agent]\nstate_dir = "{directory}/state"\n[rules]\nname = "silent"\n'
EXPECTED = {("LeewayNoMatchingFile", "missing"), ("LeewaySourceEmpty", "rejecting"), ("LeewayLinesRejected", "rejecting"),
            ("LeewayNoMatchingFile", "directory"), ("LeewayUnreadableFiles", "directory")}


class SilentInputTest(unittest.TestCase):
    def test_each_alerts_and_is_logged(self):
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            names = ("good", "missing", "rejecting", "directory")
            agent = harness.Agent(directory, RULES + "".join(
                SOURCE.replace("{name}", source) for source in names))
            self.addCleanup(agent.close)
            (directory / "directory.log").mkdir()
            (directory / "rejecting.log").touch()
            agent.start_and_wait()
            rules = monitoring.generate("rules", agent.config, directory / "rules") / "rules.yml"
            text = re.sub(r"(?m)^( +)for: .*$", r"\1for: 3s", rules.read_text())
            rules.write_text(re.sub(r"(?m)^    interval: .*$", "    interval: 1s", text))
            prometheus = monitoring.Prometheus(directory, {"silent": f"127.0.0.1:{agent.port}"}, [rules])
            self.addCleanup(prometheus.close)

            def firing():
                with (directory / "rejecting.log").open("a") as log:
                    log.write("no record\n" * 100)
                with (directory / "good.log").open("a") as log:
                    log.write(json.dumps({"ts": time.time()}) + "\n")
                alerts = json.loads(prometheus.request("/api/v1/alerts"))["data"]["alerts"]
                return {(alert["labels"]["alertname"], alert["labels"].get("source")) for alert in alerts
                        if alert["state"] == "firing"}
            harness.wait_until(lambda: firing() >= EXPECTED, "the alerts", 60)
            self.assertEqual(EXPECTED, firing())
            for words in ("'missing': no file matches", "'rejecting': none of its", "directory.log' is not read"):
                self.assertIn(words, agent.messages())
            self.assertTrue(agent.ready(), "what the sources lack does not take the service out of rotation")


if __name__ == "__main__":
    unittest.main()
