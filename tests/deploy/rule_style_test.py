"""Each check of rule_style.py against a rule that violates only this check."""

import copy
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import rule_style  # noqa: E402

ALERT = {
    "alert": "HighErrorRate", "expr": 'rate(http_requests_total{status=~"5.."}[5m]) > 1', "for": "2m",
    "labels": {"severity": "critical"},
    "annotations": {"summary": "Requests fail.", "description": "{{ $value | humanize }} a second fail."},
}
RECORD = {"record": "job:http_requests:rate5m", "expr": "sum without (instance) (rate(http_requests_total[5m]))"}


def problems(*rules, **group):
    return rule_style.problems({"groups": [{"name": "g", "rules": list(rules), **group}]}, scrape_interval=30)


def changed(rule, path, value):
    rule = copy.deepcopy(rule)
    inner = rule
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return rule


class RuleStyleTest(unittest.TestCase):
    def assert_found(self, text, *rules, **group):
        found = problems(*rules, **group)
        self.assertTrue(any(text in problem for problem in found), found)

    def expression(self, expr, text):
        with self.subTest(expr=expr):
            self.assert_found(text, changed(ALERT, ["expr"], expr))

    def fine(self, expr, **keys):
        with self.subTest(expr=expr):
            self.assertEqual([], problems({**ALERT, "expr": expr, **keys}))

    def test_good_rules(self):
        self.assertEqual([], problems(ALERT, RECORD))
        self.fine('up{job="a<b"} == 0')
        self.fine("absent(up)", **{"for": "1m"})
        self.assertEqual([], problems(RECORD, changed(
            ALERT, ["expr"], "sum_over_time(job:http_requests:rate5m[30d:5m]) > 3")))
        self.fine('x{a=~"b|c", d!~"e\\\\.f"} > 0')

    def test_names(self):
        for name in ("high_error_rate", "High-Error", "highErrorRate", "High Rate"):
            self.assert_found("CamelCase", changed(ALERT, ["alert"], name))
        self.assert_found("level:metric:operations", changed(RECORD, ["record"], "http_requests_rate5m"))

    def test_severity(self):
        self.assert_found("severity", changed(ALERT, ["labels", "severity"], "page"))
        self.assert_found("severity", changed(ALERT, ["labels"], {}))

    def test_texts(self):
        self.assert_found("neither a sentence", changed(ALERT, ["annotations", "summary"], "Shop: requests fail"))
        self.assert_found("neither a sentence", changed(ALERT, ["annotations"], {"description": "{{ $value }}"}))
        self.assertEqual([], problems(changed(ALERT, ["annotations", "summary"], "Shop: It fails: {{ $value }} (limit 5%)")))
        self.assert_found("a bare number", changed(ALERT, ["annotations", "description"], "It failed (success is {{ $value | humanize }})."))
        self.assert_found("has no description", changed(ALERT, ["annotations"], {"summary": "Shop: It fails."}))

    def test_values_in_labels(self):
        self.assert_found("changes with the value", changed(ALERT, ["labels", "count"], "{{ $value }}"))
        self.assert_found("changes with the value", changed(ALERT, ["labels", "count"], '{{ query "up" }}'))
        self.assertEqual([], problems(changed(ALERT, ["labels", "team"], '{{ "{{" }} $value }}')))

    def test_comparison(self):
        self.expression('rate(x_total{a="b>c"}[5m])', "compares nothing")
        self.expression('x{a!="b"}', "compares nothing")

    def test_matchers(self):
        self.expression('x{a=~"b"} > 0', "use =")
        self.expression('x{a!~"b"} > 0', "use !=")
        self.expression('x{a=~"^b.*"} > 0', "anchored")
        self.expression('x{a=~"b.*$"} > 0', "anchored")

    def test_windows(self):
        self.expression("rate(x_total[59s]) > 0", "less than two samples")
        self.expression('increase(x_total{a="b"}[30s]) > 0', "less than two samples")
        self.expression("rate(sum(x_total)) > 0", "hides resets")
        self.expression("rate(sum by (a) (x_total)[5m:1m]) > 0", "hides resets")
        self.fine("rate(x_total[1m]) > 0")

    def test_absence(self):
        self.assert_found("absence", {**ALERT, "expr": "absent(up)", "for": "59s"})
        self.assert_found("absence", {**changed(ALERT, ["expr"], "absent(up)"), "for": "0s"})

    def test_quantiles(self):
        self.expression("histogram_quantile(0.9, sum by (job) (rate(x_bucket[5m]))) > 1", "without le")
        self.fine("histogram_quantile(0.9, sum by (job, le) (rate(x_bucket[5m]))) > 1")

    def test_groups(self):
        self.assert_found("every 6m", ALERT, interval="6m")
        self.assertEqual([], problems(ALERT, interval="5m"))
        self.assert_found("occurs twice", ALERT, copy.deepcopy(ALERT))
        self.assert_found("occurs twice", RECORD, copy.deepcopy(RECORD))
        self.assertEqual([], problems(ALERT, changed(ALERT, ["labels", "slo"], "a")))
        many = [changed(ALERT, ["labels", "slo"], str(index)) for index in range(21)]
        self.assert_found("has 21 rules", *many)
        self.assertEqual([], problems(*many[1:]))
        twice = {"name": "g", "rules": []}
        self.assertEqual(["group g occurs twice"], rule_style.problems({"groups": [twice, twice]}))

    def test_recorded_names_exist(self):
        self.expression("job:http_requests:rate1h > 0", "no rule records")
        self.assertEqual([], problems(RECORD, changed(ALERT, ["expr"], "job:http_requests:rate5m > 0")))


if __name__ == "__main__":
    unittest.main()
