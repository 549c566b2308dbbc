"""The recipes of deploy/examples: their pages show the files and what the commands print, and what comes out of a sample is what
another program counts in it."""

import math
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import cookbook_truth
import exposition
import pages

EXAMPLES = pages.ROOT / "deploy/examples"
RECIPES = sorted(path.parent.name for path in EXAMPLES.glob("*/leeway.toml"))
# The sample of each, as on its page.
SAMPLES = {"fastapi": "app=app.log", "express": "app=app.log", "nginx": "web=access.log", "spring": "app=orders.log",
           "batch": "import=nightly.log", "kubernetes": "pods=pods/shop_*/*/*.log", "compose": "containers=containers/*/*-json.log",
           "llm": "calls=calls.log", "from-mtail": "web=../nginx/access.log", "from-promtail": "app=../fastapi/app.log",
           "from-grok-exporter": "app=../spring/orders.log"}
LONGEST_PAGE = 170  # lines: read in two minutes


def without(samples, *labels):
    """Samples without these labels and those that are empty, which is the same for Prometheus."""
    return {(name, tuple(pair for pair in pairs if pair[0] not in labels and pair[1] != "")): value
            for (name, pairs), value in samples.items()}


def of_lines(samples):
    return {key: value for key, value in samples.items() if not key[0].startswith("leeway_")}


class CookbookTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.examples = pathlib.Path(temporary.name) / "deploy/examples"
        shutil.copytree(EXAMPLES, cls.examples)

    def replay(self, recipe):
        command = f"leeway replay leeway.toml --source.path '{SAMPLES[recipe]}'"
        return without(exposition.parse_samples(pages.shell(command, self.examples / recipe)))

    def assert_same(self, expected, found, where):
        self.assertEqual({}, {key: (value, found.get(key)) for key, value in expected.items()
                              if not math.isclose(value, found.get(key, math.nan), rel_tol=1e-9, abs_tol=1e-9)}, where)

    def test_the_index_names_every_recipe(self):
        named = re.findall(r"^\| \[[^]]+\]\(([\w-]+)/README\.md\)", (EXAMPLES / "README.md").read_text(), re.MULTILINE)
        self.assertEqual(RECIPES, sorted(named))
        self.assertEqual(set(RECIPES), set(SAMPLES))

    def test_the_commands_of_the_index(self):
        script, = pages.blocks("deploy/examples/README.md", "sh")
        pages.shell(script.text, self.examples.parents[1])
        self.assertTrue(any((self.examples / "fastapi/rules").iterdir()))
        self.assertTrue(any((self.examples / "fastapi/dashboards").iterdir()))

    def test_pages_show_their_files(self):
        for recipe in RECIPES:
            folder = EXAMPLES / recipe
            page = f"deploy/examples/{recipe}/README.md"
            texts = [path.read_text() for path in folder.rglob("*") if path.is_file() and path.name != "README.md"]
            with self.subTest(recipe=recipe):
                self.assertLess(len((folder / "README.md").read_text().splitlines()), LONGEST_PAGE)
                found = pages.blocks(page)
                self.assertIn(("toml", "leeway.toml"), [(block.language, block.file) for block in found])
                for block in found:
                    if block.file:
                        self.assertEqual((folder / block.file).read_text(), block.text)
                    elif block.language == "text":
                        lines = set("\n".join(texts).splitlines())
                        self.assertLessEqual(set(block.text.splitlines()), lines)
                    elif block.language not in ("toml", "console"):  # other blocks of TOML: page_examples_test.py
                        self.assertTrue(any(block.text in text for text in texts), block.text)

    def test_commands_print_what_the_pages_say(self):
        for recipe in RECIPES:
            count = 0
            for block in pages.blocks(f"deploy/examples/{recipe}/README.md", "console"):
                for command, expected in pages.transcript(block):
                    count += 1
                    with self.subTest(recipe=recipe, command=command):
                        printed = pages.shell(command, self.examples / recipe).splitlines()
                        self.assertTrue(pages.fits(expected, printed), "\n".join(printed))
            said = (EXAMPLES / recipe / "README.md").read_text()
            for command in ("leeway check --strict leeway.toml --source.path", "leeway replay leeway.toml",
                            "leeway test cases.toml", "leeway init ", "leeway check --strict proposed.toml"):
                self.assertIn("$ " + command, said, recipe)
            self.assertGreaterEqual(count, 5, recipe)

    def test_a_sample_gives_what_python_counts_in_it(self):
        for recipe in RECIPES:
            if not recipe.startswith("from-"):
                with self.subTest(recipe=recipe):
                    found = self.replay(recipe)
                    expected = getattr(cookbook_truth, recipe)(EXAMPLES / recipe)
                    self.assert_same(expected, found, recipe)
                    counted = {name for name, _ in expected if not name.startswith("leeway_")}
                    others = {key: value for key, value in found.items() if key[0] in counted and value and key not in expected}
                    self.assertEqual({}, others)

    def test_cases_notice_a_lost_line(self):
        """The last one of each sample."""
        for recipe in RECIPES:
            with self.subTest(recipe=recipe), tempfile.TemporaryDirectory() as temporary:
                copy = pathlib.Path(temporary) / "examples"
                shutil.copytree(EXAMPLES, copy)
                pattern = SAMPLES[recipe].partition("=")[2]
                for path in [copy / recipe / pattern] if pattern.startswith("..") else (copy / recipe).glob(pattern):
                    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
                self.assertRegex(pages.shell("leeway test cases.toml", copy / recipe, check=False), r"(?m)^FAIL ")

    def test_mtail_counts_the_same(self):
        """But for observations of 0, which mtail adds to `_count` and to no bucket."""
        script = "mtail --one_shot --one_shot_format prometheus --progs web.mtail --logs ../nginx/access.log"
        theirs = without(exposition.parse_samples(pages.shell(script, self.examples / "from-mtail")), "prog")
        ours = of_lines(self.replay("from-mtail"))
        lines = (EXAMPLES / "nginx/access.log").read_text().splitlines()
        zeros = sum(line.rsplit(" ", 3)[1] == "0.000" and '"GET ' in line for line in lines)
        self.assertGreater(zeros, 0)
        theirs = {key: value + (zeros if key[0].endswith("_bucket") else 0) for key, value in theirs.items()}
        self.assertEqual(set(theirs), set(ours))
        self.assert_same(theirs, ours, "from-mtail")

    def test_grok_exporter_counted_the_same(self):
        """What it served after it had read the sample, which the folder has."""
        theirs = without(exposition.parse_samples((EXAMPLES / "from-grok-exporter/grok_exporter.prom").read_text()))
        ours = of_lines(self.replay("from-grok-exporter"))
        self.assertEqual(46, len(theirs))
        self.assertEqual(set(theirs), set(ours))
        self.assert_same(theirs, ours, "from-grok-exporter")

    def test_promtail_counted_the_same(self):
        """But for the lines without a status, which its `inc` counts as requests, too."""
        theirs = without(exposition.parse_samples((EXAMPLES / "from-promtail/promtail.prom").read_text()), "filename", "job")
        ours = of_lines(self.replay("from-promtail"))
        lines = [key for key in theirs if key[0] == "orders_http_requests_total" and "status" not in dict(key[1])]
        log = (EXAMPLES / "fastapi/app.log").read_text().splitlines()
        self.assertEqual(sum('"status"' not in line for line in log), sum(theirs.pop(key) for key in lines))
        self.assertGreater(len(theirs), 50)
        self.assertEqual(set(theirs), set(ours))
        self.assert_same(theirs, ours, "from-promtail")


if __name__ == "__main__":
    unittest.main()
