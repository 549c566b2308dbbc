"""The page at /, in Chromium: dark and light, on a phone, without scripts; and nothing on it that `redact` hides."""

import pathlib
import subprocess
import tempfile
import unittest
import urllib.request

import harness

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
labels = ["code"]
values = {{ code = ["200", "500"] }}

[[slo]]
name = "availability"
good = "code < 500"
objective = 0.9
"""
# The page alone decides the colours; these flags are the reader's.
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=2000"]


def chromium(*arguments):
    with tempfile.TemporaryDirectory() as profile:
        return subprocess.run([*CHROMIUM, f"--user-data-dir={profile}", *arguments], capture_output=True, text=True,
                              timeout=120).stdout


class FirstPageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.directory = pathlib.Path(directory.name)
        lines = [f'{{"ts": {1_700_000_000 + i}, "code": {500 if i % 20 == 0 else 200}}}' for i in range(200)]
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
        self.assertNotIn("ann@example.org", self.page)

    def test_a_browser_shows_it_without_scripts(self):
        shown = chromium("--dump-dom", self.url)
        self.assertIn("availability", shown)
        self.assertNotIn("<script", shown)

    def test_screenshots_differ_by_colour_and_fit_a_phone(self):
        pictures = {}
        for name, arguments in (("light", ["--window-size=1200,900"]),
                                ("dark", ["--window-size=1200,900", "--force-dark-mode",
                                          "--blink-settings=preferredColorScheme=0"]),
                                ("phone", ["--window-size=500,1200"])):
            path = self.directory / f"{name}.png"
            chromium(f"--screenshot={path}", *arguments, self.url)
            pictures[name] = path.read_bytes()
            self.assertGreater(len(pictures[name]), 5000, name)
        self.assertNotEqual(pictures["light"], pictures["dark"])


if __name__ == "__main__":
    unittest.main()
