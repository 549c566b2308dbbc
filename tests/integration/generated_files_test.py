"""What `leeway rules` and `leeway dashboards` leave in a folder that they write into again."""

import pathlib
import tempfile
import unittest

import harness
from command import leeway

NAME = '[rules]\nname = "shop"\n'
SLO = harness.CONFIG[harness.CONFIG.index("[[slo]]"):]
CONFIG = NAME + harness.CONFIG.removesuffix(SLO)


class GeneratedFilesTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.folder = self.directory / "folder"

    def generate(self, command, text, *arguments):
        """The names of the files that are there then, and what was said on standard error."""
        config = self.directory / "leeway.toml"
        config.write_text(text.format(directory=self.directory))
        done = leeway(command, "--config.file", config, "--output-dir", self.folder, *arguments)
        self.assertEqual(0, done.returncode, done.stderr)
        return {path.name for path in self.folder.iterdir()}, done.stderr

    def expect_former(self, before, after, said, *former):
        self.assertEqual(set(former), before - after)
        for name in former:
            self.assertIn(f"{name}: removed, of an earlier run", said)

    def test_tests_of_alerts_that_are_gone(self):
        alert = '[[alert]]\nname = "Many"\nmetric = "leeway_source_records_total"\nincrease_above = {{ limit = 5, window = "2d" }}\n'
        before, _ = self.generate("rules", CONFIG + alert)
        after, said = self.generate("rules", CONFIG)
        self.assertTrue(before - after, before)
        self.expect_former(before, after, said, *(before - after))

    def test_dashboards_of_slos_that_are_gone(self):
        for arguments, name in ((), "shop-slo.json"), (("--format", "kubernetes"), "configmap-shop-slo.yaml"):
            before, _ = self.generate("dashboards", CONFIG + SLO, *arguments)
            after, said = self.generate("dashboards", CONFIG, *arguments)
            self.expect_former(before, after, said, name)

    def test_two_configurations_of_one_name_are_refused(self):
        self.generate("rules", CONFIG)
        config = self.directory / "leeway.toml"
        done = leeway("rules", "--config.file", config, "--config.file", config, "--output-dir", self.directory / "both")
        self.assertEqual(2, done.returncode)
        self.assertIn("are both named 'shop'; expected another `name` in [rules] of one", done.stderr)
        self.assertFalse((self.directory / "both").exists())

    def test_files_of_others_stay(self):
        self.folder.mkdir()
        others = {"rules_test_1h.yml": "rule_files: [mine.yml]\n", "shop-slo.json": '{"uid": "mine"}\n', "prometheus.yml": "\n"}
        for name, text in others.items():
            (self.folder / name).write_text(text)
        mine = self.directory / "linked.yml"
        mine.write_text("# Tests of rules.yml, written by `leeway rules`.\n")
        (self.folder / "rules_test_2h.yml").symlink_to(mine)
        for command in "rules", "dashboards":
            _, said = self.generate(command, CONFIG)
            self.assertNotIn("removed", said)
        for name, text in others.items():
            self.assertEqual(text, (self.folder / name).read_text())
        self.assertTrue(mine.exists() and (self.folder / "rules_test_2h.yml").is_symlink())


if __name__ == "__main__":
    unittest.main()
