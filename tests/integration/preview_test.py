"""`leeway dashboards --preview`: the page of a replay, in Chromium without scripts. The binary is LEEWAY_BIN."""

import datetime
import html.parser
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests/tools"), str(ROOT / "tests/deploy")]
import chromium  # noqa: E402
import pack_samples  # noqa: E402

LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
LARGEST = 5 << 20
START = datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc)
HOSTILE = "</title></svg><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"

CONFIGURATION = '''
[rules]
name = "shop"
title = "Shop <b>&</b>"
[[source]]
name = "app"
type = "log"
path = ["/nowhere"]
format = "json"
time = "time"
[[metric]]
name = "requests_total"
type = "counter"
source = "app"
help = "Requests <script>alert(3)</script>"
labels = { path = "path" }
[[metric]]
name = "queue"
type = "gauge"
source = "app"
help = "Length."
value = "queue"
[[metric]]
name = "request_duration_seconds"
type = "histogram"
source = "app"
help = "Duration."
value = "seconds"
buckets = [0.1, 1]
[[slo]]
name = "good"
source = "app"
good = "ok"
objective = 0.9
[[panel]]
title = "Not known"
description = "A function that is rare."
promql = "holt_winters(queue[10m], 0.5, 0.5)"
[[panel]]
title = "Requests of an hour"
description = "Of the last hour."
show = "stat"
promql = 'sum(increase(requests_total[1h]))'
'''

ALERT = """
[[alert]]
name = "QueueLong"
metric = "queue"
above = 5
summary = "The queue is long."
[[alert]]
name = "QueueLongForLong"
metric = "queue"
above = 3
for = "5m"
summary = "The queue is long."
[[alert]]
name = "QueueSeen"
metric = "queue"
above = -1
for = "5m"
summary = "There is a queue."
"""

# Two logs, of which one begins later, and a file without times.
ORDER = '''
[rules]
name = "order"
[[source]]
name = "early"
type = "log"
path = ["early.log"]
format = "json"
time = "time"
[[source]]
name = "late"
type = "log"
path = ["late.log"]
format = "json"
time = "time"
[[source]]
name = "settings"
type = "file"
path = ["settings.json"]
format = "json"
[[metric]]
name = "early_total"
type = "counter"
source = "early"
help = "Records."
[[metric]]
name = "late_total"
type = "counter"
source = "late"
help = "Records."
[[metric]]
name = "limit"
type = "gauge"
source = "settings"
help = "Limit."
value = "limit"
'''
ORDER_PANEL = '''
[[panel]]
title = "%s"
description = "Of an earlier time."
show = "stat"
promql = "sum(%s)"
'''


class Parser(html.parser.HTMLParser):
    """The tags, the panels with what they draw, and the text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.panels, self.texts, self.inside, self.tag = set(), [], [], False, ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.add(tag)
        if tag == "section":
            self.panels.append({"title": None, "drawn": set(), "text": "", "values": []})
            self.inside = True
        kinds = {"chart", "values", "reason", "states", "scroll"}
        if self.panels and given.get("class") in kinds:
            self.panels[-1]["drawn"].add(given["class"])
        self.tag = tag
        for name, value in attributes:
            if name.startswith("on") or "javascript:" in (value or ""):
                raise AssertionError((tag, attributes))

    def handle_data(self, data):
        self.texts.append(data)
        if self.inside:
            panel = self.panels[-1]
            panel["text"] += data
            if self.tag == "summary" and panel["title"] is None:
                panel["title"] = data
            elif self.tag == "strong":
                panel["values"].append(data)

    def handle_endtag(self, tag):
        self.tag = ""
        self.inside = self.inside and tag != "section"


def run(*arguments, cwd=None):
    return subprocess.run([LEEWAY, "dashboards", *map(str, arguments)], capture_output=True, text=True, timeout=300, cwd=cwd)


def preview(directory, *arguments, cwd=None):
    page = pathlib.Path(directory) / "page.html"
    done = run(*arguments, "--preview", page, cwd=cwd)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return page


def write_log(path, hours, every=60, paths=("/a",), first=0):
    """A record a minute: ok but for one in ten."""
    with open(path, "w") as log:
        for i in range((hours * 3600 - first) // every):
            at = START + datetime.timedelta(seconds=first + i * every)
            record = {"time": at.isoformat(), "path": paths[i % len(paths)], "queue": i % 7, "seconds": (i % 5) / 4, "ok": i % 10 != 0}
            log.write(json.dumps(record) + "\n")


def panels_of_dashboards(directory, *arguments):
    """Of the JSON, collapsed rows included."""
    done = run(*arguments, "--output-dir", directory)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    count = 0
    for path in pathlib.Path(directory).glob("*.json"):
        for panel in json.loads(path.read_text())["panels"]:
            count += len(panel.get("panels", [])) if panel["type"] == "row" else 1
    return count


class PreviewTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = chromium.Browser().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.configuration = self.directory / "shop.toml"
        self.configuration.write_text(CONFIGURATION)

    def shop(self, **log):
        write_log(self.directory / "app.log", **log)
        return ["--config.file", self.configuration, "--source.path", f"app={self.directory}/app.log"]

    def check_page(self, path, panels):
        """Each panel has a drawing or a reason; nothing is loaded, said or wider than the window."""
        text = path.read_text()
        self.assertLess(len(text.encode()), LARGEST)
        parsed = Parser(text)
        self.assertEqual(panels, len(parsed.panels))
        self.assertEqual([], [panel["title"] for panel in parsed.panels if not panel["drawn"]])
        self.assertFalse(parsed.tags & {"script", "img", "link", "iframe", "object", "form"})
        for width in (360, 1400):
            page = self.browser.open(path, width)
            self.assertEqual([], page.messages)
            self.assertEqual([path.resolve().as_uri()], page.requests)
            self.assertLessEqual(page.size()[0], width)
            boxes = [page.box(node) for node in page.all(".panel")]
            self.assertEqual(panels, len(boxes))
            self.assertTrue(all(left >= 0 and right <= width and bottom - top > 30 for left, top, right, bottom in boxes))
            side_by_side = any(a[1] == b[1] for a, b in zip(boxes, boxes[1:]))
            self.assertEqual(width == 1400, side_by_side)
        return parsed

    def test_packs(self):
        for pack in sorted(ROOT.glob("deploy/packs/*.toml")):
            with self.subTest(pack=pack.name):
                arguments, cwd = list(pack_samples.replays(pack, self.directory / pack.stem))[-1]
                end = arguments.index("--internal-metrics")
                words = [str(word) for word in arguments[1:end] + arguments[end + 1:]]
                if "--state.dir" in words:
                    del words[words.index("--state.dir"):words.index("--state.dir") + 2]
                path = preview(self.directory, *words, cwd=cwd)
                count = panels_of_dashboards(self.directory / ("out-" + pack.stem), *words)
                parsed = self.check_page(path, count)
                drawn = [panel for panel in parsed.panels if "reason" not in panel["drawn"]]
                self.assertGreater(len(drawn), count / 3)
                reasons = {panel["text"] for panel in parsed.panels if "Not drawn" in panel["text"]}
                self.assertEqual([], sorted(reasons))

    def test_values_are_those_of_the_replay(self):
        parsed = self.check_page(preview(self.directory, *self.shop(hours=3)), panels_of_dashboards(
            self.directory / "out", *self.shop(hours=3)))
        by_title = {panel["title"]: panel for panel in parsed.panels}
        self.assertEqual(["60"], by_title["Requests of an hour"]["values"])
        self.assertIn("Not drawn: function holt_winters().", by_title["Not known"]["text"])
        self.assertRegex(" ".join(parsed.texts), "from 2026-01-05 00:00:[0-9]{2} to 2026-01-05 02:59:00 UTC")
        # By slots of 5m, up to 02:55, without the first record, whose increase nobody sees: 17 of 175 are bad, and 10% may be.
        self.assertEqual(["2.86%"], by_title["Budget left"]["values"])

    def test_lists_what_fired_when(self):
        self.configuration.write_text(CONFIGURATION + ALERT)
        path = preview(self.directory, *self.shop(hours=3))
        parsed = Parser(path.read_text())
        text = " ".join(parsed.texts)
        # 6 comes every seventh minute and stands for a minute; 4, 5 and 6 for three.
        self.assertIn("QueueLong", text)
        self.assertIn("2026-01-05 00:06:00", text)
        self.assertNotIn("QueueLongForLong", text)
        by_title = {panel["title"]: panel for panel in parsed.panels}
        self.assertIn("QueueSeen", by_title["Alerts that fire"]["text"])
        for width in (360, 1400):
            page = self.browser.open(path, width)
            self.assertLessEqual(page.size()[0], width)
            headers = [page.box(node) for node in page.all(".fired th")]
            self.assertEqual(6, len(headers))
            self.assertTrue(all(bottom - top < 35 for _, top, _, bottom in headers), headers)  # one line

    def test_sources_meet_at_their_times(self):
        write_log(self.directory / "early.log", hours=3)
        write_log(self.directory / "late.log", hours=3, every=120, first=3600)
        (self.directory / "settings.json").write_text('{"limit": 7}')
        panels = {"Early then": ("increase(early_total[1h] offset 30m)", "60"),
                  "Late then": ("increase(late_total[1h] offset 30m)", "30"),
                  "Late before": ("increase(late_total[30m] offset 2h)", "0"),
                  "Limit then": ("limit offset 2h30m", "7")}
        text = ORDER + "".join(ORDER_PANEL % (title, expr) for title, (expr, _) in panels.items())
        self.configuration.write_text(text)
        parsed = Parser(preview(self.directory, "--config.file", self.configuration, cwd=self.directory).read_text())
        values = {panel["title"]: panel["values"] for panel in parsed.panels}
        self.assertEqual({title: [value] for title, (_, value) in panels.items()}, {title: values[title] for title in panels})
        self.assertIn("The records of source 'settings' have no time of their own", " ".join(parsed.texts))

    def test_shows_hostile_text_as_it_is(self):
        log = self.shop(hours=1, paths=(HOSTILE, "/b"))
        parsed = self.check_page(preview(self.directory, *log), panels_of_dashboards(self.directory / "out", *log))
        text = " ".join(parsed.texts)
        self.assertIn(HOSTILE, text)
        self.assertIn("Shop <b>&</b>", text)

    def test_forty_days(self):
        log = self.shop(hours=24 * 40, every=600)
        parsed = self.check_page(preview(self.directory, *log), panels_of_dashboards(self.directory / "out", *log))
        self.assertIn("every 5m; a chart has a value every", " ".join(parsed.texts))
        by_title = {panel["title"]: panel for panel in parsed.panels}
        self.assertEqual(["6"], by_title["Requests of an hour"]["values"])

    def test_follows_the_colours_of_the_reader(self):
        path = preview(self.directory, *self.shop(hours=1))
        colours = {self.browser.open(path, 360, dark=dark).style("body", "background-color") for dark in (False, True)}
        self.assertEqual(2, len(colours))

    def test_says_what_is_wrong(self):
        config = ["--config.file", self.configuration]
        done = run(*config)
        self.assertEqual((2, "expected --output-dir, --preview or both\n"), (done.returncode, done.stderr))
        done = run(*config, "--preview", self.directory / "page.html")
        self.assertEqual(74, done.returncode)
        self.assertIn("source 'app': no file to read", done.stderr)
        self.assertFalse((self.directory / "page.html").exists())


if __name__ == "__main__":
    unittest.main()
