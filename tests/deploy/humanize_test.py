"""Prometheus' own rendering of the literal values in tests/rules/description_test.cpp, which our texts must match."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "rules/description_test.cpp"
CASE = re.compile(r'EXPECT_EQ\(humanize\((.+), Unit::k(\w+)\), "([^"]*)"\);')
TEMPLATES = {"None": "{{ $value | humanize }}", "Ratio": "{{ $value | humanizePercentage }}",
             "Bytes": "{{ $value | humanize1024 }}B", "Seconds": "{{ $value | humanizeDuration }}",
             "Timestamp": "{{ $value | humanizeTimestamp }}", "Dollars": '{{ printf "%.2f" $value }} USD',
             "Euros": '{{ printf "%.2f" $value }} EUR', "Pounds": '{{ printf "%.2f" $value }} GBP'}
NUMBERS = {"std::numeric_limits<double>::infinity()": "Inf", "-std::numeric_limits<double>::infinity()": "-Inf",
           'std::nan("")': "NaN"}


class HumanizeTest(unittest.TestCase):
    def test_prometheus_writes_values_as_we_say(self):
        cases = CASE.findall(SOURCE.read_text())
        self.assertGreater(len(cases), 30)
        rules, tests = [], []
        for index, (number, unit, text) in enumerate(cases):
            number = NUMBERS.get(number, number)
            rules.append({"alert": f"A{index}", "expr": f"vector({number})", "annotations": {"x": TEMPLATES[unit]}})
            tests.append({"eval_time": "0m", "alertname": f"A{index}",
                          "exp_alerts": [{"exp_labels": {}, "exp_annotations": {"x": text}}]})
        with tempfile.TemporaryDirectory() as directory:
            folder = pathlib.Path(directory)
            (folder / "rules.yml").write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}))
            (folder / "test.yml").write_text(json.dumps(
                {"rule_files": ["rules.yml"], "tests": [{"input_series": [], "alert_rule_test": tests}]}))
            done = subprocess.run(["promtool", "test", "rules", folder / "test.yml"], capture_output=True, text=True,
                                  timeout=60)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
