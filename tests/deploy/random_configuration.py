"""Random configurations with SLOs and alerts: any that the documentation allows, with text that tries to escape from
every context in which text of the configuration is used.

Usage: random_configuration.py SEED    prints one
"""

import random
import re
import sys

HOSTILE = [
    '"', "'", "\\", "{", "}", "{{", "}}", "{{ $value }}", "{{ $labels.instance }}", '{{ "', "{{`", "`", "$value", "$labels.job",
    "$labels.", "$", "%", "%s", "\n", "\n\n", "\r\n", "\t", ":", ": ", " #", "# ", "#", "- ", "|", ">", "&a", "*a", "!!str",
    "---", "...", "<script>", "[x](http://e)", "null", "~", "yes", "1e3", "0x1f", "12:30:45", "2024-01-01", "é", "日本", "\u2028",
    "\u00a0", "\ufeff", "\u202e", "\x7f", "\x01", "\x1b[31m", "😀", "[a]", "{a: b}", ", ", "?", "@", "\\n", "\\x41", "<no value>",
    "{{ template \"x\" }}", "{{/*", "*/}}", "{{- 1 -}}", "end", " ", "  ", "a", "Word", "0", ".",
]
NAMES = ["Queue", "Error", "Rate", "Latency", "High", "Disk", "Batch", "Score", "Gone", "Slow", "Api", "P99", "Http2"]
SHORT = ["0s", "15s", "20s", "45s", "1m", "90s", "2m", "3m", "5m", "7m", "10m", "17m", "30m", "1h", "3h", "6h", "1d"]
TIERS = {"page_fast": 3, "page_slow": 18, "ticket_fast": 72, "ticket_slow": 216}  # minimum hours of the period


def toml(value):
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        escaped = "".join(c if c.isprintable() and c not in '"\\' else
                          "\\" + c if c in '"\\' else f"\\U{ord(c):08X}" for c in value)
        return f'"{escaped}"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return "{ " + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + " }"


def seconds(duration):
    return int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[duration[-1]]


def entry(header, keys):
    return f"{header}\n" + "".join(f"{key} = {toml(value)}\n" for key, value in keys.items() if value is not None)


class Metric:
    def __init__(self, name, kind, labels=(), buckets=(), external=False):
        self.name, self.kind, self.labels, self.buckets = name, kind, list(labels), list(buckets)
        self.external = external

    def section(self):
        keys = {"name": self.name, "type": self.kind}
        if self.labels:
            keys["labels"] = self.labels
        if self.external:
            return entry("[[external_metric]]", {**keys, "buckets": self.buckets or None})
        keys["value"] = None if self.kind == "counter" else "v"
        return entry("[[metric]]", {**keys, "buckets": self.buckets or None})


def without_dropped_labels(text):
    """Only `job` is a label of the results of all conditions; others are refused in the texts of alerts."""
    return re.sub(r"\$labels\.(?!job\b)(?=[A-Za-z_])", "$labels,", text)


class RandomConfiguration:
    """`text` is the configuration; `alerts` has the keys of each [[alert]] by its name, `slos` those of each [[slo]]."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.alerts = {}
        self.slos = {}
        self.rules = self.settings()
        self.metrics = self.random_metrics()
        sections = [entry("[[source]]", {"name": "app", "type": "log", "path": "/var/log/app.log", "format": "json",
                                         "time": "ts"}), entry("[rules]", self.rules)]
        sections += [metric.section() for metric in self.metrics]
        sections += [self.slo(number) for number in range(self.random.randint(0, 3))]
        sections += [self.alert() for _ in range(self.random.randint(1, 12))]
        self.text = "\n".join(sections)

    def maybe(self, chance, make):
        return make() if self.random.random() < chance else None

    def hostile(self, longest=12):
        if self.random.random() < 0.03:
            return self.random.choice(HOSTILE) * (10_000 // len(self.random.choice(HOSTILE)) // 3)
        return "".join(self.random.choice(HOSTILE) for _ in range(self.random.randint(1, longest)))

    def text_value(self):
        return self.random.choice([self.hostile, lambda: "Something is wrong.", self.hostile])()

    def number(self, least=-1e9, most=1e9):
        kind = self.random.random()
        if kind < 0.3 and least <= 0 <= most:
            return self.random.choice([0, 1, 2, 5, 10, 100, 1000]) if most > 1000 else 0
        if kind < 0.6:
            value = self.random.uniform(least, min(most, least + 1000))
            return round(value, self.random.randint(0, 6))
        if kind < 0.8 and most > 1:
            return min(most, max(least, 10 ** self.random.uniform(-6, 9)))
        return self.random.uniform(least, most)

    def share(self):
        return self.random.choice([0.001, 0.01, 0.05, 0.1, 0.5, 0.9, 0.99, self.random.uniform(0.0005, 0.995),
                                   round(self.random.random() * 0.98 + 0.01, 3)])

    def window(self, least=0, most=86400):
        """At least two scrapes and `least` seconds."""
        least = max(least, 2 * self.scrape)
        choices = [value for value in (30, 60, 120, 300, 600, 900, 1800, 3600, 6 * 3600, 86400) if least <= value <= most]
        odd = self.random.randint(least, max(least, min(most, 7200)))
        return f"{self.random.choice(choices + [odd])}s"

    def settings(self):
        self.scrape = self.random.choice([5, 10, 15, 30, 60])
        return {
            "name": self.maybe(0.5, lambda: self.random.choice(["x", "a-b", "shop-2", "n" * 30])),
            "title": self.maybe(0.5, self.hostile),
            "team": self.maybe(0.4, self.hostile),
            "scrape_interval": f"{self.scrape}s",
            "evaluation_interval": self.random.choice(["15s", "30s", "1m", "2m", "5m", "45s"]),
            "retention": "400d",
            "fleet_labels": self.maybe(0.2, lambda: self.random.choice([["instance"], [], ["instance", "pod", "node"]])),
            "runbook_url": self.maybe(0.3, lambda: "https://example.org/runbook.md"),
            "dashboard_url": self.maybe(0.3, lambda: "https://grafana.example.org/"),
            "agent_alerts": self.maybe(0.7, lambda: False),
            "silent_after": self.maybe(0.3, lambda: self.random.choice(["5m", "26h", "100s"])),
        }

    def random_metrics(self):
        def bounds():
            values = sorted({round(10 ** self.random.uniform(-3, 4), 3) for _ in range(self.random.randint(1, 9))})
            return self.random.choice([values, values, [0.1, 0.25, 0.5, 1, 2.5], [1, 2, 5, 10]])
        labels = [[], ["kind"], ["endpoint", "status"]]
        pick = self.random.choice
        return [
            Metric("requests_total", "counter", ["endpoint", "status"]), Metric("errors_total", "counter", pick(labels)),
            Metric("sent_bytes_total", "counter", pick(labels)), Metric("queue_length", "gauge", pick(labels)),
            Metric("score_ratio", "gauge", pick(labels)), Metric("age_seconds", "gauge"),
            Metric("last_success_timestamp_seconds", "gauge", pick(labels)), Metric("batch_running", "gauge", pick(labels)),
            Metric("request_duration_seconds", "histogram", pick(labels), bounds()),
            Metric("payload_bytes", "histogram", pick(labels), bounds()),
            Metric("theirs_total", "counter", pick(labels), external=True),
            Metric("theirs_celsius", "gauge", pick(labels), external=True),
        ]

    def of_kind(self, *kinds):
        return self.random.choice([metric for metric in self.metrics if metric.kind in kinds])

    def matcher(self, label):
        value = self.random.choice(["a", "500", "x y", self.hostile(4)])
        pattern = self.random.choice(["5..", "a|b", ".+", "4[0-9]{2}", "x.*"])
        return self.random.choice([
            lambda: f"{label}={quote(value)}", lambda: f"{label}!={quote(value)}",
            lambda: f"{label}=~{quote(pattern)}", lambda: f"{label}!~{quote(pattern)}"])()

    def selector(self, metric, least=0):
        labels = metric.labels + ["job"]
        count = self.random.randint(least, min(2, len(labels)))
        matchers = [self.matcher(label) for label in self.random.sample(labels, count)]
        return metric.name + ("{" + ", ".join(matchers) + "}" if matchers else "")

    # --- SLOs

    def tier(self, key, hours, budget, named):
        factor = self.maybe(0.3, lambda: self.random.choice([0.95 / budget, 0.5 / budget, 1.5, 2, 14.4, 10.123]))
        if factor is not None and not 0.01 <= factor * budget < 0.97:
            factor = None
        return {
            "enabled": self.maybe(0.2, lambda: False),
            "name": self.maybe(0.3, lambda: f"Burn{named}{key.title().replace('_', '')}"),
            "severity": self.maybe(0.3, lambda: self.random.choice(["critical", "warning", "info"])),
            # Tests of SLOs are evaluated once a minute, so long durations are rare here.
            "for": self.maybe(0.6, lambda: self.random.choice(SHORT[:10] if self.random.random() < 0.9 else SHORT[10:-1])),
            "keep_firing_for": self.maybe(0.4, lambda: self.random.choice(SHORT[:12])),
            "factor": factor,
        }

    def slo(self, number):
        hours = self.random.choice([3, 6, 12, 24, 72, 168, 672, 720, 2160, 24 * 365, self.random.randint(3, 2000)])
        objective = self.random.choice([0.5, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 0.99999, 0.1,
                                        round(self.random.uniform(0.2, 0.9999), self.random.randint(1, 5))])
        objective = min(max(objective, 0.05), 0.99999)
        name = self.random.choice([f"slo-{number}", f"{self.hostile(5)}{number}", f"latency_p{number}"])
        alerts = {
            "min_bad_events": self.maybe(0.5, lambda: self.random.choice([1, 2, 3, 5, 20, 1000])),
            "min_events": self.maybe(0.4, lambda: self.random.choice([0, 1, 2, 10, 100, 12345])),
            "absent_for": self.maybe(0.4, lambda: self.random.choice(["2m", "5m", "90s", "1h", "6h"])),
            "team": self.maybe(0.3, self.hostile), "comment": self.maybe(0.4, self.hostile),
            "enabled": self.maybe(0.1, lambda: False),
        }
        self.slos[name] = {"objective": objective, "hours": hours, **alerts}
        text = entry("[[slo]]", {"name": name, "good": "ok", "objective": objective, "period": f"{hours}h"})
        text += entry("[slo.alerts]", alerts)
        for key, least in TIERS.items():
            if hours >= least and self.random.random() < 0.5:
                text += entry(f"[slo.alerts.{key}]", self.tier(key, hours, 1 - objective, number))
        if self.random.random() < 0.4:
            text += entry("[slo.alerts.runbook]", {"meaning": self.hostile(), "steps": [self.hostile(), self.hostile()],
                                                   "escalation": self.hostile()})
        return text

    # --- [[alert]]

    def bad_events(self):
        return self.maybe(0.5, lambda: {"min_bad_events": self.random.choice([1, 2, 3, 25])}) or {}

    def condition(self):
        """(keys of the condition, metric, whether labels may be kept)."""
        pick, maybe = self.random.choice, self.maybe
        bound = lambda: {pick(["above", "below"]): self.number()}  # noqa: E731
        gauge = lambda: pick([m for m in self.metrics if m.kind == "gauge" and m.name != "score_ratio"])  # noqa: E731

        def increase():
            return {"increase_above": {"limit": abs(self.number(0)), "window": self.window()}}, self.of_kind("counter"), True

        def ratio():
            metric = pick([m for m in self.metrics if m.kind == "counter" and m.labels])
            table = {"of": self.selector(metric, 1), "limit": self.share(), "window": self.window()}
            least = maybe(0.6, lambda: pick([0, 1, 2, 20, 1000]))
            table.update({} if least is None else {"min_count": least}, **self.bad_events())
            return {"ratio_above": table}, metric, True

        def ratio_of_two():
            metric = self.of_kind("counter")
            table = {"of": "sent_bytes_total", "to": metric.name, "limit": self.share(), "window": self.window()}
            return {"ratio_above": table}, metric, False

        def quantile():
            metric = pick([m for m in self.metrics if m.kind == "histogram"])
            limit = pick(metric.buckets[:-1] + [self.random.uniform(metric.buckets[0] / 9, metric.buckets[-1] * 0.99)])
            q = pick([0.5, 0.9, 0.95, 0.99, 0.999, round(self.random.uniform(0.01, 0.99), 3)])
            table = {"q": q, "above": limit, "window": self.window(), "min_count": pick([0, 1, 2, 20, 333])}
            return {"quantile": {**table, **(self.bad_events() if limit in metric.buckets else {})}}, metric, True

        def share_between():
            metric = pick([m for m in self.metrics if m.kind == "histogram"])
            low, high = sorted([pick(metric.buckets), pick(metric.buckets)])
            table = {"above": self.share(), "window": self.window(), "min_count": pick([0, 1, 5, 50]), **self.bad_events()}
            if low == high:
                table[pick(["from", "to"])] = low
            else:
                table.update({"from": low, "to": high})
            return {"share_between": table}, metric, True

        def usual():
            window = pick([300, 600, 1800, 3600, 6 * 3600, 86400, self.random.randint(130, 5000)])
            times = pick([4, 7, 12, 24, 30, 5.5])
            table = {"window": f"{window}s", "usual": f"{int(window * times)}s"}
            floor = maybe(0.5, lambda: pick([1, 5, 100, 0.5]))
            table.update({} if floor is None else {"floor": floor})
            metric = self.of_kind("counter", "gauge")
            if self.random.random() < 0.5:
                return {"times_above_usual": {**table, "factor": self.random.uniform(1.2, times * 0.9)}}, metric, True
            return {"drop_from_usual": {**table, "share": self.share()}}, metric, True

        def outside():
            low, high = sorted([self.number(), self.number()])
            return {"outside": [low, high if high > low else low + 1]}, gauge(), False

        def consecutive():
            every = self.random.choice(["1h", "1d", "30m", "6h", "15m", "777s"])
            return {"consecutive": {"runs": self.random.randint(2, 7), "every": every, **bound()}}, gauge(), False

        def stamp():
            return ({"age_above": pick(["5m", "26h", "90s", "1h30m", "30d"])},
                    pick([m for m in self.metrics if m.name.endswith("timestamp_seconds")]), False)

        return pick([
            lambda: (bound(), gauge(), False),
            lambda: ({pick(["above", "below"]): self.share()},
                     pick([m for m in self.metrics if m.name == "score_ratio"]), False),
            outside, increase, increase, ratio, ratio, ratio_of_two, quantile, quantile, share_between, share_between,
            usual, usual, consecutive, stamp,
            lambda: ({"predict": {"within": self.window(600), "window": self.window(600), **bound()}}, gauge(), False),
            lambda: ({"absent": True}, self.of_kind("counter", "gauge"), False),
            lambda: ({"changed": self.window()}, gauge(), False),
        ])()

    @staticmethod
    def possible_hold(condition, hold):
        """A state that lasts long becomes usual: a longer `for` is rejected."""
        table = condition.get("times_above_usual") or condition.get("drop_from_usual")
        if table and hold:
            most = int(table["usual"][:-1]) / table.get("factor", 1)
            return hold if seconds(hold) + 300 < most else None
        return hold

    def alert(self):
        condition, metric, aggregates = self.condition()
        name = "".join(self.random.choice(NAMES) for _ in range(2)) + str(len(self.alerts))
        hold = self.maybe(0.6, lambda: self.random.choice(SHORT))
        if "absent" in condition:
            hold = self.random.choice(SHORT[5:])
        hold = self.possible_hold(condition, hold)
        running = next(metric for metric in self.metrics if metric.name == "batch_running")
        keys = {
            "name": name, "metric": self.selector(metric), "for": hold,
            "keep_firing_for": self.maybe(0.3, lambda: self.random.choice(SHORT)),
            "severity": self.maybe(0.5, lambda: self.random.choice(["critical", "warning", "info"])),
            "team": self.maybe(0.3, self.hostile),
            "by": self.maybe(0.5, lambda: self.random.sample(metric.labels, self.random.randint(0, len(metric.labels))))
            if aggregates else None,
            "while": self.maybe(0.2, lambda: self.selector(running) + self.random.choice(
                [" > 0", " >= 1", " == 1", " != 0", " < 5", "<= -2.5"])),
            "summary": self.maybe(0.6, lambda: without_dropped_labels(self.text_value())),
            "description": self.maybe(0.6, lambda: without_dropped_labels(
                self.hostile() + self.random.choice(["", " $value ", "$labels.job"]))),
            "comment": self.maybe(0.4, self.hostile),
            "runbook": self.maybe(0.3, lambda: self.random.choice(
                [self.hostile(), [self.hostile(), self.hostile()], "https://example.org/r",
                 {"meaning": self.hostile(), "queries": [self.hostile()], "escalation": self.hostile()}])),
            "inhibits": self.maybe(0.3, lambda: self.random.choice(list(self.alerts)) if self.alerts else None),
            **condition,
        }
        self.alerts[name] = keys
        return entry("[[alert]]", keys)


def quote(text):
    """A PromQL string literal."""
    return '"' + "".join(f"\\{c}" if c in '"\\' else "\\n" if c == "\n" else c for c in text) + '"'


if __name__ == "__main__":
    print(RandomConfiguration(int(sys.argv[1])).text)
