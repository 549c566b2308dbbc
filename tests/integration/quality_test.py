"""[[quality]] with the real agent: what its checks saw, and that none passes or vanishes without a word."""

import pathlib
import subprocess
import tempfile
import unittest

import harness

SOURCE = """
[[source]]
name = "scores"
type = "file"
path = "{directory}/scores.*"
format = "{format}"
settle = "0s"
"""


class QualityTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def run_leeway(self, command, config, text_format="csv"):
        path = self.directory / "leeway.toml"
        path.write_text(SOURCE.format(directory=self.directory, format=text_format) + config)
        return subprocess.run([harness.LEEWAY, command, "--config.file", path], capture_output=True, text=True)

    def test_extra_columns_need_a_format_that_names_its_columns(self):
        config = """
[[quality]]
name = "scores"
window = { rows = 2 }
[[quality.check]]
columns = { required = ["score"], extra = "forbidden" }
"""
        refused = self.run_leeway("check", config, "json")
        self.assertEqual(2, refused.returncode)
        self.assertIn("would never be judged; expected a source of type \"file\" with the format csv", refused.stderr)
        for text_format in ("csv", "tsv", "parquet"):
            self.assertEqual(0, self.run_leeway("check", config, text_format).returncode)


if __name__ == "__main__":
    unittest.main()
