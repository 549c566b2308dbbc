"""The dashboards of the packs: as committed, without problems, and only about what exists. The binary is LEEWAY_BIN."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import tomllib
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import dashboard_lint  # noqa: E402
import exposition  # noqa: E402
import pack_samples  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
PACKS = sorted(ROOT.glob("deploy/packs/*.toml"))
LARGEST_CONFIG_MAP = 1024 * 1024
MOST_OPEN = 30
SLOWEST = 1.0  # seconds for a pack, including process start and a busy machine; on its own it takes a few milliseconds

HOSTILE = '''
[rules]
title = "A \\"title\\" {{ $job }} $${job} [[job]] \\n line \\u0085 \\u2028 \\u202e"
[[source]]
name = "app"
type = "log"
path = ["/x"]
format = "json"
time = "timestamp"
time_zone = "UTC"
[[metric]]
name = "events_total"
type = "counter"
source = "app"
help = "<b>$${job}</b> [click](https://example.org) {{ $labels }} 'quotes' \\"too\\" LONG"
[[slo]]
name = "$job [[job]] \\"quoted\\" \\n {{"
source = "app"
good = "true"
objective = 0.999
[[panel]]
title = "$instance $${job:queryparam} [[instance]]"
description = "# LONG"
promql = "rate(events_total[$__rate_interval])"
'''.replace("LONG", "0123456789" * 1000)


def leeway(*arguments, cwd=None):
    done = subprocess.run([LEEWAY, *map(str, arguments)], capture_output=True, text=True, timeout=60, cwd=cwd)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def render(config, directory, *arguments):
    leeway("dashboards", "--config.file", config, "--output-dir", directory, *arguments)
    return {file.name: file.read_text() for file in pathlib.Path(directory).iterdir()}


def all_panels(dashboard):
    """Rows, panels, and those that are within a collapsed row."""
    return [each for panel in dashboard["panels"] for each in [panel, *panel.get("panels", [])]]


class PackDashboardsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.directory = pathlib.Path(temporary.name)
        cls.files = {}
        for pack in PACKS:
            started = time.monotonic()
            cls.files[pack.stem] = render(pack, cls.directory / pack.stem)
            cls.seconds = time.monotonic() - started

    def dashboards(self):
        for pack, files in self.files.items():
            for name, text in files.items():
                if name.endswith(".json"):
                    yield pack, name, json.loads(text)

    def test_committed_dashboards_are_what_the_binary_writes(self):
        for pack, files in self.files.items():
            folder = ROOT / "dashboards/rendered" / pack
            self.assertEqual({file.name: file.read_text() for file in folder.iterdir()}, files)

    def test_rendering_is_fast(self):
        self.assertLess(self.seconds, SLOWEST)

    def test_each_pack_has_its_dashboards(self):
        for pack, files in self.files.items():
            config = tomllib.loads((ROOT / f"deploy/packs/{pack}.toml").read_text())
            name = config["rules"]["name"]
            objectives = {f"{name}-slo.json"} if "slo" in config else set()
            self.assertEqual({".lint", f"{name}.json", f"{name}-agent.json"} | objectives, set(files))

    def test_linter_is_silent(self):
        for pack in self.files:
            self.assertEqual([], dashboard_lint.lint_directory(self.directory / pack))

    def test_each_exception_is_needed(self):
        for pack, files in self.files.items():
            problems = [problem for _, name, dashboard in self.dashboards() for problem in dashboard_lint.lint(dashboard)]
            exclusions = yaml.safe_load(files[".lint"])["exclusions"]
            for rule, entries in exclusions.items():
                for entry in entries["entries"]:
                    self.assertTrue(entry["reason"])
                    self.assertTrue(any(dashboard_lint.is_excluded(problem, {rule: {"entries": [entry]}})
                                        for problem in problems), f"{pack}: {rule}: {entry}")

    def test_identifiers_are_unique_and_short(self):
        uids = [dashboard["uid"] for _, _, dashboard in self.dashboards()]
        self.assertEqual(len(uids), len(set(uids)))
        for _, name, dashboard in self.dashboards():
            self.assertRegex(dashboard["uid"], r"^[a-zA-Z0-9_-]{1,40}$")
            self.assertEqual(name, dashboard["uid"] + ".json")
            ids = [panel["id"] for panel in all_panels(dashboard)]
            self.assertEqual(len(ids), len(set(ids)))

    def test_panels_do_not_overlap(self):
        for _, name, dashboard in self.dashboards():
            taken = {}
            for panel in all_panels(dashboard):
                place = panel["gridPos"]
                self.assertLessEqual(place["x"] + place["w"], 24, name)
                for x in range(place["x"], place["x"] + place["w"]):
                    for y in range(place["y"], place["y"] + place["h"]):
                        self.assertNotIn((x, y), taken, f"{name}: {panel['title']} overlaps {taken.get((x, y))}")
                        taken[(x, y)] = panel["title"]

    def test_few_panels_are_open(self):
        collapsed = 0
        for _, name, dashboard in self.dashboards():
            open_panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
            self.assertLessEqual(len(open_panels), MOST_OPEN, name)
            for row in (panel for panel in dashboard["panels"] if panel["type"] == "row"):
                self.assertEqual(row["collapsed"], bool(row["panels"]), f"{name}: {row['title']}")
                collapsed += row["collapsed"]
        self.assertGreater(collapsed, 0)

    def test_the_first_row_says_whether_all_is_well(self):
        for pack in PACKS:
            config = tomllib.loads(pack.read_text())
            panels = json.loads(self.files[pack.stem][config["rules"]["name"] + ".json"])["panels"]
            self.assertEqual("Overview", panels[0]["title"])
            second = next(i for i, panel in enumerate(panels) if i > 0 and panel["type"] == "row")
            self.assertEqual(["Alerts that fire", "Agents down", "Since the last record"]
                             + ["Error budgets left"] * ("slo" in config), [panel["title"] for panel in panels[1:second]])

    def test_links_lead_to_dashboards_that_exist(self):
        uids = {dashboard["uid"] for _, _, dashboard in self.dashboards()}
        for _, name, dashboard in self.dashboards():
            links = list(dashboard["links"])
            for panel in all_panels(dashboard):
                links += panel.get("fieldConfig", {}).get("defaults", {}).get("links", [])
            self.assertTrue(links, name)
            for link in links:
                self.assertIn(re.match(r"/d/([^?]+)", link["url"])[1], uids)

    def test_queries_name_only_what_exists(self):
        for pack in PACKS:
            leeway("rules", "--config.file", pack, "--output-dir", self.directory / "rules" / pack.stem)
            rules = yaml.safe_load((self.directory / "rules" / pack.stem / "rules.yml").read_text())
            known = {rule["record"] for group in rules["groups"] for rule in group["rules"] if "record" in rule}
            for words, place in pack_samples.replays(pack, self.directory / "sample" / pack.stem):
                text = leeway(*words, cwd=place)
                known |= set(re.findall(r"(?m)^# TYPE (\S+)", text))
                known |= {name for name, _ in exposition.parse_samples(text)}
            # Some of those are exported only by `run`.
            for source in (ROOT / "exporters/prometheus").glob("*_metrics.cpp"):
                known |= set(re.findall(r'"((?:leeway|process)_\w+)"', source.read_text()))
            known |= {"leeway_scrape_duration_seconds_bucket", "up", "ALERTS"}  # the last two are Prometheus' own
            for owner, name, dashboard in self.dashboards():
                if owner != pack.stem:
                    continue
                queries = [target["expr"] for panel in all_panels(dashboard) for target in panel.get("targets", [])]
                queries += [annotation["expr"] for annotation in dashboard["annotations"]["list"]]
                for query in queries:
                    text = dashboard_lint.substituted(query, ["job", "instance"])
                    for selector in dashboard_lint.selectors(text):
                        self.assertIn(selector.metric, known, f"{name}: {query}")

    def test_objects_for_kubernetes_hold_the_same_dashboards(self):
        for pack in PACKS:
            objects = render(pack, self.directory / "objects" / pack.stem, "--format", "kubernetes",
                             "--object.namespace", "monitoring", "--object.label", "team=a:b")
            found = {}
            for name, text in objects.items():
                self.assertTrue(name.startswith("configmap-"))
                config_map = yaml.safe_load(text)
                self.assertEqual("ConfigMap", config_map["kind"])
                self.assertEqual("1", config_map["metadata"]["labels"]["grafana_dashboard"])
                self.assertEqual("a:b", config_map["metadata"]["labels"]["team"])
                self.assertEqual("monitoring", config_map["metadata"]["namespace"])
                self.assertEqual(1, len(config_map["data"]))
                self.assertLess(len(text.encode()), LARGEST_CONFIG_MAP)
                found.update(config_map["data"])
            self.assertEqual({name: json.loads(text) for name, text in self.files[pack.stem].items() if name != ".lint"},
                             {name: json.loads(text) for name, text in found.items()})


class HostileTextTest(unittest.TestCase):
    def test_it_stays_text(self):
        with tempfile.TemporaryDirectory() as directory:
            config = pathlib.Path(directory) / "hostile.toml"
            config.write_text(HOSTILE)
            files = render(config, pathlib.Path(directory) / "grafana")
            objects = render(config, pathlib.Path(directory) / "kubernetes", "--format", "kubernetes")
            self.assertEqual([], dashboard_lint.lint_directory(pathlib.Path(directory) / "grafana"))
        dashboards = {name: json.loads(text) for name, text in files.items() if name != ".lint"}
        self.assertEqual(3, len(dashboards))
        for text in objects.values():
            (name, content), = yaml.safe_load(text)["data"].items()
            self.assertEqual(dashboards[name], json.loads(content))
        variable = re.compile(r"\$\w|\$\{|\[\[|<b>")
        for dashboard in dashboards.values():
            self.assertIsNone(variable.search(dashboard["title"]))
            for panel in all_panels(dashboard):
                self.assertIsNone(variable.search(panel["title"]), panel["title"])
                self.assertIsNone(variable.search(panel.get("description", "").replace("\\<", "").replace("\\[", "")))
                for target in panel.get("targets", []):
                    rest = re.sub(r'=~"\$(job|instance)"|\$__rate_interval', "", target["expr"])
                    self.assertIsNone(re.search(r"\$|\[\[", rest), rest)


class RefusedTest(unittest.TestCase):
    def test_a_folder_that_cannot_be_made_is_an_io_error(self):
        with tempfile.NamedTemporaryFile() as file:
            done = subprocess.run([LEEWAY, "dashboards", "--config.file", PACKS[0], "--output-dir", f"{file.name}/x"],
                                  capture_output=True, text=True, timeout=60)
        self.assertEqual(74, done.returncode)
        self.assertIn("cannot be created", done.stderr)


if __name__ == "__main__":
    unittest.main()
