"""What pint's offline checks and mixtool's lint require of a rule file, as far as it can be checked in the file alone.

Usage: rule_style.py rules.yml [SCRAPE_INTERVAL]    prints each problem; exit code 1 if there is one
"""

import pathlib
import re
import sys

import yaml

SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
SEVERITIES = ("critical", "warning", "info")
MOST_RULES = 20  # in a group: Mimir's default for a tenant
LONGEST_INTERVAL = 300  # seconds: Prometheus considers series stale after that
_DURATION = re.compile(r"(\d+)(ms|[smhdwy])")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"' + r"|'(?:\\.|[^'\\])*'|`[^`]*`")
_REGEX_MATCHER = re.compile(r'(\w+)\s*(=~|!~)\s*(?P<text>"(?:\\.|[^"\\])*")')
_RATE_WINDOW = re.compile(r"\b(rate|irate|increase|delta|deriv|predict_linear)\s*\([^()]*?\[([0-9a-z]+)\]")
_RATE_OF_SUM = re.compile(r"\b(rate|irate|increase)\s*\(\s*(sum|avg|min|max|count)\b")
_RECORDED_NAME = re.compile(r"[a-zA-Z_]\w*(?::\w+)+")
_QUANTILE_SUM = re.compile(r"\b(sum|avg|min|max) by \((?P<labels>[^)]*)\) \((?:rate|increase)\(\w+_bucket")
_METACHARACTERS = set(".+*?()[]{}|^$\\")


def seconds(text):
    return sum(int(number) * SECONDS[unit] for number, unit in _DURATION.findall(str(text)))


def code(expr):
    """The expression with the content of its strings blanked."""
    return _STRING.sub(lambda match: '"' + " " * (len(match[0]) - 2) + '"', expr)


def outside_braces(expr):
    """The expression without matchers, whose `=` and `<` are not comparisons."""
    return re.sub(r"\{[^{}]*\}", "", code(expr))


def expression_problems(expr, scrape_interval):
    for label, op, text in _REGEX_MATCHER.findall(expr):
        pattern = text[1:-1].replace("\\\\", "\\").replace('\\"', '"')
        if not _METACHARACTERS & set(pattern):
            yield f"{label}{op}{text} is not a regular expression: use {'=' if op == '=~' else '!='}"
        if pattern.startswith("^") or pattern.endswith("$") and not pattern.endswith("\\$"):
            yield f"{label}{op}{text} is anchored anyway"
    plain = outside_braces(expr)
    for function, window in _RATE_WINDOW.findall(plain):
        if seconds(window) < 2 * scrape_interval:
            yield f"{function}() over {window} sees less than two samples"
    if _RATE_OF_SUM.search(plain):
        yield "a rate of a sum hides resets: sum rates"
    for match in _QUANTILE_SUM.finditer(plain):
        if "histogram_quantile" in plain and "le" not in re.split(r"[ ,]+", match["labels"]):
            yield "a quantile of a sum without le"


def alert_problems(rule, scrape_interval):
    labels, annotations, expr = rule.get("labels", {}), rule.get("annotations", {}), rule["expr"]
    if not re.fullmatch(r"(?:[A-Z]+[a-z0-9]*)+", rule["alert"]):
        yield "its name is not CamelCase"
    if labels.get("severity") not in SEVERITIES:
        yield f"severity is {labels.get('severity')!r}"
    for name, text in labels.items():
        if re.search(r"\$value|\.Value|\bquery\b", actions(str(text))):
            yield f"label {name} changes with the value, and the alert with it"
    summary, description = annotations.get("summary", ""), annotations.get("description", "")
    if not re.fullmatch(r"\w.+[.)]", summary, re.DOTALL):
        yield "its summary is neither a sentence nor ends with a limit"
    if not description:
        yield "it has no description"
    if re.search(r"\([^()]*\bis \{\{ \$value \| humanize \}\}\)", summary + description):
        yield "a text says in parentheses what a bare number is"
    compares = re.search(r"[<>]|==|!=", outside_braces(expr)) or expr.lstrip("( \n").startswith("absent")
    if not compares:
        yield "it compares nothing"
    if re.search(r"\babsent(_over_time)?\(", code(expr)) and seconds(rule.get("for", 0)) < 2 * scrape_interval:
        yield "fires on an absence of less than two scrapes"


def actions(template):
    """The text between {{ and }}, without string literals."""
    return " ".join(_STRING.sub('""', action) for action in re.findall(r"\{\{(.*?)\}\}", template, re.DOTALL))


def dependency_problems(rules):
    recorded = {rule["record"] for rule in rules if "record" in rule}
    for rule in rules:
        for name in sorted(set(_RECORDED_NAME.findall(re.sub(r"\[[^\]]*\]", "", outside_braces(rule["expr"]))))):
            if name not in recorded:
                yield f"{title(rule)}: no rule records {name}"


def title(rule):
    return f"alert {rule['alert']}" if "alert" in rule else f"record {rule['record']}"


def problems(content, scrape_interval=15):
    """One line each; `content` is a parsed rule file."""
    found, seen = [], set()
    groups = content["groups"]
    names = [group["name"] for group in groups]
    found += [f"group {name} occurs twice" for name in sorted(set(names)) if names.count(name) > 1]
    rules = [rule for group in groups for rule in group["rules"]]
    for group in groups:
        if seconds(group.get("interval", "1m")) > LONGEST_INTERVAL:
            found.append(f"group {group['name']} is evaluated every {group['interval']}")
        if len(group["rules"]) > MOST_RULES:
            found.append(f"group {group['name']} has {len(group['rules'])} rules")
    for rule in rules:
        where = title(rule)
        found += [f"{where}: {text}" for text in expression_problems(rule["expr"], scrape_interval)]
        if "alert" in rule:
            found += [f"{where}: {text}" for text in alert_problems(rule, scrape_interval)]
        elif not re.fullmatch(r"[a-z_]\w*:[a-z_]\w*:\w+", rule["record"]):
            found.append(f"{where}: its name is not level:metric:operations")
        key = (where, tuple(sorted(rule.get("labels", {}).items())))
        if key in seen:
            found.append(f"{where}: occurs twice")
        seen.add(key)
    return found + list(dependency_problems(rules))


def main():
    scrape_interval = seconds(sys.argv[2]) if len(sys.argv) > 2 else 15
    found = problems(yaml.safe_load(pathlib.Path(sys.argv[1]).read_text()), scrape_interval)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
