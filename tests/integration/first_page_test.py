"""The page at /, in Chromium: dark and light, on a phone, without scripts; and nothing on it that `redact` hides."""

import json
import pathlib
import sys
import tempfile
import unittest
import urllib.request

import harness

sys.path.append(str(harness.ROOT / "tests/tools"))
import chromium  # noqa: E402

CONFIG = """
[agent]
state_dir = "{directory}/state"

[[source]]
name = "app"
type = "log"
path = "{directory}/app.log"
format = "json"
time = "ts"
redact = ["email"]

[[metric]]
name = "requests_total"
type = "counter"
source = "app"
labels = ["code"]
values = {{ code = ["200", "500"] }}

[[slo]]
name = "availability"
source = "app"
good = "code < 500"
objective = 0.9

[[window]]
name = "busiest_users_ratio"
source = "app"
over = "1h"
aggregate = "top"
value = "user"

[[source]]
name = "absent"
type = "log"
path = "{directory}/absent.log"
format = "json"
"""
class FirstPageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.directory = pathlib.Path(directory.name)
        lines = [f'{{"ts": {1_700_000_000 + i}, "code": {500 if i % 20 == 0 else 200}, "user": "u{i % 3}@example.org"}}'
                 for i in range(200)]
        lines.append('{"ts": 1700000300, "code": 200, "note": "broken", "email": "ann@example.org"')
        (cls.directory / "app.log").write_text("\n".join(lines) + "\n")
        cls.agent = harness.Agent(cls.directory, CONFIG)
        cls.addClassCleanup(cls.agent.close)
        cls.agent.start_and_wait()
        cls.url = f"http://127.0.0.1:{cls.agent.port}/"
        with urllib.request.urlopen(cls.url, timeout=10) as answer:
            cls.headers, cls.page = answer.headers, answer.read().decode()

    def test_says_what_there_is(self):
        for part in ("app", "200", "availability", "broken", "90%"):
            self.assertIn(part, self.page)
        self.assertRegex(self.page, r"rejected: \w+: 1<")
        self.assertIn("default-src 'none'", self.headers["Content-Security-Policy"])

    def test_hides_what_is_hidden(self):
        self.assertNotIn("example.org", self.page)

    def test_shows_the_most_frequent_values(self):
        self.assertRegex(self.page, r"busiest_users_ratio</th><td[^>]*><code>&lt;email&gt;</code></td><td[^>]*>200 of 200<")

    def test_says_which_source_has_never_had_a_file(self):
        words = f"no file has matched '{self.directory}/absent.log' so far"
        self.assertIn("Ready, but nothing comes from", self.page)
        self.assertIn(words.replace("'", "&#39;"), self.page)
        status, ready, _ = self.agent.request("GET", "/-/ready")
        self.assertEqual((200, f"ready\nsource 'absent': {words}"), (status, ready.strip()))
        sources = json.loads(self.agent.request("GET", "/api/v1/status")[1])["sources"]
        self.assertEqual({"app": None, "absent": words}, {source["name"]: source["trouble"] for source in sources})

    def test_the_keyboard_reaches_all_links(self):
        with chromium.Browser() as browser:
            page = browser.open(self.url, width=1200)
            reached = set()
            for _ in range(10):
                for kind in ("keyDown", "keyUp"):
                    page.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
                for node in page.all("a:focus-visible"):
                    attributes = page.call("DOM.getAttributes", nodeId=node)["attributes"]
                    reached.update(dict(zip(attributes[::2], attributes[1::2], strict=True)).values())
            self.assertLessEqual({"/metrics", "/api/v1/status", "/api/v1/unmatched", "/-/healthy", "/-/ready"}, reached)

    def test_a_browser_shows_it_without_scripts(self):
        with chromium.Browser() as browser:
            page = browser.open(self.url, width=1200)
            shown = page.call("DOM.getOuterHTML", nodeId=page.root)["outerHTML"]
            self.assertIn("availability", shown)
            self.assertNotIn("<script", shown)
            self.assertEqual(([self.url], []), (page.requests, page.messages))
            self.assertEqual(3, len(page.all("table")))  # sources, objectives and values

    def test_screenshots_differ_by_colour_and_fit_a_phone(self):
        pictures = {}
        with chromium.Browser() as browser:
            for name, width, dark in (("light", 1200, False), ("dark", 1200, True), ("phone", 360, False)):
                page = browser.open(self.url, width, dark=dark)
                page.screenshot(self.directory / f"{name}.png")
                pictures[name] = (self.directory / f"{name}.png").read_bytes()
                self.assertGreater(len(pictures[name]), 5000, name)
                self.assertLessEqual(page.size()[0], width, name)
        self.assertNotEqual(pictures["light"], pictures["dark"])


if __name__ == "__main__":
    unittest.main()
