"""Each rule of dashboard_lint.py against a dashboard that violates only this rule."""

import copy
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import dashboard_lint  # noqa: E402

SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def variable(name):
    return {"name": name, "label": name.title(), "type": "query", "datasource": SOURCE, "multi": True, "allValue": ".+",
            "refresh": 2, "query": f"label_values(up, {name})"}


GOOD = {
    "title": "Good", "uid": "good", "editable": False,
    "templating": {"list": [{"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"},
                            variable("job"), variable("instance")]},
    "panels": [{"title": "Requests", "description": "How many.", "type": "timeseries", "datasource": SOURCE,
                "fieldConfig": {"defaults": {"unit": "reqps"}, "overrides": []},
                "targets": [{"expr": 'sum by (code) (rate(x_total{job=~"$job", instance=~"$instance"}[$__rate_interval]))'}]}],
}
MATCHERS = '{job=~"$job", instance=~"$instance"}'


def changed(*changes):
    """GOOD with (path, value) replaced; the value KeyError removes the key."""
    dashboard = copy.deepcopy(GOOD)
    for path, value in changes:
        inner = dashboard
        for key in path[:-1]:
            inner = inner[key]
        if value is KeyError:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value
    return dashboard


class DashboardLintTest(unittest.TestCase):
    def assert_rules(self, expected, *changes):
        found = dashboard_lint.lint(changed(*changes))
        self.assertEqual(set(expected), {problem.rule for problem in found}, found)

    def expression(self, expr, *rules):
        with self.subTest(expr=expr):
            self.assert_rules(rules, (("panels", 0, "targets", 0, "expr"), expr))

    def test_good_dashboard(self):
        self.assert_rules([])

    def test_template_datasource_rule(self):
        rule = ["template-datasource-rule"]
        self.assert_rules(rule, (("templating", "list", 0, "label"), "Source"))
        self.assert_rules([], (("templating", "list", 0, "label"), "Prometheus data source"))
        self.assertIn(rule[0], {p.rule for p in dashboard_lint.lint(changed((("templating", "list", 0, "name"), "ds")))})
        self.assertIn(rule[0], {p.rule for p in dashboard_lint.lint(changed((("templating", "list"), [])))})

    def test_template_job_and_instance_rules(self):
        for place, name in ((1, "job"), (2, "instance")):
            for key, value in (("label", name), ("multi", False), ("allValue", ".*"), ("datasource", "default")):
                with self.subTest(name=name, key=key):
                    self.assert_rules([f"template-{name}-rule"], (("templating", "list", place, key), value))
            # References to the variable are then dangling.
            self.assert_rules([f"template-{name}-rule", f"target-{name}-rule"], (("templating", "list", place), KeyError))

    def test_template_label_promql_rule(self):
        for query in ("up", "values(up, job)", "label_values(up{, job)"):
            with self.subTest(query=query):
                self.assert_rules(["template-label-promql-rule"], (("templating", "list", 1, "query"), query))
        self.assert_rules([], (("templating", "list", 1, "query"), {"query": 'label_values(up{a="b,c"}, job)'}))

    def test_template_on_time_change_reload_rule(self):
        self.assert_rules(["template-on-time-change-reload-rule"], (("templating", "list", 2, "refresh"), 1))

    def test_panel_datasource_rule(self):
        self.assert_rules(["panel-datasource-rule"], (("panels", 0, "datasource"), {"uid": "abc"}))
        self.assert_rules([], (("panels", 0, "datasource"), "$datasource"))

    def test_panel_title_description_rule(self):
        for key in ("title", "description"):
            self.assert_rules(["panel-title-description-rule"], (("panels", 0, key), ""))
            self.assert_rules(["panel-title-description-rule"], (("panels", 0, key), KeyError))
        self.assert_rules([], (("panels", 0, "description"), ""), (("panels", 0, "type"), "heatmap"))

    def test_panel_units_rule(self):
        unit = ("panels", 0, "fieldConfig", "defaults", "unit")
        self.assert_rules(["panel-units-rule"], (unit, "requests"))
        self.assert_rules(["panel-units-rule"], (unit, KeyError))
        self.assert_rules([], (unit, KeyError), (("panels", 0, "fieldConfig", "overrides"),
                                                 [{"properties": [{"id": "unit", "value": "s"}]}]))

    def test_panel_no_targets_rule(self):
        self.assert_rules(["panel-no-targets-rule"], (("panels", 0, "targets"), []))

    def test_target_logql_rules(self):
        logs = (("templating", "list"), [{"name": "datasource", "label": "Data source", "type": "datasource",
                                          "query": "loki"}])
        expr = ("panels", 0, "targets", 0, "expr")
        self.assert_rules([], logs, (expr, '{app="a"} |= "[5m]"'))
        self.assert_rules([], logs, (expr, 'rate({app="a"}[$__auto])'))
        self.assert_rules(["target-logql-rule"], logs, (expr, '{app="a"'))
        self.assert_rules(["target-logql-auto-rule"], logs, (expr, 'rate({app="a"}[5m])'))

    def test_target_promql_rule(self):
        self.expression(f"sum(up{MATCHERS}", "target-promql-rule")
        self.expression(f"rate(up{MATCHERS})", "target-promql-rule")

    def test_target_rate_interval_rule(self):
        self.expression(f"rate(x_total{MATCHERS}[5m])", "target-rate-interval-rule")
        self.expression(f"sum(irate(x_total{MATCHERS}[5m]))", "target-rate-interval-rule")
        self.expression(f"increase(x_total{MATCHERS}[5m])")
        self.expression(f"max_over_time(x{MATCHERS}[5m])")

    def test_target_job_and_instance_rules(self):
        self.expression('up{instance=~"$instance"}', "target-job-rule")
        self.expression('up{job="$job", instance=~"$instance"}', "target-job-rule")
        self.expression('up{job=~"$job"}', "target-instance-rule")
        self.expression(f'up{MATCHERS} + on (job) group_left (a) b{MATCHERS}')
        self.expression(f"up{MATCHERS} and down", "target-job-rule", "target-instance-rule")
        self.expression(f'up{MATCHERS} > 5e3 unless up{{job=~"$job"}} offset 5m', "target-instance-rule")

    def test_target_counter_agg_rule(self):
        self.expression(f"sum(x_total{MATCHERS})", "target-counter-agg-rule")
        self.expression(f"resets(x_total{MATCHERS}[5m])", "target-counter-agg-rule")
        self.expression(f"increase(x_total{MATCHERS}[$__range])")

    def test_uneditable_dashboard(self):
        self.assert_rules(["uneditable-dashboard"], (("editable",), True))
        self.assert_rules(["uneditable-dashboard"], (("editable",), KeyError))

    def test_panels_inside_rows_are_looked_at(self):
        panel = {**copy.deepcopy(GOOD["panels"][0]), "title": ""}
        self.assert_rules(["panel-title-description-rule"], (("panels", 0), {"type": "row", "panels": [panel]}))

    def test_exclusions_name_dashboard_panel_and_target(self):
        broken = changed((("panels", 0, "targets", 0, "expr"), 'up{job=~"$job"}'))

        def left(**entry):
            return len(dashboard_lint.lint(broken, {"target-instance-rule": {"entries": [entry]}}))
        self.assertEqual(0, left(dashboard="Good", panel="Requests", reason="recorded"))
        self.assertEqual(0, left(dashboard="Good", panel="Requests", targetIdx="0"))
        self.assertEqual(1, left(dashboard="Good", panel="Requests", targetIdx="1"))
        self.assertEqual(1, left(dashboard="Good", panel="Other"))
        self.assertEqual(1, left(dashboard="Bad", panel="Requests"))
        self.assertEqual(0, len(dashboard_lint.lint(broken, {"target-instance-rule": None})))
        self.assertEqual(1, len(dashboard_lint.lint(broken, {"target-job-rule": None})))


if __name__ == "__main__":
    unittest.main()
