"""The 17 rules of grafana/dashboard-linter, as far as they can be checked in the JSON of a dashboard of the classic
schema. Honours `.lint` in the folder of the dashboards, in that tool's format.

Usage: dashboard_lint.py DIRECTORY    prints each problem; exit code 1 if there is one
"""

import collections
import functools
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

Problem = collections.namedtuple("Problem", "rule dashboard panel target message")

# The units of Grafana's list (packages/grafana-data/src/valueFormats/categories.ts) that are useful for a service.
UNITS = set("""none string short percent percentunit dB hex0x hex sci locale bytes decbytes bits decbits kbytes mbytes
gbytes tbytes pps binBps Bps binbps bps KiBs MiBs GiBs KBs MBs GBs dateTimeAsIso dateTimeAsIsoNoDateIfToday
dateTimeAsUS dateTimeAsLocal dateTimeAsSystem dateTimeFromNow hertz ns µs ms s m h d dtdurationms dtdurations dthms
dtdhms timeticks clockms clocks cps ops reqps rps wps iops cpm opm rpm wpm celsius currencyUSD currencyEUR bool
bool_yes_no bool_on_off""".split())
WITH_TEXTS = {"stat", "singlestat", "graph", "table", "timeseries", "gauge"}
WITH_DATA_SOURCE = {"singlestat", "graph", "table", "timeseries"}
TEMPLATE_FUNCTIONS = {"label_names", "label_values", "metrics", "query_result"}

VARIABLES = {"__rate_interval": "8869990787ms", "__range": "1h", "__interval": "1m", "__range_s": "3600",
             "__interval_ms": "60000"}
RATE_INTERVAL = VARIABLES["__rate_interval"]  # a range that does not occur otherwise

_TOKEN = re.compile(r"""(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
                        |(?P<comment>\#.*)|(?P<name>[a-zA-Z_:][\w:]*)|(?P<sign>=~|!~|!=|==|>=|<=|.)""", re.VERBOSE | re.DOTALL)
_KEYWORDS = {"and", "or", "unless", "atan2", "bool", "offset", "by", "without", "on", "ignoring", "group_left",
             "group_right", "inf", "nan"}
_LABEL_LISTS = {"by", "without", "on", "ignoring", "group_left", "group_right"}

# A selector in an expression: its metric, {label: (operator, value)}, its range or None, the innermost call around it.
Selector = collections.namedtuple("Selector", "metric matchers range call")


def substituted(expr, variables):
    """The expression with Grafana's variables replaced, longer names first; unknown variables are text."""
    for name, value in sorted({**{v: v for v in variables}, **VARIABLES}.items(), key=lambda item: -len(item[0])):
        expr = re.sub(rf"\$(?:{name}\b|\{{{name}(?::\w+)?\}})|\[\[{name}\]\]", lambda _, text=value: text, expr)
    return expr


def tokens(expr):
    for match in _TOKEN.finditer(expr):
        if match.lastgroup != "comment" and match[0].strip():
            yield match.lastgroup, match[0]


def _matchers(items, i):
    """{label: (operator, value)} of the tokens from `{` at i, and the index after `}`."""
    found, i = {}, i + 1
    while i < len(items) and items[i][1] != "}":
        if items[i][0] == "name" and i + 2 < len(items):
            found[items[i][1]] = (items[i + 1][1], items[i + 2][1][1:-1])
            i += 3
        else:
            i += 1
    return found, i + 1


def selectors(expr):
    """All vector selectors of an expression with valid syntax."""
    items, found, calls, i = list(tokens(expr)), [], [], 0
    while i < len(items):
        kind, text = items[i]
        following = items[i + 1][1] if i + 1 < len(items) else ""
        if kind == "name" and text.lower() in _LABEL_LISTS and following == "(":
            while i < len(items) and items[i][1] != ")":
                i += 1
        elif kind == "name" and following == "(":
            calls.append(text)
            i += 1
        elif kind == "name" and following.lower() in ("by", "without"):
            pass  # the aggregation before its labels
        elif text == "(":
            calls.append(calls[-1] if calls else "")
        elif text == ")":
            if calls:
                calls.pop()
        elif (kind == "name" and text.lower() not in _KEYWORDS and not _is_duration(items, i)) or text == "{":
            matchers, end = _matchers(items, i + (kind == "name")) if "{" in (text, following) else ({}, i + 1)
            window = None
            if end < len(items) and items[end][1] == "[":
                close = next(j for j in range(end, len(items)) if items[j][1] == "]")
                window = "".join(part for _, part in items[end + 1:close])
                end = close + 1
            # Aggregations are between a selector and its call only if there is no range.
            found.append(Selector(text if kind == "name" else "", matchers, window, calls[-1] if calls else ""))
            i = end - 1
        elif text == "[":  # of a subquery
            while i < len(items) and items[i][1] != "]":
                i += 1
        i += 1
    return found


def _is_duration(items, i):
    """Whether the name is the unit of a number: tokens of `5m` are `5` and `m`."""
    return i > 0 and items[i - 1][1].isdigit()


@functools.lru_cache(maxsize=None)
def syntax_errors(expressions):
    """{index: message} for the expressions of a tuple that the real parser rejects."""
    if not expressions:
        return {}
    rules = [{"record": "a", "expr": expr, "labels": {"i": str(i)}} for i, expr in enumerate(expressions)]
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "rules.yml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}))
        done = subprocess.run(["promtool", "check", "rules", "--lint=none", file], capture_output=True, text=True, timeout=60)
    if done.returncode == 0:
        return {}
    found = {int(number) - 1: message for number, message in
             re.findall(r'group "g", rule (\d+), "a": could not parse expression: (.*)', done.stdout + done.stderr)}
    if not found:
        raise RuntimeError(done.stdout + done.stderr)
    return found


def uid_of(data_source):
    return data_source if isinstance(data_source, str) else (data_source or {}).get("uid", "")


def panels_of(dashboard):
    for panel in dashboard.get("panels", []):
        if panel.get("type") != "row":
            yield panel
        yield from panel.get("panels", [])


class Linter:
    """Collects the problems of one dashboard."""

    def __init__(self, dashboard):
        self.dashboard = dashboard
        self.title = dashboard.get("title", "")
        self.problems = []
        self.variables = dashboard.get("templating", {}).get("list", [])
        self.sources = [variable for variable in self.variables if variable.get("type") == "datasource"]
        self.kind = self.sources[0].get("query") if self.sources else None
        self.allowed_sources = {form.format(variable.get("name", "")) for variable in self.sources
                                for form in ("${}", "${{{}}}")}

    def add(self, rule, message, panel=None, target=None):
        title = None if panel is None else panel.get("title", "")
        self.problems.append(Problem(rule, self.title, title, target, message))

    def run(self):
        self.check_data_source_variables()
        if self.kind == "prometheus":
            self.check_label_variable("template-job-rule", "job")
            self.check_label_variable("template-instance-rule", "instance")
        self.check_query_variables()
        if self.dashboard.get("editable", True):
            self.add("uneditable-dashboard", "can be edited in place")
        targets = []
        for panel in panels_of(self.dashboard):
            self.check_panel(panel)
            targets += [(panel, i, target) for i, target in enumerate(panel.get("targets", []))]
        self.check_targets(targets)
        return self.problems

    def check_data_source_variables(self):
        rule = "template-datasource-rule"
        if not self.sources:
            self.add(rule, "has no variable for the data source")
        for variable in self.sources:
            kind = variable.get("query", "")
            names, labels = {f"{kind.lower()}_datasource"}, {f"{kind.title()} data source"}
            if len(self.sources) == 1:
                names.add("datasource")
                labels.add("Data source")
            if variable.get("name") not in names:
                self.add(rule, f"its data source variable is named {variable.get('name')!r}")
            if variable.get("label") not in labels:
                self.add(rule, f"its data source variable is labelled {variable.get('label')!r}")

    def check_label_variable(self, rule, name):
        variable = next((v for v in self.variables if v.get("name") == name), None)
        if variable is None:
            self.add(rule, f"has no variable {name!r}")
            return
        expected = {"type": "query", "label": name.title(), "multi": True, "allValue": ".+"}
        for key, value in expected.items():
            if variable.get(key) != value:
                self.add(rule, f"variable {name!r} has {key} {variable.get(key)!r} instead of {value!r}")
        if uid_of(variable.get("datasource")) not in self.allowed_sources:
            self.add(rule, f"variable {name!r} queries {uid_of(variable.get('datasource'))!r}")

    def check_query_variables(self):
        queries = [v for v in self.variables if v.get("type") == "query"]
        for variable in queries:
            if variable.get("refresh") != 2:
                self.add("template-on-time-change-reload-rule", f"variable {variable.get('name')!r} is loaded only once")
        if self.kind != "prometheus":
            return
        for variable in queries:
            query = variable.get("query", "")
            text = query.get("query", "") if isinstance(query, dict) else query
            call = re.search(r"([a-z_]+)\((.+)\)", text)
            function = call and call[1]
            expr = substituted(call[2], self.variable_names()) if call else ""
            if function == "label_values" and "," in expr:
                expr = expr[:expr.rindex(",")]
            if function not in TEMPLATE_FUNCTIONS or (function == "label_values" and syntax_errors((expr,))):
                self.add("template-label-promql-rule", f"variable {variable.get('name')!r} queries {text!r}")

    def variable_names(self):
        return [v.get("name", "") for v in self.variables]

    def check_panel(self, panel):
        kind = panel.get("type")
        if kind in WITH_DATA_SOURCE and uid_of(panel.get("datasource")) not in self.allowed_sources:
            self.add("panel-datasource-rule", "does not use the variable of the data source", panel)
        if kind not in WITH_TEXTS:
            return
        for key in ("title", "description"):
            if not panel.get(key):
                self.add("panel-title-description-rule", f"has no {key}", panel)
        if not panel.get("targets"):
            self.add("panel-no-targets-rule", "has no queries", panel)
        config = panel.get("fieldConfig", {})
        units = [entry.get("value") for override in config.get("overrides", [])
                 for entry in override.get("properties", []) if entry.get("id") == "unit"]
        unit = units[-1] if units else config.get("defaults", {}).get("unit")
        if unit not in UNITS and not config.get("defaults", {}).get("mappings"):
            self.add("panel-units-rule", f"has the unit {unit!r}", panel)

    def check_targets(self, targets):
        kinds = {v.get("name"): v.get("query") for v in self.sources}
        logs, metrics = [], []
        for panel, i, target in targets:
            uid = uid_of(target.get("datasource") or panel.get("datasource"))
            kind = kinds.get(re.sub(r"^\$\{?|\}$", "", uid), self.kind)
            (logs if kind == "loki" else metrics).append((panel, i, target.get("expr", "")))
        for panel, i, expr in logs:
            self.check_logs(panel, i, expr)
        texts = tuple(substituted(expr, self.variable_names()) for _, _, expr in metrics)
        wrong = syntax_errors(texts)
        for number, ((panel, i, _), text) in enumerate(zip(metrics, texts)):
            if number in wrong:
                self.add("target-promql-rule", wrong[number], panel, i)
            else:
                self.check_metrics(panel, i, text)

    def check_logs(self, panel, i, expr):
        blank = re.sub(r'"(?:\\.|[^"\\])*"|`[^`]*`', '""', expr)
        if any(blank.count(a) != blank.count(b) for a, b in ("()", "{}", "[]")) or not re.search(r"\{[^{}]+\}", blank):
            self.add("target-logql-rule", "is not LogQL", panel, i)
        elif re.search(r"\[(?!\$__auto\]|\$\{__auto\}\])", blank):
            self.add("target-logql-auto-rule", "has a range other than $__auto", panel, i)

    def check_metrics(self, panel, i, text):
        for selector in selectors(text):
            for name in ("job", "instance"):
                if selector.matchers.get(name) != ("=~", name):
                    self.add(f"target-{name}-rule", f"{selector.metric} lacks {name}=~\"${name}\"", panel, i)
            if selector.call in ("rate", "irate") and selector.range != RATE_INTERVAL:
                self.add("target-rate-interval-rule", f"takes the rate over {selector.range}", panel, i)
            if selector.metric.endswith("_total") and (
                    selector.range is None or selector.call not in ("rate", "irate", "increase")):
                self.add("target-counter-agg-rule", f"shows the counter {selector.metric} itself", panel, i)


def is_excluded(problem, exclusions):
    """As in dashboard-linter: an entry names exactly the dashboard, the panel and, optionally, the target."""
    if problem.rule not in exclusions:
        return False
    entries = (exclusions[problem.rule] or {}).get("entries") or []
    return not entries or any(
        entry.get("dashboard", "") == problem.dashboard
        and (problem.panel is None or entry.get("panel", "") == problem.panel)
        and (problem.target is None or entry.get("targetIdx", "") in ("", str(problem.target)))
        for entry in entries)


def lint(dashboard, exclusions=None):
    return [problem for problem in Linter(dashboard).run() if not is_excluded(problem, exclusions or {})]


def read_exclusions(directory):
    file = pathlib.Path(directory) / ".lint"
    return (yaml.safe_load(file.read_text()) or {}).get("exclusions") or {} if file.exists() else {}


def lint_directory(directory):
    exclusions = read_exclusions(directory)
    found = []
    for file in sorted(pathlib.Path(directory).glob("*.json")):
        found += lint(json.loads(file.read_text()), exclusions)
    return found


def main():
    found = lint_directory(sys.argv[1])
    for problem in found:
        print(f"{problem.dashboard}: {problem.panel or '-'}: {problem.rule}: {problem.message}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
